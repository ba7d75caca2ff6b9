// The accounts of links, hosts and sites against an oracle that walks minute by minute and knows the rules as a table.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../../../server/core/incident.ts';
import type { PlannedWindow } from '../../../../../server/core/planned.ts';
import { availabilityOf } from '../../../../../server/core/report/account.ts';
import type { Thing } from '../../../../../server/core/report/reach.ts';
import { stretchesOf } from '../../../../../server/core/report/stretches.ts';
import { thingAccount } from '../../../../../server/core/report/thing-account.ts';
import { customerKey } from '../../../../../shared/ids.ts';
import { minute } from '../../../../../shared/time.ts';
import type { Cause } from '../../../../../shared/words.ts';
import { at, aurora, incidentOf } from './incidents.ts';

const horizon = 240;
const periodFrom = 60;
const periodTo = 180;

interface Drawn {
  readonly kind: 'link-down' | 'link-degraded' | 'site-offline' | 'host-down' | 'agent-lost' | 'own-outage';
  readonly cause: Cause;
  readonly from: number;
  readonly length: number | undefined;
  readonly about: 'first' | 'second';
  readonly symptoms: readonly string[];
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.constantFrom(
    'link-down',
    'link-degraded',
    'site-offline',
    'host-down',
    'agent-lost',
    'own-outage',
  ),
  cause: fc.constantFrom<Cause>(
    'links',
    'power',
    'provider',
    'gateway',
    'crash',
    'planned',
    'unknown',
    'lan',
  ),
  from: fc.integer({ min: 0, max: horizon - 1 }),
  length: fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined }),
  about: fc.constantFrom('first', 'second'),
  symptoms: fc.subarray(['link:first', 'host:first', 'agent:first']),
});

const span = fc
  .tuple(fc.integer({ min: 0, max: horizon }), fc.integer({ min: 0, max: 60 }))
  .map(([from, length]) => ({ from, to: from + length }));

function asIncident(each: Drawn, index: number): Incident {
  const about = each.kind.startsWith('link')
    ? { link: each.about }
    : each.kind === 'host-down' || each.kind === 'agent-lost'
      ? { host: each.about }
      : {};
  return incidentOf({
    id: `inc-${index}-0`,
    kind: each.kind,
    from: each.from,
    ...(each.length === undefined ? {} : { to: each.from + each.length }),
    more: { cause: each.cause, symptoms: each.symptoms, ...about },
  });
}

type Fate = 'down' | 'away' | 'unseen' | 'degraded';

/** The rules once more, as a table of cases. */
function fateOf({ kind, cause, about, symptoms }: Drawn, thing: Thing): Fate | undefined {
  const planned = cause === 'planned';
  switch (`${thing.kind} ${kind}`) {
    case 'link link-down':
      return about !== thing.key ? undefined : planned ? 'away' : 'down';
    case 'link link-degraded':
      return about !== thing.key || planned ? undefined : 'degraded';
    case 'link site-offline':
      if (cause === 'links' || cause === 'provider') return 'down';
      return !planned && symptoms.includes('link:first') ? 'down' : 'unseen';
    case 'host host-down':
      if (about !== thing.key && !symptoms.includes('host:first')) return undefined;
      return planned ? 'away' : 'down';
    case 'host agent-lost':
      return about === thing.key ? 'unseen' : undefined;
    case 'host site-offline':
      if (planned) return 'away';
      return cause === 'power' || cause === 'crash' ? 'down' : 'unseen';
    case 'site site-offline':
      return planned ? 'away' : 'down';
    default:
      return kind === 'own-outage' ? 'unseen' : undefined;
  }
}

interface World {
  readonly incidents: readonly Drawn[];
  readonly windows: readonly { readonly from: number; readonly to: number }[];
  readonly watched: readonly { readonly from: number; readonly to: number }[] | undefined;
}

/** Each minute by itself. */
function oracle({ incidents, windows, watched }: World, thing: Thing, now: number) {
  const sums = { upMs: 0, downMs: 0, plannedMs: 0, plannedDownMs: 0, noDataMs: 0, degradedMs: 0 };
  const inside = (m: number) => (each: { readonly from: number; readonly to: number }) =>
    each.from <= m && m < each.to;
  for (let m = periodFrom; m < Math.min(periodTo, now); m += 1) {
    const fates = incidents
      .filter((each) =>
        inside(m)({ from: each.from, to: each.length === undefined ? now : each.from + each.length }),
      )
      .map((each) => fateOf(each, thing));
    const stopped = fates.includes('down') || fates.includes('away');
    const blind = fates.includes('unseen') || (watched !== undefined && !watched.some(inside(m)));
    if (windows.some(inside(m))) {
      sums.plannedMs += minute;
      if (stopped) sums.plannedDownMs += minute;
    } else if (fates.includes('down')) sums.downMs += minute;
    else if (fates.includes('away')) {
      sums.plannedMs += minute;
      sums.plannedDownMs += minute;
    } else if (blind) sums.noDataMs += minute;
    else {
      sums.upMs += minute;
      if (fates.includes('degraded')) sums.degradedMs += minute;
    }
  }
  return sums;
}

