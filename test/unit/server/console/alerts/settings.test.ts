// What a browser keeps of a person's choices, and mutes that end by themselves.
import { describe, expect, test } from 'vitest';
import {
  type AlertSettings,
  alertSettingsAtStart,
  isMuted,
  muteUntil,
  readSettings,
} from '../../../../../server/console/alerts/settings.ts';
import { day } from '../../../../../shared/time.ts';

const settings = (more: Partial<AlertSettings>): AlertSettings => ({ ...alertSettingsAtStart, ...more });
const at = (clockHour: number, clockMinute = 0): number =>
  new Date(2026, 10, 22, clockHour, clockMinute).getTime();

describe('alert settings', () => {
  test.each([
    ['nothing', null],
    ['no JSON', '{sound'],
    ['another shape', '{"sound":true}'],
    ['a field too many', JSON.stringify({ ...alertSettingsAtStart, sound: true, volume: 3 })],
    ['a later version', JSON.stringify({ ...alertSettingsAtStart, version: 2, sound: true })],
  ])('%s in the storage is read as the settings of the start', (_, text) => {
    expect(readSettings(text)).toEqual(alertSettingsAtStart);
  });

  test('what was kept is read back', () => {
    const kept = settings({ sound: true, mutedUntil: 1_800_000_000_000 });
    expect(readSettings(JSON.stringify(kept))).toEqual(kept);
  });

  test('a mute lasts a quarter, an hour, or until the next eight o’clock', () => {
    expect(muteUntil('quarter', at(10))).toBe(at(10, 15));
    expect(muteUntil('hour', at(10))).toBe(at(11));
    expect(muteUntil('morning', at(3))).toBe(at(8));
    expect(muteUntil('morning', at(7, 59))).toBe(at(8));
    expect(new Date(muteUntil('morning', at(8)))).toEqual(new Date(2026, 10, 23, 8));
    expect(new Date(muteUntil('morning', at(22)))).toEqual(new Date(2026, 10, 23, 8));
  });

  test('a mute ends at its instant, and one from a clock that stood wrong counts for nothing', () => {
    const muted = settings({ mutedUntil: at(11) });
    expect(isMuted(muted, at(10, 59))).toBe(true);
    expect(isMuted(muted, at(11))).toBe(false);
    expect(isMuted(settings({ mutedUntil: at(10) + 2 * day }), at(10))).toBe(false);
    expect(isMuted(settings({}), at(10))).toBe(false);
    expect(muteUntil('morning', at(8)) - at(8)).toBeLessThanOrEqual(day);
  });
});
