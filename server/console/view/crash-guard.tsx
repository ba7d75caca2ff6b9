// The last net: if drawing fails, a person is told so and can reload. An empty screen on a NOC's wall reads as
// "all quiet", so this must never render nothing.
import { Component, type ContextType, type ReactNode } from 'react';
import { SpeechContext } from '../i18n/speech.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly children: ReactNode;
}

export class CrashGuard extends Component<Props, { readonly crashed: boolean }> {
  static override readonly contextType = SpeechContext;
  declare context: ContextType<typeof SpeechContext>;
  override state = { crashed: false };

  static getDerivedStateFromError(): { readonly crashed: boolean } {
    return { crashed: true };
  }

  override render(): ReactNode {
    if (!this.state.crashed) return this.props.children;
    const { messages } = this.context;
    return (
      <main className="notice-page">
        <div className="notice-card" role="alert">
          <Icon name="down" />
          <h1>{messages.product}</h1>
          <p>{messages.crashed}</p>
          <button type="button" className="button button-strong" onClick={() => location.reload()}>
            {messages.reload}
          </button>
        </div>
      </main>
    );
  }
}