function accountIn({ incidents, windows, watched }: World, thing: Thing, now: number) {
  const records = incidents.map(asIncident);
  const planned: PlannedWindow[] = windows
    .filter(({ from, to }) => to > from)
    .map(({ from, to }, index) => ({
      id: `w${index}`,
      scope: { customer: customerKey('aurora') },
      reason: 'troca do roteador',
      occurrences: [{ startsAt: at(from), endsAt: at(to) }],
    }));
  return thingAccount({
    thing,
    period: { from: at(periodFrom), to: at(Math.min(periodTo, now)) },
    evidence: {
      incidents: records,
      stretches: new Map(records.map((each) => [each.id, stretchesOf(each, at(now))])),
      windows: planned,
      watched: () => watched?.map(({ from, to }) => ({ from: at(from), to: at(to) })),
    },
  });
}

const things = fc.constantFrom<Thing>(
  { kind: 'link', site: aurora, key: 'first' },
  { kind: 'host', site: aurora, key: 'first' },
  { kind: 'site', site: aurora, key: '' },
);

describe('report: the account of a thing', () => {
  it('is what a walk minute by minute finds', () => {
    fc.assert(
      fc.property(
        fc.record({
          incidents: fc.array(drawn, { maxLength: 7 }),
          windows: fc.array(span, { maxLength: 3 }),
          watched: fc.option(fc.array(span, { maxLength: 5 }), { nil: undefined }),
        }),
        things,
        // Never before an incident began: a record cannot be of the future.
        fc.integer({ min: periodFrom + 1, max: horizon + 60 }),
        (world, thing, now) => {
          const known = {
            ...world,
            incidents: world.incidents.filter((each) => each.from + (each.length ?? 0) <= now),
          };
          const { upMs, downMs, plannedMs, plannedDownMs, noDataMs, degradedMs, totalMs } = accountIn(
            known,
            thing,
            now,
          );
          expect({ upMs, downMs, plannedMs, plannedDownMs, noDataMs, degradedMs }).toEqual(
            oracle(known, thing, now),
          );
          expect(upMs + downMs + plannedMs + noDataMs).toBe(totalMs);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  const link: Thing = { kind: 'link', site: aurora, key: 'first' };
  const base = { windows: [], watched: undefined };
  const down = (from: number, length: number | undefined, more: Partial<Drawn> = {}): Drawn => ({
    kind: 'link-down',
    cause: 'provider',
    from,
    length,
    about: 'first',
    symptoms: [],
    ...more,
  });

  it('a link that nobody watched has no availability, not a good one', () => {
    const account = accountIn({ ...base, incidents: [], watched: [] }, link, 300);
    expect(account.noDataMs).toBe(account.totalMs);
    expect(availabilityOf(account)).toBeUndefined();
  });

  it('an outage of a whole site counts once beside that of its link', () => {
    const incidents = [down(70, 20), down(80, 20, { kind: 'site-offline', cause: 'links' })];
    const account = accountIn({ ...base, incidents }, link, 300);
    expect(account.downMs).toBe(30 * minute);
    expect(account.outages).toBe(2);
  });

  it('an outage over the turn of the month counts only its own part, a running one up to now', () => {
    expect(accountIn({ ...base, incidents: [down(50, 20)] }, link, 300)).toMatchObject({
      downMs: 10 * minute,
      longestMs: 10 * minute,
      outages: 1,
    });
    expect(accountIn({ ...base, incidents: [down(100, undefined)] }, link, 110).downMs).toBe(10 * minute);
  });

  it('an outage wholly inside a window is told but is none', () => {
    const account = accountIn(
      { ...base, incidents: [down(100, 10)], windows: [{ from: 90, to: 120 }] },
      link,
      300,
    );
    expect(account).toMatchObject({
      downMs: 0,
      outages: 0,
      plannedMs: 30 * minute,
      plannedDownMs: 10 * minute,
    });
  });

  it('repair and failure times share out what was down and what was up', () => {
    const account = accountIn({ ...base, incidents: [down(70, 10), down(100, 20)] }, link, 300);
    expect(account).toMatchObject({ mttrMs: 15 * minute, mtbfMs: 45 * minute, longestMs: 20 * minute });
  });
});
