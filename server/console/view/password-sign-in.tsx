// Sign-in with user name and password, then with a code where the account wants one. Keeps the password only while its
// form stands. Says why a sign-in failed as far as the server tells, which is not much on purpose.
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { limits } from '../../../shared/limits.ts';
import { accountWords } from '../i18n/account-words.ts';
import { useWords } from '../i18n/words.ts';
import { post, type RequestFailure } from '../request.ts';
import { CodeFields } from './code-fields.tsx';
import { Form, FormAlert } from './form.tsx';
import { PasswordField, TextField } from './text-field.tsx';

type Step = 'password' | 'code';

interface Given {
  readonly login: string;
  readonly password: string;
  readonly code: string;
}

/** `onDone`: the browser has its session now. */
export function PasswordSignIn({ onDone }: { readonly onDone: () => void }): ReactNode {
  const words = useWords(accountWords).signIn;
  const [step, setStep] = useState<Step>('password');
  const [given, setGiven] = useState<Given>({ login: '', password: '', code: '' });
  const [state, setState] = useState<'idle' | 'sending' | 'done'>('idle');
  const [problem, setProblem] = useState<string>();
  /** Somebody tried with an empty field. */
  const [checked, setChecked] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  // Also when the step changes: the code is what one types next. A refusal gives the focus back to the field.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the step and the problem are reasons to focus, not inputs
  useEffect(() => first.current?.focus(), [step, problem]);
  const submit = async (): Promise<void> => {
    if (state === 'sending') return;
    setChecked(true);
    if (isEmpty(given, step)) return first.current?.focus();
    setState('sending');
    setProblem(undefined);
    const { login, password, code } = given;
    const body = { login: login.trim(), password, ...(step === 'code' ? { code: code.trim() } : {}) };
    const answer = await post('/api/v1/sign-in', body);
    if (answer.ok) {
      setState('done');
      return onDone();
    }
    setState('idle');
    if (step === 'password' && wantsCode(answer.failure)) {
      setChecked(false);
      return setStep('code');
    }
    setProblem(signInProblem(words, step, answer.failure));
  };
  const back = (): void => {
    setStep('password');
    setProblem(undefined);
    setGiven((before) => ({ ...before, password: '', code: '' }));
  };
  const onCode = (code: string): void => setGiven({ ...given, code });
  const busy = state !== 'idle';
  return (
    <Form busy={busy} onSubmit={() => void submit()}>
      {problem !== undefined && <FormAlert text={problem} />}
      {step === 'password' ? (
        <LoginFields given={given} setGiven={setGiven} first={first} checked={checked} />
      ) : (
        <CodeFields {...{ as: given.login.trim(), code: given.code, onCode, first, checked }} />
      )}
      <div className="form-buttons">
        <button type="submit" className="button button-strong" disabled={busy}>
          {busy ? words.sending : words.submit}
        </button>
        {step === 'code' && (
          <button type="button" className="button" disabled={busy} onClick={back}>
            {words.code.back}
          </button>
        )}
      </div>
    </Form>
  );
}

interface FieldsProps {
  readonly given: Given;
  readonly setGiven: (given: Given) => void;
  readonly first: RefObject<HTMLInputElement | null>;
  readonly checked: boolean;
}

function LoginFields({ given, setGiven, first, checked }: FieldsProps): ReactNode {
  const { field: words, signIn } = useWords(accountWords);
  const errorOf = (value: string): string | undefined =>
    checked && value.trim() === '' ? signIn.needed : undefined;
  return (
    <>
      <TextField
        label={words.login}
        error={errorOf(given.login)}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={80}
        field={first}
        value={given.login}
        onValue={(login) => setGiven({ ...given, login })}
      />
      <PasswordField
        label={words.password}
        error={errorOf(given.password)}
        name="password"
        autoComplete="current-password"
        required
        maxLength={limits.passwordCharsMax}
        value={given.password}
        onValue={(password) => setGiven({ ...given, password })}
      />
    </>
  );
}

function isEmpty({ login, password, code }: Given, step: Step): boolean {
  return step === 'code' ? code.trim() === '' : login.trim() === '' || password.trim() === '';
}

function wantsCode(failure: RequestFailure): boolean {
  return failure.kind === 'signed-out' && failure.code === 'auth.second-factor';
}

/** For a person; every way a sign-in can fail. */
export function signInProblem(
  words: (typeof accountWords)['pt']['signIn'],
  step: Step,
  failure: RequestFailure,
): string {
  if (failure.kind === 'unreachable') return words.unreachable;
  if (failure.kind === 'unreadable') return words.unreadable;
  if (failure.kind === 'signed-out') return step === 'code' ? words.code.refused : words.refused;
  if (failure.status === 429) return words.tooMany;
  if (failure.status === 403) return words.foreign;
  // What cannot be a login or a code is wrong for the same reason as any other.
  if (failure.status < 500) return step === 'code' ? words.code.refused : words.refused;
  return words.failed(failure.status);
}
