// Adding a person, or changing one: name, role, customers, password, second factor. Sends only what was changed, because a
// new role or password ends the person's sessions. The server judges; its complaints are shown at their fields.
import { type ReactNode, useState } from 'react';
import {
  loginSchema,
  personNameSchema,
  signInOptionsSchema,
  type UserItem,
  type UserPatch,
} from '../../../../shared/api/people.ts';
import { limits } from '../../../../shared/limits.ts';
import { accountWords } from '../../i18n/account-words.ts';
import { useWords } from '../../i18n/words.ts';
import { act, type RequestFailure } from '../../request.ts';
import { Form, FormAlert } from '../../view/form.tsx';
import { formFields } from '../../view/form-problems.ts';
import { PasswordField, TextField } from '../../view/text-field.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { Dialog, FormButtons } from './dialog.tsx';
import {
  type Access,
  AccessFields,
  accessOf,
  customersOfAccess,
  leastAccess,
  scopeProblem,
} from './scope-field.tsx';
import { useFailureText } from './use-failure-text.ts';
import { peopleWords } from './words.ts';

export function userUrl(login: string): string {
  return `/api/v1/users/${encodeURIComponent(login)}`;
}

interface Given {
  readonly login: string;
  readonly name: string;
  readonly password: string;
  readonly dropTotp: boolean;
  readonly dropIdentity: boolean;
}

const fields = ['login', 'name', 'password', 'customers'] as const;
type Field = (typeof fields)[number];

/** Without `user` a new one. `onDone` is told the name. */
export function PersonForm(props: {
  readonly user?: UserItem;
  readonly onClose: () => void;
  readonly onDone: (name: string) => void;
}): ReactNode {
  const words = useWords(peopleWords).form;
  const { user, onClose, onDone } = props;
  const form = usePersonForm(user, onDone);
  return (
    <Dialog title={user === undefined ? words.addTitle : words.editTitle(user.name)} onClose={onClose}>
      <Form busy={form.busy} onSubmit={(element) => void form.submit(element)}>
        {form.whole !== undefined && <FormAlert text={form.whole} />}
        <PersonFields user={user} form={form} />
        <AccessFields
          access={form.access}
          onAccess={form.giveAccess}
          problem={form.wrong.has('customers') ? (scopeProblem(form.access) ?? 'missing') : undefined}
        />
        {user !== undefined && <p className="form-hint">{words.endsSessions}</p>}
        <FormButtons busy={form.busy} label={user === undefined ? words.add : words.save} onClose={onClose} />
      </Form>
    </Dialog>
  );
}

type PersonFormState = ReturnType<typeof usePersonForm>;

function usePersonForm(user: UserItem | undefined, onDone: (name: string) => void) {
  const failureText = useFailureText();
  const [given, setGiven] = useState<Given>({
    login: user?.login ?? '',
    name: user?.name ?? '',
    password: '',
    dropTotp: false,
    dropIdentity: false,
  });
  /** Of the company's own sign-in, where there is one: with it a person needs no password here. */
  const elsewhere = useDetail({
    url: '/api/v1/sign-in-options',
    schema: signInOptionsSchema,
    version: undefined,
  }).loaded.value?.oidc?.name;
  const [access, setAccess] = useState<Access>(user === undefined ? leastAccess : accessOf(user));
  const [wrong, setWrong] = useState<ReadonlySet<Field>>(new Set());
  const [whole, setWhole] = useState<string>();
  const [busy, setBusy] = useState(false);
  const refused = (failure: RequestFailure): void => {
    const named = complainedFields(failure);
    setWrong(named);
    setWhole(named.size > 0 ? undefined : failureText(failure, { adding: user === undefined }));
  };
  const submit = async (form: HTMLFormElement): Promise<void> => {
    if (busy) return;
    const problems = wrongFields(given, access, { adding: user === undefined, elsewhere });
    setWrong(problems);
    setWhole(undefined);
    if (problems.size > 0) {
      // After the fields are marked.
      requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      return;
    }
    setBusy(true);
    const answer =
      user === undefined
        ? await act('POST', '/api/v1/users', newUserOf(given, access))
        : await act('PATCH', userUrl(user.login), patchOf(user, given, access));
    setBusy(false);
    if (answer.ok) onDone(given.name.trim());
    else refused(answer.failure);
  };
  /** What is being mended is no longer called wrong. */
  const mend = (field: Field): void => {
    setWrong((before) => new Set([...before].filter((each) => each !== field)));
  };
  const give = (field: Exclude<Field, 'customers'>, value: string): void => {
    setGiven((before) => ({ ...before, [field]: value }));
    mend(field);
  };
  const giveAccess = (next: Access): void => {
    setAccess(next);
    mend('customers');
  };
  const drop = (what: Partial<Pick<Given, 'dropTotp' | 'dropIdentity'>>): void =>
    setGiven((before) => ({ ...before, ...what }));
  return { given, give, drop, elsewhere, access, giveAccess, wrong, whole, busy, submit };
}

