// One field of a form: label, what is wanted, what is wrong, tied together for screen readers. Knows no form.
import { type InputHTMLAttributes, type ReactNode, type Ref, useId, useState } from 'react';
import { accountWords } from '../i18n/account-words.ts';
import { useWords } from '../i18n/words.ts';
import { Icon } from './icon.tsx';

type Passed = Pick<
  InputHTMLAttributes<HTMLInputElement>,
  | 'autoComplete'
  | 'autoCapitalize'
  | 'inputMode'
  | 'maxLength'
  | 'name'
  | 'required'
  | 'readOnly'
  | 'spellCheck'
  | 'type'
>;

export interface TextFieldProps extends Passed {
  readonly label: string;
  readonly hint?: string;
  /** Shown under the field, and said when the field is reached. */
  readonly error?: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly field?: Ref<HTMLInputElement>;
  /** Beside the field, e.g. a button. */
  readonly beside?: ReactNode;
}

export function TextField(props: TextFieldProps): ReactNode {
  const { label, hint, error, value, onValue, field, beside, ...passed } = props;
  const id = useId();
  const describedBy = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`];
  return (
    <div className="form-field" data-invalid={error !== undefined}>
      <label htmlFor={id}>{label}</label>
      <div className="form-input">
        <input
          type="text"
          {...passed}
          id={id}
          className="field"
          ref={field}
          value={value}
          aria-invalid={error === undefined ? undefined : true}
          aria-describedby={describedBy.filter((part) => part !== '').join(' ') || undefined}
          onChange={(event) => onValue(event.target.value)}
        />
        {beside}
      </div>
      {hint !== undefined && (
        <p className="form-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p className="form-error" id={`${id}-error`}>
          <Icon name="down" />
          {error}
        </p>
      )}
    </div>
  );
}

/** A password can be looked at: typing a long one blind is how people come to short ones. */
export function PasswordField(props: Omit<TextFieldProps, 'type' | 'beside'>): ReactNode {
  const words = useWords(accountWords);
  const [shown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      type={shown ? 'text' : 'password'}
      autoCapitalize="none"
      spellCheck={false}
      beside={
        <button
          type="button"
          className="button button-icon"
          aria-pressed={shown}
          aria-label={words.showPassword}
          title={words.showPassword}
          onClick={() => setShown((before) => !before)}
        >
          <Icon name={shown ? 'blind' : 'eye'} />
        </button>
      }
    />
  );
}
