// The agents as the page lists them: what was fetched joined with what the wall knows live, what deserves a person's eye,
// filter and order. Pure functions. Presence is the wall's word; the rest is as old as the answer it came with.
import type { AgentFindings, AgentItem } from '../../../../shared/api/agents.ts';
import type { SiteRow } from '../../../../shared/api/wall.ts';
import { assertNever } from '../../../../shared/assert.ts';
import { day, hour, second } from '../../../../shared/time.ts';
import { folded } from '../../select.ts';

/** A clock this far off is marked: the instants it tells are corrected, but its own logs no longer match. */
export const clockOffMs = 2 * second;
/** A clone that was heard of within this time is still somebody's work. */
export const cloneFreshMs = day;
/** Changes waiting at an agent that is connected: it should have told them. */
export const spoolHighDepth = 100;

/** An examination older than this missed at least one of its turns (every six hours and a bit). */
export const examinationFreshMs = 13 * hour;

export const marks = ['lost', 'clone', 'clock', 'old-version', 'spool', 'ping', 'findings'] as const;
export type Mark = (typeof marks)[number];

export interface ListedAgent extends AgentItem {
  /** `customer/site`. */
  readonly siteId: string;
  readonly customerName: string;
  readonly siteName: string;
  /** Of its machine: the inventory's, else the machine's own. */
  readonly name: string;
  /** Since when the presence holds; null: not known. */
  readonly presenceSince: string | null;
  readonly marks: readonly Mark[];
}

/** `at` is the answer's instant, ms: by it the age of a clone is judged. */
export function listAgents(
  items: readonly AgentItem[],
  sites: ReadonlyMap<string, SiteRow>,
  at: number,
): readonly ListedAgent[] {
  const newest = newestVersion(items.map(({ version }) => version));
  return items.map((item) => {
    const siteId = `${item.customer}/${item.site}`;
    const site = sites.get(siteId);
    const host = site?.hosts.find(({ agent }) => agent?.id === item.id);
    const live = host?.agent ?? null;
    const presence = live?.presence ?? item.presence;
    const agent = { ...item, presence };
    return {
      ...agent,
      siteId,
      customerName: site?.customerName ?? item.customer,
      siteName: site?.name ?? item.site,
      // A machine that stands in no inventory has its key for a name.
      name: host === undefined || host.name === item.host ? item.hostName : host.name,
      presenceSince: live?.since ?? null,
      marks: marks.filter((mark) => hasMark(mark, agent, { newest, at })),
    };
  });
}

interface Measure {
  readonly newest: string | undefined;
  readonly at: number;
}

function hasMark(mark: Mark, agent: AgentItem, { newest, at }: Measure): boolean {
  switch (mark) {
    case 'lost':
      return agent.presence === 'silent' || agent.presence === 'suspected';
    case 'clone':
      return agent.cloneSeenAt !== null && at - Date.parse(agent.cloneSeenAt) < cloneFreshMs;
    case 'clock':
      return agent.clockOffsetMs !== null && Math.abs(agent.clockOffsetMs) > clockOffMs;
    case 'old-version':
      return agent.version !== null && newest !== undefined && compareVersions(agent.version, newest) < 0;
    case 'spool':
      return agent.connected && agent.spoolDepth !== null && agent.spoolDepth >= spoolHighDepth;
    case 'ping':
      return agent.ping !== null && agent.ping.method !== 'icmp';
    case 'findings':
      return countFindings(agent.findings).all > 0;
    default:
      return assertNever(mark);
  }
}

export interface FindingCounts {
  readonly errors: number;
  readonly warnings: number;
  readonly all: number;
}

/** What was not told one by one are warnings at least: errors come first. */
export function countFindings(findings: AgentFindings | null): FindingCounts {
  if (findings === null) return { errors: 0, warnings: 0, all: 0 };
  const { items, more } = findings;
  const errors = items.filter(({ level }) => level === 'error').length;
  return { errors, warnings: items.length - errors + more, all: items.length + more };
}

/** Undefined where none is known. */
export function newestVersion(versions: readonly (string | null)[]): string | undefined {
  return versions
    .filter((version) => version !== null)
    .reduce<string | undefined>(
      (newest, each) => (newest === undefined || compareVersions(each, newest) > 0 ? each : newest),
      undefined,
    );
}

