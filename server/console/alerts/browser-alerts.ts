// The browser behind alerts.ts: the tone, the notification, the storage. The only file of it that touches them.
// No file is loaded for the tone, so nothing can be missing at the moment it is needed. Must never throw: a browser that
// refuses a sound or a notice must not take the wall with it.
import type { Desktop, DesktopPermission, Sound } from './alerts.ts';

const storageKey = 'vigia.alerts';

export const browserMemory = {
  read: (): string | null => {
    try {
      return localStorage.getItem(storageKey);
    } catch {
      // Storage is forbidden in this browser: the settings last as long as the page.
      return null;
    }
  },
  write: (text: string): void => {
    try {
      localStorage.setItem(storageKey, text);
    } catch {
      // As above, or full.
    }
  },
  subscribe: (listener: () => void): void => {
    addEventListener('storage', (event) => {
      if (event.key === storageKey) listener();
    });
  },
};

/** Two falling steps, twice: told from the single pings of mail and chat. Hertz, and seconds from the start. */
const notes = [
  [988, 0],
  [740, 0.19],
  [988, 0.5],
  [740, 0.69],
] as const;
const noteSeconds = 0.17;
const loudness = 0.35;
/** `resume` of a page nobody has touched may never answer. */
const unlockMs = 400;

export function browserSound(): Sound {
  let context: AudioContext | undefined;
  const unlock = async (): Promise<boolean> => {
    try {
      context ??= new AudioContext();
      if (context.state === 'running') return true;
      await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, unlockMs))]);
      return isRunning(context);
    } catch {
      return false;
    }
  };
  return {
    unlock,
    play: async () => {
      if (!(await unlock()) || context === undefined) return false;
      for (const [hertz, at] of notes) playNote(context, hertz, at);
      return true;
    },
  };
}

function isRunning(context: AudioContext): boolean {
  return context.state === 'running';
}

function playNote(context: AudioContext, hertz: number, at: number): void {
  const start = context.currentTime + at;
  const oscillator = new OscillatorNode(context, { type: 'triangle', frequency: hertz });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.linearRampToValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(loudness, start + 0.015);
  gain.gain.linearRampToValueAtTime(0, start + noteSeconds);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + noteSeconds + 0.02);
}

export const browserDesktop: Desktop = {
  permission,
  ask: async () => {
    if (permission() !== 'default') return permission();
    try {
      return await Notification.requestPermission();
    } catch {
      return permission();
    }
  },
  show: ({ title, body, hash }) => {
    try {
      // One tag: a second tab, or the next notice, takes the place of the first instead of filling the screen.
      const notice = new Notification(title, { body, tag: 'vigia-critical', icon: '/favicon.svg' });
      notice.addEventListener('click', () => {
        window.focus();
        if (hash !== undefined) location.hash = hash;
        notice.close();
      });
      return true;
    } catch {
      // Phones know the name but only let service workers use it.
      return false;
    }
  },
};

function permission(): DesktopPermission {
  return 'Notification' in window && isSecureContext ? Notification.permission : 'unsupported';
}
