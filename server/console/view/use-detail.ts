// Fetches what a panel shows, again whenever the wall's row of the same thing changes. The newest request wins.
import { useCallback, useEffect, useState } from 'react';
import type { z } from 'zod';
import { getJson, type RequestFailure } from '../request.ts';

export interface Loaded<T> {
  readonly value?: T;
  /** Of the newest request; `value` is then an older answer. */
  readonly failure?: RequestFailure;
}

/** `version` is anything whose identity changes when the thing did. */
export function useDetail<T>(options: {
  readonly url: string;
  readonly schema: z.ZodType<T>;
  readonly version: unknown;
}): { readonly loaded: Loaded<T>; readonly again: () => void } {
  const { url, schema, version } = options;
  const [loaded, setLoaded] = useState<Loaded<T>>({});
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version and asked are reasons to fetch again, not inputs
  useEffect(() => {
    const cut = new AbortController();
    void getJson(url, schema, cut.signal).then((answer) => {
      if (cut.signal.aborted) return;
      setLoaded((before) =>
        answer.ok ? { value: answer.value } : { value: before.value, failure: answer.failure },
      );
    });
    return () => cut.abort();
  }, [url, schema, version, asked]);
  const again = useCallback(() => setAsked((times) => times + 1), []);
  return { loaded, again };
}
