// Role and scope, as persons and API tokens have them: what one may do, and of which customers.
import { type ReactNode, useId, useMemo, useState } from 'react';
import { type Role, roles } from '../../../../shared/api/people.ts';
import { limits } from '../../../../shared/limits.ts';
import { accountWords } from '../../i18n/account-words.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { searchCustomers, useCustomers, withChosen } from './customers.ts';
import { peopleWords } from './words.ts';

export interface Access {
  readonly role: Role;
  /** False: only `chosen`. */
  readonly all: boolean;
  readonly chosen: ReadonlySet<string>;
}

export const leastAccess: Access = {
  role: 'viewer',
  all: true,
  chosen: new Set(),
};

export function accessOf(given: {
  readonly role: Role;
  readonly customers: readonly string[] | null;
}): Access {
  return {
    role: given.role,
    all: given.customers === null,
    chosen: new Set(given.customers ?? []),
  };
}

/** As the API takes it. An administrator sees all, whatever was chosen before. */
export function customersOfAccess({ role, all, chosen }: Access): string[] | null {
  return all || role === 'administrator' ? null : [...chosen].sort();
}

export type ScopeProblem = 'missing' | 'many';

export function scopeProblem(access: Access): ScopeProblem | undefined {
  const customers = customersOfAccess(access);
  if (customers === null) return undefined;
  if (customers.length === 0) return 'missing';
  return customers.length > limits.customersPerPersonMax ? 'many' : undefined;
}

interface Props {
  readonly access: Access;
  readonly onAccess: (access: Access) => void;
  readonly problem: ScopeProblem | undefined;
}

export function AccessFields({ access, onAccess, problem }: Props): ReactNode {
  const words = useWords(peopleWords);
  const { role: names, roleMeaning } = useWords(accountWords);
  const group = useId();
  return (
    <>
      <fieldset className="choices">
        <legend className="form-legend">{words.form.role}</legend>
        {roles.map((role) => (
          <label key={role} className="choice">
            <input
              type="radio"
              name={`${group}-role`}
              checked={access.role === role}
              onChange={() => onAccess({ ...access, role })}
            />
            <span>
              <strong>{names[role]}</strong> <span className="form-hint">{roleMeaning[role]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <ScopeField access={access} onAccess={onAccess} problem={problem} group={group} />
    </>
  );
}

function ScopeField({ access, onAccess, problem, group }: Props & { readonly group: string }): ReactNode {
  const words = useWords(peopleWords).scope;
  const id = useId();
  const administrator = access.role === 'administrator';
  return (
    <fieldset className="choices" aria-describedby={problem === undefined ? undefined : `${id}-error`}>
      <legend className="form-legend">{words.legend}</legend>
      {administrator ? (
        <p className="form-hint">{words.administrator}</p>
      ) : (
        <>
          {[true, false].map((all) => (
            <label key={String(all)} className="choice">
              <input
                type="radio"
                name={`${group}-scope`}
                checked={access.all === all}
                onChange={() => onAccess({ ...access, all })}
              />
              <span>{all ? words.all : words.some}</span>
            </label>
          ))}
          {!access.all && <CustomerList access={access} onAccess={onAccess} />}
        </>
      )}
      {problem !== undefined && (
        <p className="form-error" id={`${id}-error`} role="alert">
          <Icon name="down" />
          {words.problem[problem]}
        </p>
      )}
    </fieldset>
  );
}

function CustomerList({ access, onAccess }: Omit<Props, 'problem'>): ReactNode {
  const words = useWords(peopleWords).scope;
  const [text, setText] = useState('');
  const customers = useCustomers();
  const { chosen } = access;
  const all = useMemo(() => withChosen(customers, chosen), [customers, chosen]);
  const found = useMemo(() => searchCustomers(all, text), [all, text]);
  const toggle = (key: string, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(key);
    else next.delete(key);
    onAccess({ ...access, chosen: next });
  };
  if (all.length === 0) return <p className="form-hint">{words.noCustomers}</p>;
  return (
    <div className="scope">
      <div className="scope-head">
        <span className="filter-text">
          <Icon name="search" />
          <input
            type="search"
            className="field"
            aria-label={words.search}
            placeholder={words.search}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </span>
        <span className="form-hint" role="status">
          {words.chosen(chosen.size, all.length)}
        </span>
      </div>
      <ul className="scope-list">
        {found.map(({ key, name }) => (
          <li key={key}>
            <label className="choice">
              <input
                type="checkbox"
                checked={chosen.has(key)}
                onChange={(event) => toggle(key, event.target.checked)}
              />
              <span>{name}</span>
            </label>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="form-hint">{words.none}</p>}
    </div>
  );
}
