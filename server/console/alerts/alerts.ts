// Joins wall, settings, sound and desktop: hears each new view, rings when something is due, keeps what a person chose.
// Knows no browser object (browser-alerts.ts has them), so tests drive it. Must never ring while muted or for the past:
// what comes during a mute stays silent when the mute ends.
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import { assertNever } from '../../../shared/assert.ts';
import type { WallState } from '../store.ts';
import { type Alarm, alarmAtStart, due, heard } from './alarm.ts';
import { type AlertSettings, isMuted, type MuteChoice, muteUntil, readSettings } from './settings.ts';

export interface Sound {
  /** Makes a player if there is none, and tells whether the browser lets it play. A press of a person unlocks it. */
  unlock(): Promise<boolean>;
  /** False: the browser did not let it. */
  play(): Promise<boolean>;
}

/** `unsupported`: no such thing here, or not at an address without https. */
export type DesktopPermission = 'unsupported' | 'default' | 'granted' | 'denied';

export interface Desktop {
  permission(): DesktopPermission;
  /** Only ever called from a person's click. */
  ask(): Promise<DesktopPermission>;
  /** False: it could not be shown. */
  show(notice: DesktopNotice): boolean;
}

export interface DesktopNotice {
  readonly title: string;
  readonly body: string;
  /** Where a click on it leads; undefined: it stays where it is. */
  readonly hash?: string;
}

export interface AlertPorts {
  readonly wall: { read(): WallState; subscribe(listener: () => void): () => void };
  readonly ticker: { now(): number; subscribe(listener: () => void): () => void };
  readonly memory: {
    read(): string | null;
    write(text: string): void;
    /** Another tab of this browser wrote. */
    subscribe(listener: () => void): void;
  };
  readonly sound: Sound;
  readonly desktop: Desktop;
  readonly now: () => number;
  /** What a notice says about these incidents (one or more). */
  readonly say: (rows: readonly IncidentRow[]) => DesktopNotice;
  readonly sayTest: () => DesktopNotice;
}

export interface AlertsState {
  readonly settings: AlertSettings;
  /** The browser holds the sound back until somebody presses something on the page. */
  readonly soundBlocked: boolean;
  readonly permission: DesktopPermission;
}

export type AlertsRequest =
  | { readonly kind: 'sound.set'; readonly on: boolean }
  | { readonly kind: 'desktop.set'; readonly on: boolean }
  | { readonly kind: 'mute'; readonly choice: MuteChoice }
  | { readonly kind: 'unmute' }
  /** Rings and shows what is on, muted or not. */
  | { readonly kind: 'test' }
  /** A person pressed something on the page: a held sound may be let go now. */
  | { readonly kind: 'touched' };

export interface Alerts {
  read(): AlertsState;
  /** The returned function ends the subscription. */
  subscribe(listener: () => void): () => void;
  ask(request: AlertsRequest): Promise<void>;
}

export function openAlerts(ports: AlertPorts): Alerts {
  const board = createBoard(ports);
  const unlock = async (): Promise<void> => {
    const free = await ports.sound.unlock();
    if (board.read().soundBlocked === free) board.put({ soundBlocked: !free });
  };
  const ring = (notice: DesktopNotice): void => {
    const { settings, permission } = board.read();
    if (settings.sound) void ports.sound.play().then((played) => board.put({ soundBlocked: !played }));
    if (settings.desktop && permission === 'granted' && !ports.desktop.show(notice)) {
      board.put({ permission: 'unsupported' });
    }
  };
  listenTo(ports, (rows, now) => {
    if (!isMuted(board.read().settings, now)) ring(ports.say(rows));
  });
  ports.memory.subscribe(() => board.put({ settings: readSettings(ports.memory.read()) }));
  if (board.read().settings.sound) void unlock();
  return {
    read: board.read,
    subscribe: board.subscribe,
    ask: (request) => answer(request, { ports, board, unlock, ring }),
  };
}

interface Board {
  read(): AlertsState;
  subscribe(listener: () => void): () => void;
  put(more: Partial<AlertsState>): void;
  /** Also for the next time, and for other tabs. */
  keep(more: Partial<AlertSettings>): void;
}

function createBoard({ memory, desktop }: AlertPorts): Board {
  let state: AlertsState = {
    settings: readSettings(memory.read()),
    soundBlocked: false,
    permission: desktop.permission(),
  };
  const listeners = new Set<() => void>();
  const put = (more: Partial<AlertsState>): void => {
    state = { ...state, ...more };
    for (const listener of listeners) listener();
  };
  return {
    read: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    put,
    keep: (more) => {
      const settings = { ...state.settings, ...more };
      memory.write(JSON.stringify(settings));
      put({ settings });
    },
  };
}

/** Tells what is due at each new view and each tick. */
function listenTo(ports: AlertPorts, tell: (rows: readonly IncidentRow[], now: number) => void): void {
  let alarm: Alarm | undefined;
  const listen = (): void => {
    const { view } = ports.wall.read();
    // Signed out: the next view is a new beginning.
    if (view === undefined) {
      alarm = undefined;
      return;
    }
    const now = ports.now();
    const next = due(alarm === undefined ? alarmAtStart(view) : heard(alarm, view), view, now);
    alarm = next.alarm;
    if (next.rows.length > 0) tell(next.rows, now);
  };
  ports.wall.subscribe(listen);
  ports.ticker.subscribe(listen);
}

interface Works {
  readonly ports: AlertPorts;
  readonly board: Board;
  readonly unlock: () => Promise<void>;
  readonly ring: (notice: DesktopNotice) => void;
}

async function answer(request: AlertsRequest, { ports, board, unlock, ring }: Works): Promise<void> {
  switch (request.kind) {
    case 'sound.set':
      board.keep({ sound: request.on });
      return request.on ? unlock() : undefined;
    case 'desktop.set': {
      const permission = request.on ? await ports.desktop.ask() : ports.desktop.permission();
      board.put({ permission });
      return board.keep({ desktop: request.on && permission === 'granted' });
    }
    case 'mute':
      return board.keep({ mutedUntil: muteUntil(request.choice, ports.now()) });
    case 'unmute':
      return board.keep({ mutedUntil: null });
    case 'test':
      return ring(ports.sayTest());
    case 'touched':
      return board.read().soundBlocked && board.read().settings.sound ? unlock() : undefined;
    default:
      return assertNever(request);
  }
}
