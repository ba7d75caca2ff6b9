// The customers a scope can name: those on the wall, live, under their names. Asks the server nothing.
import { useMemo } from 'react';
import type { SiteRow } from '../../../../shared/api/wall.ts';
import { useWall } from '../../view/wall-context.ts';

export interface Customer {
  readonly key: string;
  readonly name: string;
}

const noSites: ReadonlyMap<string, SiteRow> = new Map();

/** Each customer once, by name. */
export function useCustomers(): readonly Customer[] {
  const sites = useWall((state) => state.view?.sites ?? noSites);
  return useMemo(() => customersOf(sites.values()), [sites]);
}

export function customersOf(
  sites: Iterable<Pick<SiteRow, 'customer' | 'customerName'>>,
): readonly Customer[] {
  const names = new Map<string, string>();
  for (const { customer, customerName } of sites) names.set(customer, customerName);
  return [...names]
    .map(([key, name]) => ({ key, name }))
    .sort((a, b) => a.name.localeCompare(b.name, 'pt-BR') || a.key.localeCompare(b.key));
}

/** Those of `customers` whose name or key holds every word, accents and case aside. */
export function searchCustomers(customers: readonly Customer[], text: string): readonly Customer[] {
  const words = plain(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return customers;
  return customers.filter(({ key, name }) => {
    const where = `${plain(name)} ${key}`;
    return words.every((word) => where.includes(word));
  });
}

/** Chosen keys that no customer on the wall has any more stay in the list, under their key. */
export function withChosen(customers: readonly Customer[], chosen: Iterable<string>): readonly Customer[] {
  const known = new Set(customers.map(({ key }) => key));
  const gone = [...chosen].filter((key) => !known.has(key)).map((key) => ({ key, name: key }));
  return gone.length === 0 ? customers : [...customers, ...gone];
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
