// The inventory document as the forms need it: with the version it is, fetched once and again when asked. The wall's rows tell
// the live state; this tells what a person wrote (addresses, circuits, dependencies). A viewer may be refused it.
import { useCallback, useEffect, useState } from 'react';
import { type ShownInventory, shownInventorySchema } from '../../../../shared/api/inventory.ts';
import { getTagged, type RequestFailure, type Tagged } from '../../request.ts';

export const inventoryUrl = '/api/v1/inventory';

export type LoadedInventory =
  | { readonly kind: 'loading' }
  | ({ readonly kind: 'loaded' } & Tagged<ShownInventory>)
  | { readonly kind: 'failed'; readonly failure: RequestFailure };

/** `version` is anything whose identity changes when the inventory may have; the old answer stays while it is fetched again. */
export function useInventory(version?: unknown): {
  readonly inventory: LoadedInventory;
  readonly again: () => void;
} {
  const [inventory, setInventory] = useState<LoadedInventory>({ kind: 'loading' });
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version and asked are reasons to fetch again, not inputs
  useEffect(() => {
    const cut = new AbortController();
    void getTagged(inventoryUrl, shownInventorySchema, cut.signal).then((answer) => {
      if (cut.signal.aborted) return;
      setInventory(
        answer.ok ? { kind: 'loaded', ...answer.value } : { kind: 'failed', failure: answer.failure },
      );
    });
    return () => cut.abort();
  }, [version, asked]);
  const again = useCallback(() => setAsked((times) => times + 1), []);
  return { inventory, again };
}
