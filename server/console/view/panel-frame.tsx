// The panel's script, fetched as soon as the wall stands and the browser has nothing better to do: it is there before
// anybody opens a panel, also when the server is away by then, and the first view stays small.
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { useSpeech } from '../i18n/speech.ts';
import type { WallView } from '../store.ts';
import { PageGuard } from './pages.tsx';
import { useRoute } from './use-route.ts';

const fetchPanel = () => import('./panel.tsx');
const Panel = lazy(async () => ({ default: (await fetchPanel()).Panel }));

export function PanelFrame({ view }: { readonly view: WallView }): ReactNode {
  const { messages } = useSpeech();
  const { kind } = useRoute();
  useEffect(fetchWhenIdle, []);
  if (kind !== 'incident' && kind !== 'ticket' && kind !== 'manual') return null;
  return (
    <PageGuard key={kind} words={messages.pages.failed}>
      <Suspense fallback={<p role="status">{messages.pages.loading}</p>}>
        <Panel view={view} />
      </Suspense>
    </PageGuard>
  );
}

/** What fails here is fetched again, and told, when a panel is opened. */
function fetchWhenIdle(): () => void {
  const fetch = (): void => void fetchPanel().catch(() => {});
  // Not every browser has it.
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(fetch, 1000);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(fetch, { timeout: 3000 });
  return () => cancelIdleCallback(asked);
}
