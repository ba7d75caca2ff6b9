// The contacts of an incident by provider, the number that a telephone dials, and the list as text for the provider's own
// form or chat. Pure.
import type { ContactRow } from '../../../../shared/api/contacts.ts';

export interface ProviderContacts {
  readonly provider: string;
  readonly name: string;
  readonly phone: string | null;
  readonly links: readonly ContactRow[];
}

/** In the order given. */
export function byProvider(contacts: readonly ContactRow[]): readonly ProviderContacts[] {
  const groups = new Map<string, readonly ContactRow[]>();
  for (const each of contacts) groups.set(each.provider, [...(groups.get(each.provider) ?? []), each]);
  return [...groups].map(([provider, links]) => ({
    provider,
    name: links[0]?.providerName ?? provider,
    phone: links[0]?.phone ?? null,
    links,
  }));
}

/** `tel:+551100000000`. An extension or a second number is not dialled; undefined: no number stands there. */
export function dialOf(phone: string): string | undefined {
  const [first = ''] = phone.split(/[a-z,;/]/i, 1);
  const number = first.replace(/[^\d+*]/g, '');
  return /\d/.test(number) ? `tel:${number}` : undefined;
}

/** One line for each circuit: `SPO-1: Padaria Aurora, Matriz`. */
export function circuitList(contacts: readonly ContactRow[]): string {
  return contacts
    .filter(({ circuit }) => circuit !== null)
    .map(({ circuit, customerName, siteName }) => `${circuit}: ${customerName}, ${siteName}`)
    .join('\n');
}
