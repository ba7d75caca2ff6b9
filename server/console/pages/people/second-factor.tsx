// The own second factor: off -> key and first code -> recovery codes (shown once) -> on -> off by the password. The key is
// a picture for the telephone's camera, text to type, and a link for an app on this device; it leaves the page with the form.
import { type ReactNode, useState } from 'react';
import {
  type RecoveryCodes,
  recoveryCodesSchema,
  type TotpSecret,
  totpSecretSchema,
} from '../../../../shared/api/people.ts';
import { limits } from '../../../../shared/limits.ts';
import { useWords } from '../../i18n/words.ts';
import { actJson, post } from '../../request.ts';
import { Form, FormAlert } from '../../view/form.tsx';
import { Icon } from '../../view/icon.tsx';
import { useSessionAgain } from '../../view/session.tsx';
import { PasswordField, TextField } from '../../view/text-field.tsx';
import { Dialog, FormButtons } from './dialog.tsx';
import { isWrongSecret } from './failure-text.ts';
import { ownWords } from './own-words.ts';
import { QrCode } from './qr-code.tsx';
import { SecretText } from './secret-text.tsx';
import { useFailureText } from './use-failure-text.ts';
import { peopleWords } from './words.ts';

const url = '/api/v1/account/totp';

interface SecondFactorProps {
  readonly on: boolean;
  /** Without one nobody can prove here that it is them who turns it off. */
  readonly hasPassword: boolean;
}

export function SecondFactor({ on, hasPassword }: SecondFactorProps): ReactNode {
  const words = useWords(ownWords).totp;
  const again = useSessionAgain();
  const [secret, setSecret] = useState<TotpSecret>();
  const [codes, setCodes] = useState<RecoveryCodes>();
  const [said, setSaid] = useState('');
  return (
    <section className="card" aria-labelledby="totp-heading">
      <h3 id="totp-heading">{words.title}</h3>
      <p className={on ? 'state good' : 'state'}>
        <Icon name={on ? 'up' : 'unknown'} />
        <span>{on ? words.on : words.off}</span>
      </p>
      {!on && secret === undefined && <Begin onSecret={setSecret} />}
      {!on && secret !== undefined && (
        <Confirmation
          secret={secret}
          onCodes={(made) => {
            setSecret(undefined);
            setSaid('');
            setCodes(made);
            again();
          }}
          onCancel={() => setSecret(undefined)}
        />
      )}
      {on && !hasPassword && <p>{words.byAdministrator}</p>}
      {on && hasPassword && (
        <Removal
          onRemoved={() => {
            setSaid(words.removed);
            again();
          }}
        />
      )}
      <p className="said" role="status">
        {said}
      </p>
      {codes !== undefined && <Recovery codes={codes} onKept={() => setCodes(undefined)} />}
    </section>
  );
}

function Begin({ onSecret }: { readonly onSecret: (secret: TotpSecret) => void }): ReactNode {
  const words = useWords(peopleWords);
  const own = useWords(ownWords).totp;
  const failureText = useFailureText();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const begin = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    const answer = await actJson('POST', url, { schema: totpSecretSchema });
    setBusy(false);
    if (answer.ok) onSecret(answer.value);
    else setProblem(failureText(answer.failure));
  };
  return (
    <>
      {problem !== undefined && <FormAlert text={problem} />}
      <div className="form-buttons">
        <button type="button" className="button" disabled={busy} onClick={() => void begin()}>
          {busy ? words.sending : own.begin}
        </button>
      </div>
    </>
  );
}

function Confirmation(props: {
  readonly secret: TotpSecret;
  readonly onCodes: (codes: RecoveryCodes) => void;
  readonly onCancel: () => void;
}): ReactNode {
  const words = useWords(ownWords).totp;
  const failureText = useFailureText();
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    if (busy) return;
    const digits = code.replace(/\s/g, '');
    setWrong(!/^\d{6}$/.test(digits));
    setProblem(undefined);
    if (!/^\d{6}$/.test(digits)) return;
    setBusy(true);
    const answer = await actJson('POST', `${url}/confirmation`, {
      body: { code: digits },
      schema: recoveryCodesSchema,
    });
    setBusy(false);
    if (answer.ok) props.onCodes(answer.value);
    else if (isWrongSecret(answer.failure)) setWrong(true);
    else setProblem(failureText(answer.failure));
  };
  return (
    <Form busy={busy} onSubmit={() => void submit()}>
      <p>{words.step1}</p>
      <KeyParts secret={props.secret} />
      <p>{words.step2}</p>
      {problem !== undefined && <FormAlert text={problem} />}
      <TextField
        label={words.code}
        error={wrong ? words.codeError : undefined}
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={10}
        value={code}
        onValue={setCode}
      />
      <FormButtons busy={busy} label={words.confirm} onClose={props.onCancel} />
    </Form>
  );
}

/** The same key for a camera, for typing, and for an app on this device. */
function KeyParts({ secret: { secret, uri } }: { readonly secret: TotpSecret }): ReactNode {
  const words = useWords(ownWords).totp;
  return (
    <div className="totp-key">
      {/* Only what this protocol is for: an answer must not make a link, or a picture, of any other kind. */}
      {uri.startsWith('otpauth://') && <QrCode text={uri} />}
      <div className="totp-texts">
        <SecretText label={words.secret} text={secret}>
          {(secret.match(/.{1,4}/g) ?? []).join(' ')}
        </SecretText>
        <p className="form-hint">{words.type}</p>
        {uri.startsWith('otpauth://') && (
          <p>
            <a href={uri}>{words.open}</a>
          </p>
        )}
      </div>
    </div>
  );
}

function Recovery({
  codes,
  onKept,
}: {
  readonly codes: RecoveryCodes;
  readonly onKept: () => void;
}): ReactNode {
  const words = useWords(ownWords).totp;
  return (
    <Dialog title={words.recoveryTitle} dismissible={false} onClose={onKept}>
      <p>{words.recoveryMeaning}</p>
      <SecretText label={words.recoveryList} text={codes.recoveryCodes.join('\n')}>
        <ol className="recovery-codes">
          {codes.recoveryCodes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
      </SecretText>
      <div className="form-buttons">
        <button type="button" className="button button-strong" onClick={onKept}>
          {words.kept}
        </button>
      </div>
    </Dialog>
  );
}

function Removal({ onRemoved }: { readonly onRemoved: () => void }): ReactNode {
  const { sending } = useWords(peopleWords);
  const words = useWords(ownWords).totp;
  const failureText = useFailureText();
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setProblem(undefined);
    setWrong(password === '');
    if (busy || password === '') return;
    setBusy(true);
    const answer = await post(`${url}/removal`, { password });
    setBusy(false);
    if (answer.ok) onRemoved();
    else if (isWrongSecret(answer.failure)) setWrong(true);
    else setProblem(failureText(answer.failure));
  };
  return (
    <Form busy={busy} onSubmit={() => void submit()}>
      {problem !== undefined && <FormAlert text={problem} />}
      <PasswordField
        label={words.removePassword}
        error={wrong ? words.passwordError : undefined}
        autoComplete="current-password"
        maxLength={limits.passwordCharsMax}
        value={password}
        onValue={setPassword}
      />
      <div className="form-buttons">
        <button type="submit" className="button" disabled={busy}>
          {busy ? sending : words.remove}
        </button>
      </div>
    </Form>
  );
}
