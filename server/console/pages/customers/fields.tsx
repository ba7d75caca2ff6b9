// Fields of the inventory's forms. Each is named by its path below the form's thing, as the server's issues are, so that a
// mistake stands at its field. What is wanted is told in the reader's language.
import { createContext, type ReactNode, useContext, useId, useState } from 'react';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { TextField } from '../../view/text-field.tsx';
import { fieldOf, type Issue, keyFrom } from './draft.ts';
import { en, pt } from './edit-words.ts';

type FieldName = keyof typeof pt.field;

/** The issues below the form's thing. */
export const IssuesContext = createContext<readonly Issue[]>([]);

/** What is wanted at this path, when the server found it wrong; undefined: nothing is. */
export function useMistake(path: string): string | undefined {
  const issues = useContext(IssuesContext);
  const words = useWords({ pt, en });
  return issues.some((issue) => issue.path === path) ? wantedAt(path, words) : undefined;
}

export function wantedAt(path: string, words: typeof pt): string {
  const field = fieldOf(path);
  return isWanted(field) ? words.wanted[field] : words.wanted.other;
}

function isWanted(field: string): field is keyof typeof pt.wanted {
  return Object.hasOwn(pt.wanted, field);
}

export function isField(field: string): field is FieldName {
  return Object.hasOwn(pt.field, field);
}

interface FieldProps {
  readonly path: string;
  readonly label?: string;
  readonly hint?: string;
  readonly required?: boolean;
}

export function InventoryText(
  props: FieldProps & {
    readonly value: string | undefined;
    readonly onValue: (value: string) => void;
    readonly readOnly?: boolean;
    readonly maxLength?: number;
  },
): ReactNode {
  const words = useWords({ pt, en });
  const { path, label, hint, required = false, value, onValue, readOnly = false, maxLength = 200 } = props;
  const field = fieldOf(path);
  return (
    <TextField
      label={label ?? (isField(field) ? words.field[field] : path)}
      hint={hint}
      error={useMistake(path)}
      name={path}
      value={value ?? ''}
      onValue={onValue}
      required={required}
      readOnly={readOnly}
      maxLength={maxLength}
      autoComplete="off"
      spellCheck={false}
    />
  );
}

export function InventorySelect(
  props: FieldProps & {
    readonly value: string;
    readonly options: readonly { readonly value: string; readonly text: string }[];
    readonly onValue: (value: string) => void;
  },
): ReactNode {
  const words = useWords({ pt, en });
  const id = useId();
  const { path, label, hint, required = false, value, options, onValue } = props;
  const error = useMistake(path);
  const field = fieldOf(path);
  const describedBy = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`];
  return (
    <div className="form-field" data-invalid={error !== undefined}>
      <label htmlFor={id}>{label ?? (isField(field) ? words.field[field] : path)}</label>
      <select
        id={id}
        className="field"
        name={path}
        value={value}
        required={required}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={describedBy.filter((part) => part !== '').join(' ') || undefined}
        onChange={(event) => onValue(event.target.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
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

/** Name and key of a new or known thing: a new one's key follows its name until somebody writes another. */
export function NameAndKey(props: {
  readonly name: string;
  readonly thingKey: string;
  readonly isNew: boolean;
  readonly set: (fields: { readonly name?: string; readonly key?: string }) => void;
}): ReactNode {
  const words = useWords({ pt, en });
  const { name, thingKey, isNew, set } = props;
  const [ownKey, setOwnKey] = useState(false);
  return (
    <>
      <InventoryText
        path="name"
        value={name}
        required
        maxLength={120}
        onValue={(text) => set(isNew && !ownKey ? { name: text, key: keyFrom(text) } : { name: text })}
      />
      <InventoryText
        path="key"
        value={thingKey}
        required
        readOnly={!isNew}
        hint={isNew ? words.hint.key : words.hint.keyFixed}
        maxLength={63}
        onValue={(key) => {
          setOwnKey(true);
          set({ key });
        }}
      />
    </>
  );
}