function PersonFields({
  user,
  form,
}: {
  readonly user: UserItem | undefined;
  readonly form: PersonFormState;
}): ReactNode {
  const words = useWords(peopleWords).form;
  const { field } = useWords(accountWords);
  const { given, give, wrong, elsewhere } = form;
  const firstHint =
    elsewhere === undefined
      ? words.firstPasswordHint
      : `${words.firstPasswordHint} ${words.withoutPassword(elsewhere)}`;
  const errorOf = (name: Field, text: string): string | undefined => (wrong.has(name) ? text : undefined);
  return (
    <>
      <TextField
        label={field.name}
        hint={field.nameHint}
        error={errorOf('name', field.nameError)}
        autoComplete="off"
        maxLength={80}
        value={given.name}
        onValue={(name) => give('name', name)}
      />
      {user === undefined && (
        <TextField
          label={field.login}
          hint={field.loginHint}
          error={errorOf('login', field.loginError)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={80}
          value={given.login}
          onValue={(login) => give('login', login)}
        />
      )}
      <PasswordField
        label={user === undefined ? words.firstPassword : words.newPassword}
        hint={user === undefined ? firstHint : words.newPasswordHint}
        error={errorOf('password', field.passwordError)}
        autoComplete="new-password"
        maxLength={limits.passwordCharsMax}
        value={given.password}
        onValue={(password) => give('password', password)}
      />
      {user !== undefined && <Drops user={user} form={form} />}
    </>
  );
}

/** What is taken away from the account: for who lost the telephone, or has another account elsewhere now. */
function Drops({ user, form }: { readonly user: UserItem; readonly form: PersonFormState }): ReactNode {
  const words = useWords(peopleWords).form;
  const { given, drop } = form;
  return (
    <>
      {user.totp === true && (
        <label className="choice">
          <input
            type="checkbox"
            checked={given.dropTotp}
            onChange={(event) => drop({ dropTotp: event.target.checked })}
          />
          <span>{words.dropTotp}</span>
        </label>
      )}
      {user.oidc === true && (
        <label className="choice">
          <input
            type="checkbox"
            checked={given.dropIdentity}
            onChange={(event) => drop({ dropIdentity: event.target.checked })}
          />
          <span>{words.dropIdentity}</span>
        </label>
      )}
    </>
  );
}

/** A conflict about the login is told in words of its own: the form of the login is all right. */
function complainedFields(failure: RequestFailure): ReadonlySet<Field> {
  if (failure.kind !== 'refused' || failure.status === 409) return new Set();
  return formFields(fields, failure.issues ?? []);
}

/** What the server would refuse for certain, so that nobody waits for it. */
function wrongFields(
  given: Given,
  access: Access,
  { adding, elsewhere }: { readonly adding: boolean; readonly elsewhere: string | undefined },
): ReadonlySet<Field> {
  const wrong = new Set<Field>();
  const login = given.login.trim().toLowerCase();
  if (!personNameSchema.safeParse(given.name).success) wrong.add('name');
  if (adding && !loginSchema.safeParse(given.login).success) wrong.add('login');
  const wanted = (adding && elsewhere === undefined) || given.password !== '';
  if (wanted && (given.password.length < limits.passwordCharsMin || given.password === login)) {
    wrong.add('password');
  }
  if (scopeProblem(access) !== undefined) wrong.add('customers');
  return wrong;
}

function newUserOf(given: Given, access: Access): object {
  const { login, name, password } = given;
  const { role } = access;
  return {
    login: login.trim(),
    name: name.trim(),
    role,
    customers: customersOfAccess(access),
    ...(password === '' ? {} : { password }),
  };
}

function patchOf(user: UserItem, given: Given, access: Access): UserPatch {
  const name = given.name.trim();
  const customers = customersOfAccess(access);
  const sameCustomers = JSON.stringify(customers) === JSON.stringify(user.customers?.toSorted() ?? null);
  return {
    ...(name === user.name ? {} : { name }),
    ...(access.role === user.role ? {} : { role: access.role }),
    ...(sameCustomers ? {} : { customers }),
    ...(given.password === '' ? {} : { password: given.password }),
    ...(given.dropTotp ? { dropTotp: true } : {}),
    ...(given.dropIdentity ? { dropIdentity: true } : {}),
  };
}
