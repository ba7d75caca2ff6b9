// Making an API token, and the one time it is shown. What was made is kept in this dialog only and goes with it.
import { type ReactNode, useId, useState } from 'react';
import { madeApiTokenSchema, personNameSchema } from '../../../../shared/api/people.ts';
import { day } from '../../../../shared/time.ts';
import { useWords } from '../../i18n/words.ts';
import { actJson } from '../../request.ts';
import { Form, FormAlert } from '../../view/form.tsx';
import { TextField } from '../../view/text-field.tsx';
import { useWall } from '../../view/wall-context.ts';
import { Dialog, FormButtons } from './dialog.tsx';
import { AccessFields, customersOfAccess, leastAccess, scopeProblem } from './scope-field.tsx';
import { SecretText } from './secret-text.tsx';
import { useFailureText } from './use-failure-text.ts';
import { peopleWords } from './words.ts';

const expiries = ['30', '90', '365', 'never'] as const;
type Expiry = (typeof expiries)[number];

interface Props {
  readonly onClose: () => void;
  /** There is one more now. */
  readonly onMade: () => void;
}

export function TokenForm({ onClose, onMade }: Props): ReactNode {
  const words = useWords(peopleWords).tokens;
  const [made, setMade] = useState<{
    readonly name: string;
    readonly token: string;
  }>();
  if (made === undefined) {
    return (
      <Dialog key="form" title={words.makeTitle} onClose={onClose}>
        <MakeToken
          onClose={onClose}
          onMade={(name, token) => {
            setMade({ name, token });
            onMade();
          }}
        />
      </Dialog>
    );
  }
  return (
    <Dialog key="made" title={words.madeTitle} dismissible={false} onClose={onClose}>
      <p>{words.madeMeaning}</p>
      <SecretText label={words.madeLabel(made.name)} text={made.token} />
      <div className="form-buttons">
        <button type="button" className="button button-strong" onClick={onClose}>
          {words.stored}
        </button>
      </div>
    </Dialog>
  );
}

function MakeToken({
  onClose,
  onMade,
}: {
  readonly onClose: () => void;
  readonly onMade: (name: string, token: string) => void;
}): ReactNode {
  const words = useWords(peopleWords).tokens;
  const failureText = useFailureText();
  const offset = useWall((state) => state.clockOffsetMs);
  const [name, setName] = useState('');
  const [access, setAccess] = useState(leastAccess);
  const [expiry, setExpiry] = useState<Expiry>('90');
  const [checked, setChecked] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const nameIsWrong = !personNameSchema.safeParse(name).success;
  const scope = scopeProblem(access);
  const submit = async (): Promise<void> => {
    setChecked(true);
    if (busy || nameIsWrong || scope !== undefined) return;
    setBusy(true);
    setProblem(undefined);
    const { role } = access;
    const expiresAt = expiresAtOf(expiry, Date.now() + offset);
    const body = {
      name: name.trim(),
      role,
      customers: customersOfAccess(access),
      expiresAt,
    };
    const answer = await actJson('POST', '/api/v1/api-tokens', {
      body,
      schema: madeApiTokenSchema,
    });
    setBusy(false);
    if (answer.ok) onMade(body.name, answer.value.token);
    else setProblem(failureText(answer.failure, { adding: true }));
  };
  return (
    <Form busy={busy} onSubmit={() => void submit()}>
      {problem !== undefined && <FormAlert text={problem} />}
      <TextField
        label={words.name}
        hint={words.nameHint}
        error={checked && nameIsWrong ? words.nameError : undefined}
        autoComplete="off"
        maxLength={80}
        value={name}
        onValue={setName}
      />
      <ExpiryField expiry={expiry} onExpiry={setExpiry} />
      <AccessFields access={access} onAccess={setAccess} problem={checked ? scope : undefined} />
      <FormButtons busy={busy} label={words.make} onClose={onClose} />
    </Form>
  );
}

function ExpiryField(props: {
  readonly expiry: Expiry;
  readonly onExpiry: (expiry: Expiry) => void;
}): ReactNode {
  const words = useWords(peopleWords).tokens;
  const id = useId();
  return (
    <div className="form-field">
      <label htmlFor={id}>{words.expiry}</label>
      <select
        id={id}
        className="field"
        value={props.expiry}
        onChange={(event) => props.onExpiry(expiries.find((each) => each === event.target.value) ?? '90')}
      >
        {expiries.map((each) => (
          <option key={each} value={each}>
            {words.expiries[each]}
          </option>
        ))}
      </select>
    </div>
  );
}

/** `now` in server time, ms. Null: does not end. */
function expiresAtOf(expiry: Expiry, now: number): string | null {
  return expiry === 'never' ? null : new Date(now + Number(expiry) * day).toISOString();
}
