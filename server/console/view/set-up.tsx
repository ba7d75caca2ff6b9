// The very first account, made by who can read the administrator's token on the machine. Offered only while the server
// says that nobody was ever created; it can refuse all the same, when somebody else was quicker.
import { type ReactNode, useState } from 'react';
import { setUpSchema } from '../../../shared/api/people.ts';
import { limits } from '../../../shared/limits.ts';
import { accountWords } from '../i18n/account-words.ts';
import { useWords } from '../i18n/words.ts';
import { post, type RequestFailure } from '../request.ts';
import { Form, FormAlert } from './form.tsx';
import { formFields } from './form-problems.ts';
import { signInProblem } from './password-sign-in.tsx';
import { PasswordField, TextField, type TextFieldProps } from './text-field.tsx';

const fields = ['token', 'login', 'name', 'password'] as const;
type Field = (typeof fields)[number];

interface Problems {
  readonly fields: ReadonlySet<Field>;
  readonly whole?: string;
}

const none: Problems = { fields: new Set() };

interface Props {
  /** The account is there, and the browser has its session. */
  readonly onDone: () => void;
  /** Somebody was quicker: there is nothing to set up any more. */
  readonly onGone: () => void;
}

export function SetUp(props: Props): ReactNode {
  const words = useWords(accountWords).setUp;
  const { busy, problems, submit, field } = useSetUp(props);
  return (
    <Form busy={busy} onSubmit={(element) => void submit(element)}>
      <p>{words.intro}</p>
      {problems.whole !== undefined && <FormAlert text={problems.whole} />}
      <SetUpFields field={field} />
      <div className="form-buttons">
        <button type="submit" className="button button-strong" disabled={busy}>
          {busy ? words.sending : words.submit}
        </button>
      </div>
    </Form>
  );
}

type FieldProps = Pick<TextFieldProps, 'name' | 'value' | 'error' | 'onValue'>;

function useSetUp({ onDone, onGone }: Props): {
  readonly busy: boolean;
  readonly problems: Problems;
  readonly submit: (form: HTMLFormElement) => Promise<void>;
  readonly field: (name: Field, error: string) => FieldProps;
} {
  const words = useWords(accountWords);
  const [given, setGiven] = useState({ token: '', login: '', name: '', password: '' });
  const [problems, setProblems] = useState<Problems>(none);
  const [busy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    if (busy) return;
    const read = setUpSchema.safeParse({ ...given, token: given.token.trim() });
    if (!read.success || read.data.password === read.data.login) {
      const issues = read.success ? [{ path: ['password'] }] : read.error.issues;
      setProblems({ fields: formFields(fields, issues) });
      // After the fields are marked.
      requestAnimationFrame(() => form.querySelector<HTMLInputElement>('[aria-invalid]')?.focus());
      return;
    }
    setBusy(true);
    setProblems(none);
    const answer = await post('/api/v1/set-up', read.data);
    if (answer.ok) return onDone();
    setBusy(false);
    if (answer.failure.kind === 'refused' && answer.failure.status === 404) return onGone();
    setProblems(problemsOf(answer.failure, words));
  };
  const field = (name: Field, error: string): FieldProps => ({
    name,
    value: given[name],
    ...(problems.fields.has(name) ? { error } : {}),
    onValue: (value) => {
      setGiven((before) => ({ ...before, [name]: value }));
      // What is being mended is no longer called wrong.
      setProblems(({ fields: wrong }) => ({ fields: new Set([...wrong].filter((each) => each !== name)) }));
    },
  });
  return { busy, problems, submit, field };
}

function problemsOf(failure: RequestFailure, words: (typeof accountWords)['pt']): Problems {
  const named = failure.kind === 'refused' ? formFields(fields, failure.issues ?? []) : none.fields;
  if (named.size > 0) return { fields: named };
  if (failure.kind === 'signed-out') return { fields: named, whole: words.setUp.tokenRefused };
  return { fields: named, whole: signInProblem(words.signIn, 'password', failure) };
}

function SetUpFields({ field }: { readonly field: (name: Field, error: string) => FieldProps }): ReactNode {
  const { setUp: words, field: labels } = useWords(accountWords);
  return (
    <>
      <PasswordField
        {...field('token', words.tokenError)}
        label={words.token}
        hint={words.tokenHint}
        autoComplete="off"
      />
      <TextField
        {...field('name', labels.nameError)}
        label={labels.name}
        hint={labels.nameHint}
        autoComplete="name"
        maxLength={80}
      />
      <TextField
        {...field('login', labels.loginError)}
        label={labels.login}
        hint={labels.loginHint}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={80}
      />
      <PasswordField
        {...field('password', labels.passwordError)}
        label={labels.password}
        hint={labels.newPasswordHint}
        autoComplete="new-password"
        maxLength={limits.passwordCharsMax}
      />
    </>
  );
}
