// Wall, settings, sound and desktop together, on fakes with a clock the test turns.
import { describe, expect, test } from 'vitest';
import {
  type AlertPorts,
  type DesktopNotice,
  type DesktopPermission,
  openAlerts,
} from '../../../../../server/console/alerts/alerts.ts';
import { sayCriticals } from '../../../../../server/console/alerts/say.ts';
import { alertSettingsAtStart } from '../../../../../server/console/alerts/settings.ts';
import { alertWords } from '../../../../../server/console/alerts/words.ts';
import { createWallStore } from '../../../../../server/console/live.ts';
import type { IncidentRow } from '../../../../../shared/api/incidents.ts';
import { minute, second } from '../../../../../shared/time.ts';
import { incidentRow, snapshot } from '../../../../browser/wall-rows.ts';

interface Setting {
  readonly kept?: string | null;
  readonly permission?: DesktopPermission;
  readonly answer?: DesktopPermission;
  readonly free?: boolean;
  readonly shows?: boolean;
}

function rig(setting: Setting = {}) {
  let now = Date.UTC(2026, 10, 22, 12);
  let free = setting.free ?? true;
  let permission = setting.permission ?? 'default';
  let text = setting.kept ?? null;
  let asked = 0;
  let played = 0;
  let otherTab = (): void => {};
  const shown: DesktopNotice[] = [];
  const ticks = new Set<() => void>();
  const listeners = new Set<() => void>();
  // The real store breathes by timers; here each message is shown at once.
  const inner = createWallStore();
  let state = inner.read();
  const ports: AlertPorts = {
    wall: {
      read: () => state,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    ticker: {
      now: () => now,
      subscribe: (listener) => {
        ticks.add(listener);
        return () => ticks.delete(listener);
      },
    },
    memory: {
      read: () => text,
      write: (next) => {
        text = next;
      },
      subscribe: (listener) => {
        otherTab = listener;
      },
    },
    sound: {
      unlock: async () => free,
      play: async () => {
        if (free) played += 1;
        return free;
      },
    },
    desktop: {
      permission: () => permission,
      ask: async () => {
        asked += 1;
        permission = setting.answer ?? 'granted';
        return permission;
      },
      show: (notice) => {
        if (setting.shows === false) return false;
        shown.push(notice);
        return true;
      },
    },
    now: () => now,
    say: (rows) => sayCriticals(alertWords.pt, rows),
    sayTest: () => ({ title: 'teste', body: '' }),
  };
  const alerts = openAlerts(ports);
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    alerts,
    shown,
    played: () => played,
    asked: () => asked,
    kept: () => text,
    free: () => {
      free = true;
    },
    sees: async (...incidents: readonly IncidentRow[]) => {
      state = inner.dispatch({
        kind: 'snapshot.received',
        now,
        snapshot: snapshot(now, { incidents: [...incidents] }),
      });
      for (const listener of listeners) listener();
      await settle();
    },
    signsOut: () => {
      state = inner.dispatch({ kind: 'session.ended' });
      for (const listener of listeners) listener();
    },
    wait: async (ms: number) => {
      now += ms;
      for (const tick of ticks) tick();
      await settle();
    },
    otherTabWrites: (next: string) => {
      text = next;
      otherTab();
    },
  };
}

const critical = (id: string, more: Partial<IncidentRow> = {}): IncidentRow =>
  incidentRow(Date.UTC(2026, 10, 22, 12), { id, ...more });
const soundOn = JSON.stringify({ ...alertSettingsAtStart, sound: true });
const bothOn = JSON.stringify({ ...alertSettingsAtStart, sound: true, desktop: true });

