// After the company's own sign-in, for who has a second factor in Vigia as well: the code, then the wall. The server knows by a
// cookie whose code it is; when it has forgotten, one begins again.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { accountWords } from '../i18n/account-words.ts';
import { useWords } from '../i18n/words.ts';
import { post } from '../request.ts';
import { CodeFields } from './code-fields.tsx';
import { Form, FormAlert } from './form.tsx';
import { signInProblem } from './password-sign-in.tsx';

/** `onDone`: the browser has its session now. `onExpired`: too late, nothing waits for a code. */
export function OidcCode(props: {
  readonly onDone: () => void;
  readonly onBack: () => void;
  readonly onExpired: () => void;
}): ReactNode {
  const { onDone, onBack, onExpired } = props;
  const words = useWords(accountWords).signIn;
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [checked, setChecked] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refusal gives the focus back to the field
  useEffect(() => first.current?.focus(), [problem]);
  const submit = async (): Promise<void> => {
    if (busy) return;
    setChecked(true);
    if (code.trim() === '') return first.current?.focus();
    setBusy(true);
    setProblem(undefined);
    const answer = await post('/api/v1/sign-in/oidc', { code: code.trim() });
    if (answer.ok) return onDone();
    setBusy(false);
    const { failure } = answer;
    if (failure.kind === 'refused' && failure.status === 409) return onExpired();
    setProblem(signInProblem(words, 'code', failure));
  };
  return (
    <Form busy={busy} onSubmit={() => void submit()}>
      {problem !== undefined && <FormAlert text={problem} />}
      <CodeFields code={code} onCode={setCode} first={first} checked={checked} />
      <div className="form-buttons">
        <button type="submit" className="button button-strong" disabled={busy}>
          {busy ? words.sending : words.submit}
        </button>
        <button type="button" className="button" disabled={busy} onClick={onBack}>
          {words.code.back}
        </button>
      </div>
    </Form>
  );
}
