// What a screen that nobody touches needs around its page: the script when it is wanted, and a way back by itself from
// whatever goes wrong. Must never leave a screen that a person would have to touch.
import { Component, lazy, type ReactNode, Suspense } from 'react';
import { useSpeech } from '../i18n/speech.ts';
import { ReloadWhenServed } from './reload-when-served.tsx';

const Television = lazy(async () => ({
  default: (await import('../pages/television/page.tsx')).TelevisionPage,
}));

export function TelevisionFrame(): ReactNode {
  const { messages } = useSpeech();
  return (
    <TelevisionGuard words={messages.crashed}>
      <Suspense fallback={<p role="status">{messages.pages.loading}</p>}>
        <Television />
      </Suspense>
    </TelevisionGuard>
  );
}

interface GuardProps {
  readonly words: string;
  readonly children: ReactNode;
}

class TelevisionGuard extends Component<GuardProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="waiting">
        <p role="alert">{this.props.words}</p>
        <ReloadWhenServed />
      </main>
    );
  }
}
