// Maintenance windows: what is planned is no outage while it lasts. Part of `suppress` (nothing in scope opens inside)
// and of the opening (what outlives a window began at its end). Never touches an incident that is already open.
import { type Instant, later, minute, plus } from '../../../shared/time.ts';
import type { Witness } from '../incident.ts';
import { type Occurrence, type Planned, plansOf, type Scope } from '../planned.ts';
import type { Site } from '../topology.ts';
import { type Finding, siteCauseKey } from './finding.ts';
import type { SiteView } from './witness.ts';

/**
 * What failed this shortly before a window began and was not raised in time belongs to it: nobody can tell a blip
 * from the first switch that the technician turned.
 */
export const windowLeadMs = minute;

/** A stretch of time in which nothing about one thing is raised. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
  readonly reason: string;
}

/** Which stretches of a plan count for one thing; `scope` says what the plan is about. */
export interface Plan {
  readonly scope: Scope;
  readonly spans: readonly Span[];
}

/** The window over this finding at `now`, with the end of its quiet; undefined = nothing is planned. */
export function windowOver(
  view: SiteView,
  planned: Planned,
  finding: Finding,
  now: Instant,
): Span | undefined {
  const plans = windowPlans(view.site, planned, { leftAt: leftAt(finding), now });
  return spanOver(spansOver(view, plans, finding), now);
}

/**
 * What outlived a window is raised as of the window's end; when it really began stays with it as a witness. Adjacent
 * windows count as one.
 */
export function afterWindows(view: SiteView, planned: Planned, finding: Finding, now: Instant): Finding {
  const plans = windowPlans(view.site, planned, { leftAt: leftAt(finding), now });
  const span = spanOver(spansOver(view, plans, finding), finding.since, windowLeadMs);
  if (span === undefined || span.to > now) return finding;
  const began: Witness = {
    source: 'person',
    who: 'vigia',
    says: 'began-in-window',
    since: finding.since,
    facts: { reason: span.reason },
  };
  const verdict = { ...finding.verdict, witnesses: [...finding.verdict.witnesses, began] };
  return {
    ...finding,
    since: span.to,
    startedAt: undefined,
    began: { since: finding.since, reason: span.reason },
    verdict,
  };
}

/** Was this link or host (or its whole site) in a window then? */
export function isPlannedAt(
  site: Site,
  planned: Planned,
  thing: { readonly link?: string; readonly host?: string },
  at: Instant,
): boolean {
  const plans = windowPlans(site, planned, { leftAt: undefined, now: at });
  return (
    spanOver(
      plans.filter((plan) => covers(plan.scope, site, thing)).flatMap((plan) => plan.spans),
      at,
    ) !== undefined
  );
}

/** The part of a stretch that no window covers; undefined when it lay wholly inside. */
export function unplannedPart(
  site: Site,
  planned: Planned,
  thing: { readonly link?: string; readonly host?: string },
  stretch: { readonly from: Instant; readonly to: Instant },
): { readonly from: Instant; readonly to: Instant } | undefined {
  const plans = windowPlans(site, planned, { leftAt: undefined, now: stretch.to });
  const spans = plans.filter((plan) => covers(plan.scope, site, thing)).flatMap((plan) => plan.spans);
  const from = spanOver(spans, stretch.from)?.to ?? stretch.from;
  return from >= stretch.to ? undefined : { from, to: stretch.to };
}

/** Occurrences of windows over a host that want it back by an instant. */
export function returnsWanted(site: Site, planned: Planned, host: string): readonly Occurrence[] {
  return plansOf(planned, site.customer)
    .windows.filter((window) => covers(window.scope, site, { host }))
    .flatMap((window) => window.occurrences.filter((each) => each.returnBy !== undefined));
}

/** Since when a machine is away, where that is what the finding is about. Links have no return. */
function leftAt(finding: Finding): Instant | undefined {
  return finding.kind === 'link-down' || finding.kind === 'link-degraded'
    ? undefined
    : (finding.awaySince ?? finding.began?.since ?? finding.since);
}

