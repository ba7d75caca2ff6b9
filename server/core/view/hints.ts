// Which hints of the knowledge base are meant for an incident, the most exact one first. The ticket and the incident's
// page show what this gives; the files are read by the server's start. Pure selection, no text of its own.
import { type Degradation, degradations, type HostRole } from '../../../shared/words.ts';
import type { Incident } from '../incident.ts';
import type { Hint, HintScope } from '../ticket-settings.ts';
import type { Site, Topology } from '../topology.ts';

/** Level 1 has 30 minutes: what lies further down the list nobody reads. */
export const hintsShownMax = 3;

type Subject = Pick<
  Incident,
  | 'kind'
  | 'cause'
  | 'layer'
  | 'site'
  | 'link'
  | 'host'
  | 'provider'
  | 'timeline'
  | 'flapping'
  | 'verdict'
  | 'overdue'
  | 'returnBy'
>;

/** At most `hintsShownMax`; sorted by how exactly they are meant, then priority, then the operator's own, then id. */
export function hintsFor(incident: Subject, hints: readonly Hint[], topology: Topology): readonly Hint[] {
  const facts = factsOf(incident, topology);
  return hints
    .filter(({ appliesTo }) => applies(appliesTo, facts))
    .sort(
      (a, b) =>
        exactness(b.appliesTo) - exactness(a.appliesTo) ||
        b.priority - a.priority ||
        Number(b.own) - Number(a.own) ||
        (a.id < b.id ? -1 : 1),
    )
    .slice(0, hintsShownMax);
}

interface HintFacts {
  readonly subject: Subject;
  /** Of its link; of a silent site all of them, because any of them may have to be called. */
  readonly providers: readonly string[];
  readonly role?: string;
  readonly degradations: readonly Degradation[];
  readonly partOfOutage: boolean;
}

function factsOf(subject: Subject, topology: Topology): HintFacts {
  const site = subject.site === undefined ? undefined : topology.sites.get(subject.site);
  const link = site?.links.find((each) => each.key === subject.link);
  const ofSite = subject.kind === 'site-offline' ? (site?.links ?? []).map((each) => each.provider) : [];
  const named = subject.provider ?? link?.provider;
  return {
    subject,
    providers: named === undefined ? ofSite : [named],
    role: link?.role ?? roleOfHost(subject, site),
    degradations: degradationsOf(subject),
    partOfOutage: isPartOfOutage(subject),
  };
}

/** A machine that has left the inventory is taken for a server: the graver of the two. */
function roleOfHost({ host }: Subject, site: Site | undefined): HostRole | undefined {
  if (host === undefined) return undefined;
  return site?.hosts.find((each) => each.key === host)?.role ?? 'server';
}

/** Until the outage is over and this one is not. */
function isPartOfOutage({ timeline }: Subject): boolean {
  const last = timeline.findLast(({ kind }) => kind === 'joined-outage' || kind === 'outage-over');
  return last?.kind === 'joined-outage';
}

/** What a witness of a degraded link names as too bad. */
function degradationsOf({ kind, verdict }: Subject): readonly Degradation[] {
  if (kind !== 'link-degraded') return [];
  const told = verdict.witnesses.filter(({ says }) => says === 'link-degraded');
  const named = told.flatMap(({ facts }) => String(facts?.by ?? '').split(' '));
  return degradations.filter((each) => named.includes(each));
}

function applies(
  scope: HintScope,
  { subject, providers, role, degradations: measured, partOfOutage }: HintFacts,
): boolean {
  const has = <T>(wanted: readonly T[] | undefined, given: readonly (T | undefined)[]): boolean =>
    wanted === undefined || given.some((each) => each !== undefined && wanted.includes(each));
  return (
    has(scope.kinds, [subject.kind]) &&
    has(scope.causes, [subject.cause]) &&
    has(scope.layers, [subject.layer]) &&
    has(scope.providers, providers) &&
    has<string>(scope.roles, [role]) &&
    has(scope.degradations, measured) &&
    (scope.flapping === undefined || scope.flapping === subject.flapping) &&
    (scope.overdue === undefined || scope.overdue === overdueOf(subject)) &&
    (scope.partOfOutage ?? false) === partOfOutage
  );
}

/** undefined: it did not stop as planned, or is back. */
function overdueOf({ overdue, returnBy }: Subject): boolean | undefined {
  return overdue ?? (returnBy === undefined ? undefined : false);
}

/** How many things it names; a known cause or a known larger outage says more than the rest. */
function exactness(scope: HintScope): number {
  const named = Object.values(scope).filter((each) => each !== undefined).length;
  return named + (scope.causes === undefined ? 0 : 1) + (scope.partOfOutage === undefined ? 0 : 2);
}