describe('alerts', () => {
  test('nothing rings and nobody is asked until a person wants it', async () => {
    const { sees, played, shown, asked, alerts } = rig();
    await sees();
    await sees(critical('a'));
    expect([played(), shown.length, asked()]).toEqual([0, 0, 0]);
    expect(alerts.read().settings).toEqual(alertSettingsAtStart);
  });

  test('a new critical rings and is shown; what was there at the start is not', async () => {
    const { sees, played, shown } = rig({ kept: bothOn, permission: 'granted' });
    await sees(critical('a'));
    expect(played()).toBe(0);
    await sees(critical('a'), critical('b', { customerName: 'Ótica Visão', siteName: 'Centro' }));
    expect(played()).toBe(1);
    expect(shown).toEqual([
      { title: 'Novo crítico: Ótica Visão · Centro', body: critical('b').title, hash: '#incident=b' },
    ]);
  });

  test('a storm makes one sound, and what came meanwhile is told together when the gap is over', async () => {
    const { sees, wait, played, shown } = rig({ kept: bothOn, permission: 'granted' });
    const storm = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => critical(id));
    await sees();
    await sees(...storm.slice(0, 1));
    await sees(...storm);
    await wait(9 * second);
    expect(played()).toBe(1);
    await wait(second);
    expect(played()).toBe(2);
    expect(shown[1]?.title).toBe('5 novos críticos');
    expect(shown[1]?.body).toContain('e mais 2');
  });

  test('a mute holds its peace, ends by itself, and does not ring afterwards for what came during it', async () => {
    const { alerts, sees, wait, played } = rig({ kept: soundOn });
    await sees();
    await alerts.ask({ kind: 'mute', choice: 'quarter' });
    await sees(critical('a'));
    await wait(15 * minute);
    expect(played()).toBe(0);
    await sees(critical('a'), critical('b'));
    expect(played()).toBe(1);
  });

  test('a person ends the mute before its time, and the choice is kept', async () => {
    const { alerts, sees, played, kept } = rig({ kept: soundOn });
    await sees();
    await alerts.ask({ kind: 'mute', choice: 'hour' });
    expect(kept()).toContain('"mutedUntil":1');
    await alerts.ask({ kind: 'unmute' });
    await sees(critical('a'));
    expect(played()).toBe(1);
    expect(kept()).toContain('"mutedUntil":null');
  });

  test('a refused permission leaves the desktop off and says so', async () => {
    const { alerts, kept } = rig({ answer: 'denied' });
    await alerts.ask({ kind: 'desktop.set', on: true });
    expect(alerts.read()).toMatchObject({ permission: 'denied', settings: { desktop: false } });
    expect(kept()).toContain('"desktop":false');
  });

  test('a browser that cannot show it after all says so instead of staying silent', async () => {
    const { alerts, sees } = rig({ kept: bothOn, permission: 'granted', shows: false });
    await sees();
    await sees(critical('a'));
    expect(alerts.read().permission).toBe('unsupported');
  });

  test('a sound the browser holds back is said, until a person presses something', async () => {
    const { alerts, sees, free } = rig({ kept: soundOn, free: false });
    await sees();
    expect(alerts.read().soundBlocked).toBe(true);
    free();
    await alerts.ask({ kind: 'touched' });
    expect(alerts.read().soundBlocked).toBe(false);
  });

  test('the test rings even while muted, and only what is on', async () => {
    const { alerts, played, shown } = rig({ kept: soundOn, permission: 'granted' });
    await alerts.ask({ kind: 'mute', choice: 'hour' });
    await alerts.ask({ kind: 'test' });
    expect([played(), shown.length]).toEqual([1, 0]);
  });

  test('another tab’s choice counts here, too', async () => {
    const { otherTabWrites, sees, played } = rig();
    await sees();
    otherTabWrites(soundOn);
    await sees(critical('a'));
    expect(played()).toBe(1);
  });

  test('after a sign-in the wall is new: nothing that stands on it rings', async () => {
    const { sees, signsOut, played } = rig({ kept: soundOn });
    await sees();
    signsOut();
    await sees(critical('a'));
    expect(played()).toBe(0);
  });
});
