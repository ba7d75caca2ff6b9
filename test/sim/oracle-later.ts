// What must follow from planned work and silences, by the product's rules alone: nothing while they last; what outlives
// them is told within half a minute of their end. Derived from the work and the plan; never sees the correlator's state.
import { minute, second } from '../../shared/time.ts';
import type { SiteFault } from './faults.ts';
import type { PlannedWork } from './later-kinds.ts';
import type { Expectation } from './oracle.ts';
import { type Name, requirement, type Span } from './oracle-words.ts';

/** What outlives a plan is told so soon after its end. */
const toldMs = 30 * second;
/** Who is back so shortly before the end may not have been heard again by then: agents return through their backoff. */
const backMs = 2 * minute;
/** Who said goodbye is missed at the earliest and at the latest so long after it, as its own returns have taught. */
const returnMsMin = 5 * minute;
const returnMsMax = 60 * minute;
/** How far from a plan's end the clock may start that begins there. */
const startErrorMs = second;
/** How far from the truth an outage may be dated of which nobody but its silence tells. */
const silenceErrorMs: Span = { from: -12 * second, to: 32 * second };

type Planned = Extract<SiteFault, { readonly kind: 'work.planned' }>;

/** `own`: what would follow from the work if nobody had planned it. */
export function plannedExpectation(own: Expectation, fault: Planned, blind: readonly Span[]): Expectation {
  const { work } = fault;
  if (own.ticket === 'none') return own;
  if (fault.beside) return work.kind === 'host.away' ? unplannedAway(own, work.at, blind) : own;
  const { plan } = fault;
  const dueAt = dueOf(fault);
  const promised = plan.kind === 'window' && plan.returnBy !== undefined && work.at < plan.returnBy;
  const learns = work.kind === 'host.away' && !promised;
  // Who said goodbye is not missed before its own time, planned or not.
  const first = learns ? Math.max(dueAt, work.at + returnMsMin) : dueAt;
  const last = learns ? Math.max(dueAt, work.at + returnMsMax) : dueAt;
  const seen = wanted(own, { first, last }, blind);
  // The router comes back before the machines: whose site is not dark for long after its time may be told as these.
  const starting =
    work.kind === 'site.power' && work.until + work.routerMs < last + minute && seen.ticket !== 'none';
  const { ticket, latestAt } = starting ? { ticket: 'may' as const, latestAt: 0 } : seen;
  const machines = work.kind === 'site.power' ? Object.keys(work.bootMs) : [];
  const names = starting
    ? [...own.names, ...machines.map((host): Name => ({ kind: 'host-down', host }))]
    : own.names;
  const causes = plan.kind === 'window' ? [...own.causes, 'planned'] : own.causes;
  const truthAt = ticket === 'none' ? own.truthAt : dueAt;
  const startMs = starts(fault, { own, learns, dueAt, last }, blind);
  return { ...own, ticket, latestAt, names, causes, truthAt, startMs };
}

/** Nobody planned it: it is missed as any other that said goodbye, and this one may be back long before. */
function unplannedAway(own: Expectation, at: number, blind: readonly Span[]): Expectation {
  const missed = { first: at + returnMsMin, last: at + returnMsMax };
  return { ...own, ...wanted(own, missed, blind), latestAt: missed.last + minute };
}

/** From then on it is an outage: a promised return comes before the window's end. */
function dueOf({ plan, work }: Pick<PlannedWork, 'plan' | 'work'>): number {
  if (plan.kind === 'silence' || work.kind === 'link.cut') return plan.endsAt;
  return plan.returnBy !== undefined && work.at < plan.returnBy ? plan.returnBy : plan.endsAt;
}

function wanted(
  own: Expectation,
  { first, last }: { readonly first: number; readonly last: number },
  blind: readonly Span[],
): Pick<Expectation, 'ticket' | 'latestAt'> {
  const { restoredAt } = own;
  if (restoredAt < first - backMs) return { ticket: 'none', latestAt: 0 };
  if (own.ticket === 'may') return { ticket: 'may', latestAt: 0 };
  const seen = requirement({ from: Math.max(last, own.truthAt), to: restoredAt }, blind);
  if (seen.ticket !== 'must') return { ticket: 'may', latestAt: 0 };
  const touched = blind.some((span) => span.from < last + toldMs && own.truthAt - backMs < span.to);
  const soonAt = Math.max(last + toldMs, own.truthAt + minute);
  return { ticket: 'must', latestAt: touched ? Math.max(seen.latestAt, soonAt) : soonAt };
}

interface Dating {
  readonly own: Expectation;
  readonly learns: boolean;
  readonly dueAt: number;
  readonly last: number;
}

/** A window moves the clock's start to its end, a silence does not: nobody planned that outage. From `dueAt`, in ms. */
function starts(
  { plan, work }: Pick<PlannedWork, 'plan' | 'work'>,
  { own, learns, dueAt, last }: Dating,
  blind: readonly Span[],
): readonly [number, number] {
  const around = blind.filter((span) => span.from - backMs < last && own.truthAt - backMs < span.to);
  const blindFrom = Math.min(Number.POSITIVE_INFINITY, ...around.map((span) => span.from));
  const blindTo = Math.max(Number.NEGATIVE_INFINITY, ...around.map((span) => span.to));
  const silent = plan.kind === 'silence';
  const from = silent ? own.truthAt + silenceErrorMs.from : dueAt - startErrorMs;
  const away = learns ? last + minute : 0;
  const to = silent ? own.truthAt + silenceErrorMs.to : dueAt + startErrorMs;
  const low = Math.min(from, blindFrom + silenceErrorMs.from);
  const missed = learns && silent ? work.at + returnMsMax + minute : away;
  const high = Math.max(to, missed, blindTo + silenceErrorMs.to);
  return [low - dueAt, high - dueAt];
}
