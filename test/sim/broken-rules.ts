// The correlator's rules, each broken on purpose, one at a time. Every row must be caught by the transcript it names;
// what only shows over days and many faults stands in mutants.ts and is caught by the simulator. broken-rules.test.ts
// checks each row and prints the table. They wrap the real core and are used nowhere else.
import type { Change } from '../../server/core/change.ts';
import type { Decision } from '../../server/core/decide.ts';
import type { Incident } from '../../server/core/incident.ts';
import type { Input, InputKind, NumberedInput } from '../../server/core/input.ts';
import type { Policy } from '../../server/core/policy.ts';
import type { State } from '../../server/core/state.ts';
import type { Topology } from '../../server/core/topology.ts';
import { hour } from '../../shared/time.ts';
import { type Cores, realCores } from './cores.ts';

export interface BrokenRule {
  /** What the core does wrong. */
  readonly breaks: string;
  readonly cores: Cores;
  /** In test/scenario: its conclusions come out otherwise. */
  readonly transcript: string;
}

const never = 1_000_000 * hour;

export const brokenRules: readonly BrokenRule[] = [
  // Waiting
  rule('a blip counts as an outage', 'blip-of-the-link', policy({ blipMs: 0, blipMarginMs: 0 })),
  rule('children do not wait for their parent', 'children-wait-for-the-site', policy({ parentHoldMs: 0 })),
  rule('a first doubt is taken for silence', 'lone-server-lost', input({ 'agent.suspected': asSilent })),
  rule('silence is never believed', 'lone-server-lost', ignoring('agent.silent')),
  rule(
    'machines of a returned site have no time to start',
    'site-without-power',
    policy({ returnGraceMs: 0 }),
  ),
  rule(
    'the reporter of an outage is not asked again',
    'guest-first-then-the-hypervisor',
    policy({ reporterCheckMs: 0 }),
  ),
  rule(
    'a router that fails over to an unseen link gets no time',
    'router-moves-to-a-link-nobody-sees',
    policy({ failoverHoldMs: 0 }),
  ),
  rule(
    'an agent whose link is known to be down gets no time to move',
    'agent-still-moving-to-the-other-link',
    policy({ failoverSeenHoldMs: 0 }),
  ),
  rule(
    'who dials later than another of its site is dead',
    'one-agent-dials-later-than-the-other',
    policy({ comebackHoldMs: 0 }),
  ),
  rule(
    'agents get no time to return after a restart',
    'agents-return-to-a-restarted-vigia',
    policy({ startGraceMs: 0 }),
  ),
  // Sight
  rule('a stale proof of sight is good enough', 'proof-of-sight-is-stale', policy({ anchorsFreshMs: never })),
  rule('the own outage does not freeze what rests on silence', 'own-uplink-lost', { decide: neverBlind }),
  rule(
    'agents get no time to return after a blindness',
    'site-lost-while-blind',
    policy({ sightGraceMs: 0 }),
  ),
  rule(
    'mass silence is taken for many outages',
    'mass-silence-of-all-providers',
    policy({ massSitesMin: 1_000_000 }),
  ),
  rule(
    'a few silent sites count as mass silence',
    'mass-silence-of-one-provider',
    policy({ massSitesMin: 1, massShareMin: 0 }),
  ),
  // Witnesses
  rule(
    'neighbours are not asked',
    'server-lost-seen-by-neighbour',
    items((item) => item.kind !== 'host.changed'),
  ),
  rule(
    'what agents say of their links is not heard',
    'primary-link-lost',
    items((item) => item.kind !== 'link.changed'),
  ),
  rule('public addresses are not asked', 'site-without-power', ignoring('address.measured')),
  rule(
    'a socket closed by a living kernel says nothing',
    'lone-agent-ended-by-its-machine',
    input({ 'session.closed': byTimeout }),
  ),
  rule(
    'a host behind a host is related to nothing',
    'hypervisor-lost',
    input({ 'inventory.imported': withoutParents }),
  ),
  rule(
    'by which link an agent comes out says nothing',
    'link-left-by-the-router',
    input({ 'session.opened': withoutEgress }),
  ),
  rule(
    'a goodbye that was lost is never told',
    'goodbye-lost-in-a-hanging-session',
    items((item) => item.kind !== 'run.started'),
  ),
  rule('a silence is dated by its first missed beat', 'lone-server-lost', { decide: datedByTheMissedBeat }),
  // Planned
  rule('a goodbye is not heard', 'goodbye-and-back', ignoring('goodbye.said')),
  rule('who said goodbye need never return', 'goodbye-and-not-back', policy({ goodbyeReturnMs: never })),
  rule(
    'maintenance windows are not looked at',
    'window-hides-the-work',
    input({ 'planned.told': withoutWindows }),
  ),
  rule('silences are not looked at', 'silence-kept-quiet', input({ 'planned.told': withoutSilences })),
  // Late
  rule(
    'what a spool still holds passes for news',
    'late-data',
    input({ 'session.opened': emptySpool, 'changes.received': nothingRemains }),
  ),
  rule(
    'what a machine says of its last run amends nothing',
    'server-crash-explained',
    items((item) => item.kind !== 'run.explained'),
  ),
  rule(
    'at which layer a missed machine lost its links says nothing',
    'server-cut-off-from-its-network',
    input({ 'changes.received': withoutLayers }),
  ),
  rule(
    'who was started again in an outage counts as having run on',
    'server-restarted-while-cut-off',
    items((item) => item.kind !== 'run.started'),
  ),
  // Life
  rule('one good sign resolves', 'agent-killed-host-alive', policy({ resolveHoldMs: 0 })),
  rule('nothing ever resolves', 'returns-within-fifteen-minutes', policy({ resolveHoldMs: never })),
  rule(
    'a return within 15 minutes is a new incident',
    'returns-within-fifteen-minutes',
    policy({ reopenMs: 0 }),
  ),
  rule('a person cannot call it over', 'person-resolves-too-early', ignoring('incident.resolvedByPerson')),
  rule('a degraded link that dies stays degraded', 'degraded-link-dies', { decide: neverWorse }),
  // Many
  rule('a provider never fails', 'provider-outage-in-a-town', policy({ providerAlpha: 0 })),
  rule('two links down by chance are their provider', 'two-links-by-chance', policy({ providerAlpha: 1 })),
  rule('nothing ever flaps', 'link-flaps-in-blips', policy({ flapDownsMin: 1_000_000 })),
  rule('two downs are an episode', 'three-blips-are-no-flapping', policy({ flapDownsMin: 2 })),
  rule(
    'slow falls are told one by one',
    'link-falls-every-four-minutes',
    policy({ unstableFallsMin: 1_000_000 }),
  ),
  rule('an episode is told at every down', 'host-flaps-seen-by-neighbour', policy({ flapNoticeMs: 0 })),
];

