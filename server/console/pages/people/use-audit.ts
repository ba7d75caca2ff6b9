// Pages of the audit log, gathered as a person asks for older ones. The newest request wins; a failed one keeps what there is.
import { useCallback, useEffect, useRef, useState } from 'react';
import { type AuditItem, auditListSchema } from '../../../../shared/api/people.ts';
import { getJson, type RequestFailure } from '../../request.ts';

/** Lines asked for at once. */
const pageSize = 50;

interface Gathered {
  readonly items: readonly AuditItem[];
  /** For the next, older page; null: no more. Undefined: nothing was read yet. */
  readonly next?: number | null;
  readonly failure?: RequestFailure;
  readonly loading: boolean;
}

export function useAudit(): {
  readonly items: readonly AuditItem[];
  readonly loading: boolean;
  readonly failure: RequestFailure | undefined;
  readonly more: boolean;
  readonly loadMore: () => void;
  readonly refresh: () => void;
} {
  const [gathered, setGathered] = useState<Gathered>({
    items: [],
    loading: true,
  });
  const cut = useRef<AbortController>(undefined);
  const ask = useCallback(async (before: number | undefined): Promise<void> => {
    cut.current?.abort();
    const own = new AbortController();
    cut.current = own;
    setGathered(({ failure: _, ...known }) => ({ ...known, loading: true }));
    const from = before === undefined ? '' : `&before=${before}`;
    const answer = await getJson(`/api/v1/audit?limit=${pageSize}${from}`, auditListSchema, own.signal);
    if (own.signal.aborted) return;
    setGathered((known) => {
      if (!answer.ok) return { ...known, failure: answer.failure, loading: false };
      const { items, next } = answer.value;
      return {
        items: before === undefined ? items : [...known.items, ...items],
        next,
        loading: false,
      };
    });
  }, []);
  useEffect(() => {
    void ask(undefined);
    return () => cut.current?.abort();
  }, [ask]);
  const { items, next, failure, loading } = gathered;
  return {
    items,
    loading,
    failure,
    more: typeof next === 'number',
    loadMore: () => void ask(next ?? undefined),
    refresh: () => void ask(undefined),
  };
}