/** By their numbers; a release is newer than what came before it (`1.2.0-rc.1`). Negative: `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [versionOf(a), versionOf(b)];
  for (let place = 0; place < Math.max(left.numbers.length, right.numbers.length); place += 1) {
    const difference = (left.numbers[place] ?? 0) - (right.numbers[place] ?? 0);
    if (difference !== 0) return difference;
  }
  if ((left.before === '') !== (right.before === '')) return left.before === '' ? 1 : -1;
  return collator.compare(left.before, right.before);
}

function versionOf(text: string): { readonly numbers: readonly number[]; readonly before: string } {
  const dash = text.indexOf('-');
  const whole = dash < 0 ? text : text.slice(0, dash);
  return {
    numbers: whole.split('.').map((part) => Number.parseInt(part, 10) || 0),
    before: dash < 0 ? '' : text.slice(dash + 1),
  };
}

export const shows = ['all', 'marked', ...marks] as const;
export type Show = (typeof shows)[number];

export const orders = [
  'presence',
  'host',
  'site',
  'version',
  'lastHeard',
  'clock',
  'spool',
  'findings',
] as const;
export type Order = (typeof orders)[number];

export interface AgentQuery {
  readonly text: string;
  readonly show: Show;
  readonly order: Order;
  readonly descending: boolean;
}

/** Every word must occur in host, machine, customer, site, version, egress, system or id. Unknown values stand last. */
export function selectAgents(agents: readonly ListedAgent[], query: AgentQuery): readonly ListedAgent[] {
  const words = folded(query.text).split(/\s+/).filter(Boolean);
  const wanted = agents.filter((agent) => isShown(agent, query.show) && matches(agent, words));
  const sign = query.descending ? -1 : 1;
  return wanted.sort(
    (a, b) => compareBy(query.order, { a, b, sign }) || collator.compare(placeOf(a), placeOf(b)),
  );
}

function isShown(agent: ListedAgent, show: Show): boolean {
  if (show === 'all') return true;
  return show === 'marked' ? agent.marks.length > 0 : agent.marks.includes(show);
}

function matches(agent: ListedAgent, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const { customerName, siteName, name, host, hostName, version, egress, system, id } = agent;
  const text = folded(
    [customerName, siteName, name, host, hostName, version, egress, system?.name, id].join(' '),
  );
  return words.every((word) => text.includes(word));
}

/** Worst first: what a person should look at. */
const presenceOrder = ['silent', 'suspected', 'away', 'new', 'live', 'revoked'] as const;

interface Pair {
  readonly a: ListedAgent;
  readonly b: ListedAgent;
  readonly sign: number;
}

function compareBy(order: Order, { a, b, sign }: Pair): number {
  switch (order) {
    case 'presence':
      return (
        sign * (presenceOrder.indexOf(a.presence) - presenceOrder.indexOf(b.presence)) ||
        b.marks.length - a.marks.length
      );
    case 'host':
      return sign * collator.compare(a.name, b.name);
    case 'site':
      return sign * collator.compare(placeOf(a), placeOf(b));
    case 'version':
      return known(a.version, b.version, (left, right) => sign * compareVersions(left, right));
    case 'lastHeard':
      return known(
        a.lastHeardAt,
        b.lastHeardAt,
        (left, right) => sign * (Date.parse(left) - Date.parse(right)),
      );
    case 'clock':
      return known(
        a.clockOffsetMs,
        b.clockOffsetMs,
        (left, right) => sign * (Math.abs(left) - Math.abs(right)),
      );
    case 'spool':
      return known(a.spoolDepth, b.spoolDepth, (left, right) => sign * (left - right));
    case 'findings':
      return known(a.findings, b.findings, (left, right) => sign * compareFindings(left, right));
    default:
      return assertNever(order);
  }
}

function known<T>(a: T | null, b: T | null, compare: (a: T, b: T) => number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compare(a, b);
}

/** Worst first. */
function compareFindings(a: AgentFindings, b: AgentFindings): number {
  const [left, right] = [countFindings(a), countFindings(b)];
  return right.errors - left.errors || right.warnings - left.warnings;
}

function placeOf({ customerName, siteName, name }: ListedAgent): string {
  return `${customerName} ${siteName} ${name}`;
}

const collator = new Intl.Collator('pt-BR', { numeric: true });