function rule(breaks: string, transcript: string, part: Partial<Cores>): BrokenRule {
  return { breaks, transcript, cores: { ...realCores, ...part } };
}

function policy(part: Partial<Policy>): Partial<Cores> {
  const broken = { ...realCores.policy, ...part };
  return {
    policy: broken,
    ...input({ 'server.started': (each) => ({ ...each, policy: broken }) }),
  };
}

type Of<K extends InputKind> = Extract<Input, { readonly kind: K }>;
type Rewrites = { readonly [K in InputKind]?: (input: Of<K>) => Input };

/** The core hears another input than came in. */
function input(rewrites: Rewrites): Pick<Cores, 'decide'> {
  return {
    decide: (state, numbered) => {
      const { kind } = numbered.input;
      // One entry of the table takes exactly the inputs of its own kind; the type system cannot follow the key.
      const rewrite = rewrites[kind] as ((given: Input) => Input) | undefined;
      return realCores.decide(
        state,
        rewrite === undefined ? numbered : { ...numbered, input: rewrite(numbered.input) },
      );
    },
  };
}

function ignoring(kind: InputKind): Pick<Cores, 'decide'> {
  return {
    decide: (state, numbered) =>
      numbered.input.kind === kind ? { changes: [], effects: [] } : realCores.decide(state, numbered),
  };
}

type Item = Of<'changes.received'>['items'][number];

/** Receipts go on; what does not pass is taken in as words without meaning. */
function items(passes: (item: Item) => boolean): Pick<Cores, 'decide'> {
  return input({
    'changes.received': (given) => ({ ...given, items: given.items.filter(passes) }),
  });
}

function withoutLayers(given: Of<'changes.received'>): Input {
  const items = given.items.map((item) =>
    item.kind === 'link.changed' ? { ...item, layer: undefined } : item,
  );
  return { ...given, items };
}

function asSilent({ at, agent, lastHeardAt }: Of<'agent.suspected'>): Input {
  return { kind: 'agent.silent', at, agent, lastHeardAt };
}

function emptySpool(given: Of<'session.opened'>): Input {
  return { ...given, spoolDepth: 0 };
}

function nothingRemains(given: Of<'changes.received'>): Input {
  return { ...given, remaining: 0 };
}

function withoutEgress(given: Of<'session.opened'>): Input {
  return { ...given, egress: '' };
}

function byTimeout(given: Of<'session.closed'>): Input {
  return { ...given, by: 'timeout' };
}

function withoutWindows(given: Of<'planned.told'>): Input {
  return { ...given, windows: [] };
}

function withoutSilences(given: Of<'planned.told'>): Input {
  return { ...given, silences: [] };
}

function withoutParents(given: Of<'inventory.imported'>): Input {
  const sites = [...given.topology.sites].map(
    ([id, site]) =>
      [id, { ...site, hosts: site.hosts.map((host) => ({ ...host, parent: undefined })) }] as const,
  );
  const topology: Topology = { ...given.topology, sites: new Map(sites) };
  return { ...given, topology };
}

function alwaysProven(state: State, numbered: NumberedInput): Decision {
  const given = numbered.input;
  if (given.kind !== 'time.advanced') return realCores.decide(state, numbered);
  return realCores.decide(state, { ...numbered, input: { ...given, anchorsGoodAt: given.at } });
}

/** Forgets its blindness before each look, and takes every moment for one in which it sees. */
function neverBlind(state: State, numbered: NumberedInput): Decision {
  if (numbered.input.kind === 'anchors.measured') return { changes: [], effects: [] };
  return alwaysProven(state, numbered);
}

function datedByTheMissedBeat(state: State, numbered: NumberedInput): Decision {
  const { changes, effects } = realCores.decide(state, numbered);
  const dated = (change: Change): Change => {
    if (change.kind !== 'incident.opened' || change.incident.evidenceAt === undefined) return change;
    return { ...change, incident: { ...change.incident, detectedAt: change.incident.evidenceAt } };
  };
  return { changes: changes.map(dated), effects };
}

function neverWorse(state: State, numbered: NumberedInput): Decision {
  const { changes, effects } = realCores.decide(state, numbered);
  const worse = (change: Change): Incident | undefined => {
    if (change.kind !== 'incident.changed' || change.incident.kind !== 'link-down') return undefined;
    const before = state.incidents.get(change.incident.id);
    return before?.kind === 'link-degraded' ? before : undefined;
  };
  return {
    changes: changes.filter((change) => worse(change) === undefined),
    effects: changes.some((change) => worse(change) !== undefined) ? [] : effects,
  };
}
