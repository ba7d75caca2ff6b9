// The own account: who one is here, a new password, the second factor. For persons; a one-time link has no account.
import { type ReactNode, useState } from 'react';
import { limits } from '../../../../shared/limits.ts';
import { accountWords } from '../../i18n/account-words.ts';
import { useWords } from '../../i18n/words.ts';
import { post, type RequestFailure } from '../../request.ts';
import { Form, FormAlert } from '../../view/form.tsx';
import { formFields } from '../../view/form-problems.ts';
import { useSession } from '../../view/session.tsx';
import { Fact, Facts } from '../../view/side-panel.tsx';
import { PasswordField } from '../../view/text-field.tsx';
import { DayTime } from './day-time.tsx';
import { isWrongSecret } from './failure-text.ts';
import { ownWords } from './own-words.ts';
import { ScopeText } from './scope-text.tsx';
import { SecondFactor } from './second-factor.tsx';
import { useFailureText } from './use-failure-text.ts';
import { peopleWords } from './words.ts';

export function AccountSection(): ReactNode {
  const words = useWords(ownWords);
  const { role, loading } = useWords(accountWords);
  const session = useSession();
  if (session === undefined) return <p role="status">{loading}</p>;
  const { facts } = words;
  return (
    <div className="account-parts">
      <section className="card" aria-label={facts.login}>
        <Facts>
          <Fact name={facts.name}>{session.by}</Fact>
          {session.login !== null && <Fact name={facts.login}>{session.login}</Fact>}
          <Fact name={facts.role}>{role[session.role]}</Fact>
          <Fact name={facts.customers}>
            <ScopeText customers={session.customers} />
          </Fact>
          {session.expiresAt !== null && (
            <Fact name={facts.until}>
              <DayTime at={session.expiresAt} />
            </Fact>
          )}
        </Facts>
      </section>
      {session.login === null ? (
        <p className="empty">{words.none}</p>
      ) : (
        <>
          {session.password ? (
            <PasswordChange login={session.login} />
          ) : (
            <p className="empty">{words.elsewhere}</p>
          )}
          <SecondFactor on={session.totp} hasPassword={session.password} />
        </>
      )}
    </div>
  );
}

type Problem = { readonly field: 'current' | 'next' } | { readonly whole: string };

function PasswordChange({ login }: { readonly login: string }): ReactNode {
  const { sending } = useWords(peopleWords);
  const { title, submit, done, hint, ...labels } = useWords(ownWords).password;
  const failureText = useFailureText();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const [state, setState] = useState<'idle' | 'sending' | 'done'>('idle');
  const send = async (): Promise<void> => {
    if (state === 'sending') return;
    setState('idle');
    if (current === '') return setProblem({ field: 'current' });
    if (next.length < limits.passwordCharsMin || next === login) return setProblem({ field: 'next' });
    setState('sending');
    setProblem(undefined);
    const answer = await post('/api/v1/account/password', { current, next });
    setState(answer.ok ? 'done' : 'idle');
    if (!answer.ok) return setProblem(problemOf(answer.failure, failureText));
    setCurrent('');
    setNext('');
  };
  const wrong = problem !== undefined && 'field' in problem ? problem.field : undefined;
  return (
    <section className="card" aria-labelledby="password-heading">
      <h3 id="password-heading">{title}</h3>
      <Form busy={state === 'sending'} onSubmit={() => void send()}>
        {problem !== undefined && 'whole' in problem && <FormAlert text={problem.whole} />}
        {/* For password keepers, which store a login with each password. */}
        <input type="text" hidden readOnly autoComplete="username" value={login} />
        <PasswordField
          label={labels.current}
          error={wrong === 'current' ? labels.currentError : undefined}
          autoComplete="current-password"
          maxLength={limits.passwordCharsMax}
          value={current}
          onValue={setCurrent}
        />
        <PasswordField
          label={labels.next}
          hint={hint}
          error={wrong === 'next' ? labels.nextError : undefined}
          autoComplete="new-password"
          maxLength={limits.passwordCharsMax}
          value={next}
          onValue={setNext}
        />
        <div className="form-buttons">
          <button type="submit" className="button" disabled={state === 'sending'}>
            {state === 'sending' ? sending : submit}
          </button>
        </div>
        <p className="said" role="status">
          {state === 'done' && done}
        </p>
      </Form>
    </section>
  );
}

function problemOf(failure: RequestFailure, textOf: (failure: RequestFailure) => string): Problem {
  if (isWrongSecret(failure)) return { field: 'current' };
  const named = failure.kind === 'refused' ? formFields(['next'], failure.issues ?? []) : new Set();
  return named.size > 0 ? { field: 'next' } : { whole: textOf(failure) };
}
