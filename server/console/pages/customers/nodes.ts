// What each box of a site's drawing says: name, state, a sentence for screen readers, and where it leads. From the wall's row
// and the inventory's entry; pure, words are handed in. The list beside the drawing is made of the same nodes.
import type { IncidentRow } from '../../../../shared/api/incidents.ts';
import type { ShownSite } from '../../../../shared/api/inventory.ts';
import type { HostRow, LinkRow, SiteRow } from '../../../../shared/api/wall.ts';
import type { Messages } from '../../i18n/pt.ts';
import { pageHash } from '../../route.ts';
import { aboutOf, type Chosen, type Place } from './place.ts';
import { siteKeyOf } from './summary.ts';
import type { Box, TopologyThings } from './topology.ts';
import type { pt } from './words.ts';

export interface Node {
  readonly href: string;
  /** What it is, for who cannot see where it stands. */
  readonly what: string;
  readonly title: string;
  /** The state in a word, or what it is where it has none. */
  readonly below: string;
  /** What is drawn otherwise, in words. */
  readonly more: string;
  readonly status: SiteRow['status'] | undefined;
  /** It is what the page shows in detail. */
  readonly chosen: boolean;
}

export interface NodeParts {
  readonly row: SiteRow;
  readonly entry: ShownSite | undefined;
  readonly incidents: readonly IncidentRow[];
  readonly chosen: Chosen | undefined;
  readonly messages: Messages;
  readonly words: typeof pt;
}

/** A host that is not in the inventory's entry (or an entry that was not to be had) hangs behind the site's network. */
export function thingsOf(row: SiteRow, entry: ShownSite | undefined): TopologyThings {
  const parents = new Map((entry?.hosts ?? []).map(({ key, parent }) => [key, parent]));
  return {
    links: row.links.map(({ key, provider, carries }) => ({ key, provider, carries })),
    hosts: row.hosts.map(({ key }) => ({ key, parent: parents.get(key) })),
  };
}

export function nodeOf(box: Pick<Box, 'kind' | 'key'>, parts: NodeParts): Node {
  switch (box.kind) {
    case 'provider':
      return providerNode(box.key, parts);
    case 'link':
      return linkNode(box.key, parts);
    case 'site':
      return siteNode(parts);
    case 'host':
      return hostNode(box.key, parts);
  }
}

function providerNode(key: string, { row, incidents, messages, words }: NodeParts): Node {
  const title = row.links.find((link) => link.provider === key)?.providerName ?? key;
  const failing = incidents.some((each) => each.kind === 'provider-outage' && each.provider === key);
  const count = row.links.filter((link) => link.provider === key).length;
  const below = failing ? words.providerOutage : words.linkCount(count);
  return {
    href: pageHash('providers', key),
    title,
    below,
    status: failing ? 'down' : undefined,
    what: messages.fact.provider,
    more: '',
    chosen: false,
  };
}

function linkNode(key: string, parts: NodeParts): Node {
  const { row, chosen, messages, words } = parts;
  const link = row.links.find((each) => each.key === key);
  const status: LinkRow['status'] = link?.status ?? 'unknown';
  const title = linkTitle(link, row.links) ?? key;
  const role = link === undefined ? '' : messages.linkRole[link.role];
  const isChosen = chosen?.kind === 'link' && chosen.key === key;
  const below = `${messages.linkStatus[status]} · ${role}`;
  const carries = link?.carries === true ? messages.inUse : '';
  return {
    href: hrefTo({ ...siteOf(row), chosen: isChosen ? undefined : { kind: 'link', key } }),
    what: words.column.link,
    title,
    below,
    more: carries,
    status,
    chosen: isChosen,
  };
}

/** The provider, and the link's own name where it has one; two of one provider without are told apart by their keys. */
export function linkTitle(link: LinkRow | undefined, links: readonly LinkRow[]): string | undefined {
  if (link === undefined) return undefined;
  if (link.name !== link.key && link.name !== link.providerName) return `${link.providerName} ${link.name}`;
  const shared = links.some((other) => other.key !== link.key && other.provider === link.provider);
  return shared ? `${link.providerName} ${link.key}` : link.providerName;
}

function siteNode({ row, messages, words }: NodeParts): Node {
  return {
    href: hrefTo(siteOf(row)),
    what: words.column.site,
    title: row.name,
    below: messages.siteStatus[row.status],
    more: '',
    status: row.status,
    chosen: false,
  };
}

function hostNode(key: string, parts: NodeParts): Node {
  const { row, entry, chosen, messages, words } = parts;
  const host = row.hosts.find((each) => each.key === key);
  const status: HostRow['status'] = host?.status ?? 'unknown';
  const title = host?.name ?? key;
  const behind = (entry?.hosts ?? []).filter((each) => each.parent === key).length;
  const isChosen = chosen?.kind === 'host' && chosen.key === key;
  const agent = host?.agent == null ? '' : messages.agent[host.agent.presence];
  const count = behind === 0 ? '' : words.behindIt(behind);
  // The state first: it is what must not be cut off.
  const below = [messages.hostStatus[status], count !== '' ? count : agent].filter(Boolean).join(' · ');
  return {
    href: hrefTo({ ...siteOf(row), chosen: isChosen ? undefined : { kind: 'host', key } }),
    what: words.hostKind[host?.role ?? 'server'],
    title,
    below,
    more: count !== '' ? agent : '',
    status,
    chosen: isChosen,
  };
}

function siteOf(row: SiteRow): Place & { readonly kind: 'site' } {
  return { kind: 'site', customer: row.customer, site: siteKeyOf(row.id) };
}

function hrefTo(place: Place): string {
  return pageHash('customers', aboutOf(place));
}
