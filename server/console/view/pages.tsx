// The pages beside the wall, each a script of its own that is fetched when first opened, so that the wall stays small.
// Gives each page its frame: the heading takes the focus, a failed fetch says so. A page knows nothing of the others.
import { Component, type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { useSpeech } from '../i18n/speech.ts';
import type { PageName } from '../route.ts';

export interface PageProps {
  /** What the page is about, from the address; empty: all of it. */
  readonly about: string;
}

const pages: Readonly<Record<PageName, ComponentType<PageProps>>> = {
  customers: lazy(async () => ({ default: (await import('../pages/customers/page.tsx')).CustomersPage })),
  providers: lazy(async () => ({ default: (await import('../pages/providers/page.tsx')).ProvidersPage })),
  agents: lazy(async () => ({ default: (await import('../pages/agents/page.tsx')).AgentsPage })),
  planned: lazy(async () => ({ default: (await import('../pages/planned/page.tsx')).PlannedPage })),
  reports: lazy(async () => ({ default: (await import('../pages/reports/page.tsx')).ReportsPage })),
  channels: lazy(async () => ({ default: (await import('../pages/channels/page.tsx')).ChannelsPage })),
  people: lazy(async () => ({ default: (await import('../pages/people/page.tsx')).PeoplePage })),
  'incident-page': lazy(async () => ({
    default: (await import('../pages/incident/page.tsx')).IncidentPage,
  })),
};

export function PageFrame({
  page,
  about,
}: PageProps & {
  readonly page: PageName;
}): ReactNode {
  const { messages } = useSpeech();
  const Page = pages[page];
  return (
    <main className="page" id="page">
      <PageGuard words={messages.pages.failed}>
        <Suspense fallback={<p role="status">{messages.pages.loading}</p>}>
          <Page about={about} />
        </Suspense>
      </PageGuard>
    </main>
  );
}

interface GuardProps {
  readonly words: string;
  readonly children: ReactNode;
}

/** A page whose script cannot be fetched, or that fails while drawing, must not take the wall's bar with it. */
export class PageGuard extends Component<GuardProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <p role="alert">{this.props.words}</p> : this.props.children;
  }
}
