// Times that move by themselves: an age, a running total, the clock. Each draws only when its text changes.
import type { ReactNode } from 'react';
import { useSpeech } from '../i18n/speech.ts';
import { useServerTick } from './wall-context.ts';

/** `14:32:07`, with the day when it is not today's, in the browser's zone. `at` is ISO 8601. */
export function InstantText({ at }: { readonly at: string }): ReactNode {
  const { formats } = useSpeech();
  const text = useServerTick((now) => formats.instant(Date.parse(at), now));
  return <time dateTime={at}>{text}</time>;
}

/** An age through a sentence of the catalogue, e.g. `há 3 min`. */
export function AgeText({
  at,
  say,
}: {
  readonly at: string;
  readonly say: (age: string) => string;
}): ReactNode {
  const { formats } = useSpeech();
  return useServerTick((now) => say(formats.age(now - Date.parse(at))));
}

/** Finished stretches plus the running one, if any. */
export function DowntimeText({
  finishedMs,
  runningSince,
  say,
}: {
  readonly finishedMs: number;
  readonly runningSince: string | null;
  readonly say: (duration: string) => string;
}): ReactNode {
  const { formats } = useSpeech();
  return useServerTick((now) => {
    const runningMs = runningSince === null ? 0 : Math.max(0, now - Date.parse(runningSince));
    return say(formats.duration(finishedMs + runningMs));
  });
}
