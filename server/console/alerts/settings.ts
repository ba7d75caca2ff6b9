// What one browser wants to hear and see of new criticals, and for how long it wants peace. Kept in the browser's own
// storage, because a screen on the wall and a desk differ; read through a schema, because anything may lie there.
// Pure. A mute always ends by itself: nothing here can keep a screen quiet for good without saying "off".
import { z } from 'zod';
import { limits } from '../../../shared/limits.ts';
import { hour, minute } from '../../../shared/time.ts';

export const alertSettingsSchema = z.strictObject({
  version: z.literal(1),
  sound: z.boolean(),
  desktop: z.boolean(),
  /** Browser time, ms; null: not muted. */
  mutedUntil: z.number().nullable(),
});
export type AlertSettings = z.output<typeof alertSettingsSchema>;

/** Off until a person asks for it: a browser lets no page make a noise, or ask for a permission, unasked. */
export const alertSettingsAtStart: AlertSettings = {
  version: 1,
  sound: false,
  desktop: false,
  mutedUntil: null,
};

export const muteChoices = ['quarter', 'hour', 'morning'] as const;
export type MuteChoice = (typeof muteChoices)[number];

const morningHour = 8;

/** What was kept, or the settings of the start where nothing readable was. */
export function readSettings(text: string | null): AlertSettings {
  if (text === null) return alertSettingsAtStart;
  const read = alertSettingsSchema.safeParse(parsed(text));
  return read.success ? read.data : alertSettingsAtStart;
}

/** Until when a mute chosen at `now` lasts, both browser time in ms. `morning`: the next 08:00 of the browser's zone. */
export function muteUntil(choice: MuteChoice, now: number): number {
  if (choice === 'quarter') return now + 15 * minute;
  if (choice === 'hour') return now + hour;
  const morning = new Date(now);
  morning.setHours(morningHour, 0, 0, 0);
  if (morning.getTime() <= now) morning.setDate(morning.getDate() + 1);
  return morning.getTime();
}

/** A mute farther ahead than any choice gives was made by a clock that stood wrong: it counts for nothing. */
export function isMuted(settings: AlertSettings, now: number): boolean {
  const { mutedUntil } = settings;
  return mutedUntil !== null && mutedUntil > now && mutedUntil - now <= limits.wallMuteMsMax;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
