// Which customers somebody sees, in few words: all, up to three names, or how many (with the names on demand).
import type { ReactNode } from 'react';
import { accountWords } from '../../i18n/account-words.ts';
import { useWords } from '../../i18n/words.ts';
import { useCustomers } from './customers.ts';

/** So many names fit a cell. */
const namesShown = 2;

export function ScopeText({ customers }: { readonly customers: readonly string[] | null }): ReactNode {
  const words = useWords(accountWords);
  const known = useCustomers();
  if (customers === null) return words.allCustomers;
  const names = customers.map((key) => known.find((customer) => customer.key === key)?.name ?? key);
  if (names.length <= namesShown) return names.join(', ');
  return (
    <details className="scope-text">
      <summary>{words.someCustomers(names.length)}</summary>
      <ul>
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </details>
  );
}
