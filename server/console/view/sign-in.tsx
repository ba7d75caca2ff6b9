// What a person without a session sees: sign in with password and second factor, by the company's own sign-in, or with a
// one-time link; at the very first start, the form for the first account. Holds no data of the wall: strangers are served it.
import { type ComponentType, lazy, type ReactNode, Suspense, useState } from 'react';
import { type SignInOptions, type SignInReturn, signInOptionsSchema } from '../../../shared/api/people.ts';
import { accountWords } from '../i18n/account-words.ts';
import { useSpeech } from '../i18n/speech.ts';
import { useWords } from '../i18n/words.ts';
import { splitSignInReturn } from '../sign-in-return.ts';
import { Icon } from './icon.tsx';
import { PasswordSignIn } from './password-sign-in.tsx';
import { SetUp } from './set-up.tsx';
import { FailureText } from './side-panel.tsx';
import type { ReturnedProps } from './sign-in-returned.tsx';
import { useDetail } from './use-detail.ts';
import { useWallContext } from './wall-context.ts';

export function SignIn(): ReactNode {
  const { messages } = useSpeech();
  const words = useWords(accountWords);
  const { openAgain } = useWallContext();
  const { loaded, again } = useDetail({
    url: '/api/v1/sign-in-options',
    schema: signInOptionsSchema,
    version: undefined,
  });
  const [note, setNote] = useState<string>();
  const setUpIsGone = (): void => {
    setNote(words.setUp.gone);
    again();
  };
  const { value } = loaded;
  return (
    <main className="notice-page sign-in-page">
      <div className="notice-card">
        <p className="brand">
          <Icon name="eye" />
          {messages.product}
        </p>
        <h1>{value?.setUp === true ? words.setUp.title : words.signIn.title}</h1>
        {note !== undefined && <p role="status">{note}</p>}
        {value === undefined && loaded.failure === undefined && (
          <p className="muted" role="status">
            {words.loading}
          </p>
        )}
        {value === undefined && loaded.failure !== undefined && (
          <p className="form-alert" role="alert">
            <Icon name="degraded" />
            <span>
              {words.signIn.optionsFailed} <FailureText failure={loaded.failure} />
            </span>
            <button type="button" className="button" onClick={again}>
              {messages.tryAgain}
            </button>
          </p>
        )}
        {value?.setUp === true && <SetUp onDone={openAgain} onGone={setUpIsGone} />}
        {value?.setUp === false && <Ways options={value} onDone={openAgain} />}
        <LinkHelp open={value !== undefined && !value.setUp && !value.password && value.oidc === null} />
      </div>
    </main>
  );
}

/** Without its script the ways to sign in are still there. */
const SignInReturned = lazy(async (): Promise<{ readonly default: ComponentType<ReturnedProps> }> => {
  try {
    return { default: (await import('./sign-in-returned.tsx')).SignInReturned };
  } catch {
    return { default: ({ children }) => children };
  }
});

/** The ways to sign in; before them, how the company's own sign-in ended, when this page was come to from there. */
function Ways(props: { readonly options: SignInOptions; readonly onDone: () => void }): ReactNode {
  const words = useWords(accountWords);
  const [word, setWord] = useState(takeSignInReturn);
  const ways = <PlainWays {...props} />;
  if (word === undefined) return ways;
  return (
    <Suspense fallback={<p role="status">{words.loading}</p>}>
      <SignInReturned word={word} onWord={setWord} onDone={props.onDone}>
        {ways}
      </SignInReturned>
    </Suspense>
  );
}

function PlainWays({
  options,
  onDone,
}: {
  readonly options: SignInOptions;
  readonly onDone: () => void;
}): ReactNode {
  const words = useWords(accountWords).signIn;
  const { oidc, password } = options;
  return (
    <>
      {password && <PasswordSignIn onDone={onDone} />}
      {password && oidc !== null && <p className="sign-in-or">{words.or}</p>}
      {oidc !== null && (
        <a className="button" href="/sign-in/oidc">
          <Icon name="person" />
          {words.oidc(oidc.name)}
        </a>
      )}
    </>
  );
}

/** Taken out of the address, so that neither reloading nor a later sign-out says it again. */
function takeSignInReturn(): SignInReturn | undefined {
  const { word, search } = splitSignInReturn(location.search);
  if (search !== location.search)
    history.replaceState(history.state, '', `${location.pathname}${search}${location.hash}`);
  return word;
}

/** The way in that always works for who looks after the machine. */
function LinkHelp({ open }: { readonly open: boolean }): ReactNode {
  const { messages } = useSpeech();
  const words = useWords(accountWords).signIn.link;
  const { openAgain } = useWallContext();
  return (
    <details className="sign-in-link" open={open}>
      <summary>{words.summary}</summary>
      <p>{words.how}</p>
      <p className="command">
        <code>node server/main.ts sign-in-link --config vigia.yaml</code>
      </p>
      <p className="sign-in-elsewhere">
        <span className="muted">{words.elsewhere}</span>
        <button type="button" className="button" onClick={openAgain}>
          {messages.tryAgain}
        </button>
      </p>
    </details>
  );
}
