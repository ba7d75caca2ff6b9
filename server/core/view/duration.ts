// Lengths of time as the NOC reads them. Pure.
import { minute } from '../../../shared/time.ts';

/** `2 h 05 min`, `3 min 10 s`, `45 s`. Input in ms. */
export function sentenceOfDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (durationMs < 60 * minute) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
