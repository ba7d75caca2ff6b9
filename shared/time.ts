// Instants and durations. Only this file makes an `Instant`. Nothing here reads a clock.

/** Milliseconds since 1970-01-01T00:00:00Z, in SERVER time unless a name says otherwise. Whole number. */
export type Instant = number & { readonly __instant: unique symbol };

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The largest instant accepted from outside (year 9999), so that formatting never fails. */
const instantMax = 253_402_300_799_999;

/** Makes an instant from milliseconds; fractions are dropped. Out-of-range values are clamped to 0..year 9999. */
export function instant(ms: number): Instant {
  return Math.min(Math.max(0, Math.trunc(ms)), instantMax) as Instant;
}

export function plus(at: Instant, durationMs: number): Instant {
  return instant(at + durationMs);
}

export function earlier(a: Instant, b: Instant): Instant {
  return a <= b ? a : b;
}

export function later(a: Instant, b: Instant): Instant {
  return a >= b ? a : b;
}

/** ISO 8601 UTC with milliseconds, as the API writes instants. Conversion only: no clock is read. */
export function toIso(at: Instant): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'millisecond' });
}

/** Parses ISO 8601; undefined when the text is no instant. */
export function fromIso(text: string): Instant | undefined {
  try {
    return instant(Temporal.Instant.from(text).epochMilliseconds);
  } catch {
    return undefined;
  }
}
