// What a person without a session sees: how the one-time link works. No form: there are no passwords to type.
import type { ReactNode } from 'react';
import { useSpeech } from '../i18n/speech.ts';
import { Icon } from './icon.tsx';
import { useWallContext } from './wall-context.ts';

export function SignIn(): ReactNode {
  const { messages } = useSpeech();
  const { openAgain } = useWallContext();
  return (
    <main className="notice-page">
      <div className="notice-card">
        <p className="brand">
          <Icon name="eye" />
          {messages.product}
        </p>
        <h1>{messages.signIn.title}</h1>
        <p>{messages.signIn.ended}</p>
        <p>{messages.signIn.how}</p>
        <p>{messages.signIn.ask}</p>
        <p className="command">
          <code>node server/main.ts sign-in-link --config vigia.yaml</code>
        </p>
        <p className="notice-actions">
          <span>{messages.signIn.elsewhere}</span>
          <button type="button" className="button button-strong" onClick={openAgain}>
            {messages.tryAgain}
          </button>
        </p>
      </div>
    </main>
  );
}
