// Configuration of the built-in desk: `desk: { kind: local }` in vigia.yaml.
import { z } from 'zod';

export const localDeskConfigSchema = z.strictObject({
  kind: z.literal('local'),
  /** In whose calendar the year of a protocol turns over. IANA name. */
  timeZone: z.string().refine(isTimeZone, 'wanted: an IANA time zone').default('America/Sao_Paulo'),
});
export type LocalDeskConfig = z.output<typeof localDeskConfigSchema>;

function isTimeZone(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return true;
  } catch {
    return false;
  }
}
