// The code of a second factor, from the telephone or one of the recovery codes: the last step of signing in, whatever came
// before it. Knows nothing of how the code is sent.
import { type ReactNode, type RefObject, useState } from 'react';
import { accountWords } from '../i18n/account-words.ts';
import { useWords } from '../i18n/words.ts';
import { TextField } from './text-field.tsx';

export function CodeFields(props: {
  /** Whose code, where that is known. */
  readonly as?: string;
  readonly code: string;
  readonly onCode: (code: string) => void;
  readonly first: RefObject<HTMLInputElement | null>;
  readonly checked: boolean;
}): ReactNode {
  const { as, code, onCode, first, checked } = props;
  const { code: words, needed } = useWords(accountWords).signIn;
  const [recovery, setRecovery] = useState(false);
  return (
    <>
      <h2 className="form-step">{words.title}</h2>
      {as !== undefined && <p className="muted">{words.as(as)}</p>}
      <TextField
        key={recovery ? 'recovery' : 'app'}
        label={recovery ? words.recovery : words.label}
        hint={recovery ? words.recoveryHint : words.hint}
        error={checked && code.trim() === '' ? needed : undefined}
        name="code"
        autoComplete={recovery ? 'off' : 'one-time-code'}
        inputMode={recovery ? 'text' : 'numeric'}
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={recovery ? 40 : 10}
        field={first}
        value={code}
        onValue={onCode}
      />
      <button
        type="button"
        className="link-button"
        onClick={() => {
          setRecovery((before) => !before);
          onCode('');
        }}
      >
        {recovery ? words.useApp : words.useRecovery}
      </button>
    </>
  );
}