interface When {
  readonly leftAt: Instant | undefined;
  readonly now: Instant;
}

/** Only what has begun: the future makes nothing quiet. */
function windowPlans(site: Site, planned: Planned, { leftAt: left, now }: When): Plan[] {
  return plansOf(planned, site.customer).windows.map(({ scope, reason, occurrences }) => ({
    scope,
    spans: occurrences
      .filter((each) => each.startsAt <= now)
      .map((each) => ({ from: each.startsAt, to: quietUntil(each, left), reason })),
  }));
}

/** A machine that left before it had to be back is awaited at that instant, inside the window or not. */
function quietUntil(occurrence: Occurrence, left: Instant | undefined): Instant {
  const { returnBy, endsAt } = occurrence;
  return left !== undefined && returnBy !== undefined && left < returnBy ? returnBy : endsAt;
}

/**
 * The spans that explain a finding. A silent site is explained by a plan over the whole site, over each of its links,
 * or over each of its machines that should be heard (then the links must not be dead as well).
 */
export function spansOver(view: SiteView, plans: readonly Plan[], finding: Finding): readonly Span[] {
  const { site } = view;
  const over = (thing: { readonly link?: string; readonly host?: string }): readonly Span[] =>
    plans.filter((plan) => covers(plan.scope, site, thing)).flatMap((plan) => plan.spans);
  if (finding.causeKey !== siteCauseKey) return over(finding);
  const links = allOf(site.links.map((link) => over({ link: link.key })));
  const linksDead = finding.verdict.witnesses.some(
    ({ says }) => says === 'address-silent' || says === 'link-down',
  );
  const agents = [...view.expected, ...view.away];
  const machines = linksDead ? [] : allOf(agents.map((agent) => over({ host: agent.host })));
  return [...over({}), ...links, ...machines];
}

/** The stretches common to all; none when there is nothing to have in common. */
function allOf(each: readonly (readonly Span[])[]): readonly Span[] {
  const [first, ...others] = each;
  if (first === undefined) return [];
  return others.reduce(
    (common, next) =>
      common.flatMap((one) =>
        next.flatMap((two) => {
          const from = later(one.from, two.from);
          const to = one.to <= two.to ? one.to : two.to;
          return from < to ? [{ from, to, reason: one.reason }] : [];
        }),
      ),
    first,
  );
}

/** A host that stands on another one (a guest on its hypervisor) shares its plan. */
export function covers(
  scope: Scope,
  site: Site,
  thing: { readonly link?: string; readonly host?: string },
): boolean {
  if (scope.customer !== site.customer) return false;
  if (scope.site !== undefined && scope.site !== site.key) return false;
  if (scope.link !== undefined) return thing.link === scope.link;
  return scope.host === undefined || (thing.host !== undefined && standsOn(site, thing.host, scope.host));
}

function standsOn(site: Site, host: string, wanted: string): boolean {
  let current: string | undefined = host;
  // The inventory refuses circles; the bound is for the day it does not.
  for (let steps = 0; steps <= site.hosts.length && current !== undefined; steps += 1) {
    if (current === wanted) return true;
    const key: string = current;
    current = site.hosts.find((each) => each.key === key)?.parent;
  }
  return false;
}

/** From the span that holds `at` on through all that follow without a gap; undefined = `at` is in none. */
export function spanOver(spans: readonly Span[], at: Instant, leadMs = 0): Span | undefined {
  let found: Span | undefined;
  for (let steps = 0; steps <= spans.length; steps += 1) {
    const reached = found?.to ?? at;
    const next = spans.find((span) => span.from <= plus(reached, leadMs) && span.to > reached);
    if (next === undefined) return found;
    found = { from: found?.from ?? next.from, to: next.to, reason: found?.reason ?? next.reason };
  }
  return found;
}
