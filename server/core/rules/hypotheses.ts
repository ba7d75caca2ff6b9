// Room 9 of the route: what could be true of a silence or a failure, weighed openly. Each hypothesis names what speaks for
// it and what refuses it; the first that stands, in the order of causes, is the verdict, the others are told as refused.
// Never guesses: when nothing stands there is no verdict, and causes that nobody can tell yet are named as undecided.
import type { Cause, IncidentKind } from '../../../shared/words.ts';
import type { RefusalReason, Refused, Verdict, Witness } from '../incident.ts';

/** One thing that could be true. */
export interface Hypothesis {
  readonly kind: IncidentKind;
  /** Where the kind alone does not say it: a planned stop is told as a `host-down` with this cause. */
  readonly cause?: Cause;
  /** Evidence that this hypothesis explains. Without any it cannot stand. */
  readonly pro: readonly Witness[];
  /** What rules it out, strongest first; the first is told. Empty = nothing speaks against it. */
  readonly contra: readonly RefusalReason[];
}

export interface Question {
  /** In the order of causes: what would explain the others stands first. */
  readonly hypotheses: readonly Hypothesis[];
  /** Everybody who was heard, also those who speak for nothing: shown to people. */
  readonly heard: readonly Witness[];
  /** Causes that the verdict leaves open until somebody can tell. */
  readonly undecided?: readonly Cause[];
}

/**
 * The verdict, or undefined = `unknown`: nothing that was weighed stands. A hypothesis without support that nothing
 * refuses either is not told: nobody asked it.
 */
export function weigh({ hypotheses, heard, undecided }: Question): Verdict | undefined {
  const winner = hypotheses.find((each) => each.contra.length === 0 && each.pro.length > 0);
  if (winner === undefined) return undefined;
  const refused = hypotheses.flatMap((each): Refused[] => {
    const because = each.contra[0];
    if (each === winner || because === undefined) return [];
    return [{ kind: each.kind, ...(each.cause === undefined ? {} : { cause: each.cause }), because }];
  });
  return {
    kind: winner.kind,
    confidence: confidenceOf(winner.pro),
    witnesses: heard,
    refused,
    ...(undecided === undefined || undecided.length === 0 ? {} : { undecided }),
  };
}

/** Direct words of a living agent on its own link are proof; else it takes two who do not depend on each other. */
export function confidenceOf(pro: readonly Witness[]): Verdict['confidence'] {
  if (pro.some((witness) => witness.source === 'link-verdict')) return 'confirmed';
  return new Set(pro.map((witness) => witness.who)).size > 1 ? 'confirmed' : 'single';
}

/** A host that fell silent or that its neighbours cannot reach, while another agent of its site lives. */
export interface HostEvidence {
  /** The agent's silence, when the host has one that was heard before. */
  readonly silence?: Witness;
  /** The neighbours' word, when one of them can tell. */
  readonly neighbour?: Witness;
  /** The agent's socket was closed by its own machine's kernel. */
  readonly closedByKernel?: Witness;
  readonly heard: readonly Witness[];
}

/** `site-offline`, planned stop, `agent-lost`, `host-down`, in this order. */
export function weighHost(evidence: HostEvidence): Verdict | undefined {
  const { silence, neighbour, closedByKernel, heard } = evidence;
  const reaches = neighbour?.says === 'host-reachable';
  const cannotReach = neighbour?.says === 'host-unreachable';
  const quiet = silence === undefined ? [] : [silence];
  const program: Hypothesis = {
    kind: 'agent-lost',
    pro: [
      ...quiet,
      ...(reaches ? [neighbour] : []),
      ...(closedByKernel === undefined ? [] : [closedByKernel]),
    ],
    contra: cannotReach
      ? ['no-neighbour-reaches-host']
      : reaches || closedByKernel !== undefined
        ? []
        : ['no-neighbour-can-tell'],
  };
  const machine: Hypothesis = {
    kind: 'host-down',
    pro: [...(cannotReach ? [neighbour] : []), ...quiet],
    contra: reaches
      ? ['neighbour-reaches-host']
      : closedByKernel !== undefined && !cannotReach
        ? ['its-kernel-closed-the-socket']
        : [],
  };
  const planned: Hypothesis = {
    kind: 'host-down',
    cause: 'planned',
    pro: quiet,
    contra: ['no-goodbye-was-said'],
  };
  const site: Hypothesis = { kind: 'site-offline', pro: quiet, contra: ['other-agent-is-alive'] };
  // Only a host with an agent could have said goodbye or lost its program.
  const hypotheses = silence === undefined ? [site, machine] : [site, planned, program, machine];
  return weigh({ hypotheses, heard });
}

/** All expected agents of a site are quiet. */
export interface SilentSiteEvidence {
  readonly silences: readonly Witness[];
  /** Public addresses that used to answer. */
  readonly deadAddresses: readonly Witness[];
  readonly livingAddresses: readonly Witness[];
  readonly linkCount: number;
  /** Agents that fell silent. */
  readonly agentCount: number;
}

/** `own-outage`, `site-offline`, one link, one program, one machine. The cause stays open between links and power. */
export function weighSilentSite(evidence: SilentSiteEvidence): Verdict | undefined {
  const { silences, deadAddresses, livingAddresses, linkCount, agentCount } = evidence;
  const dark = deadAddresses.length > 0 && livingAddresses.length === 0;
  const part: readonly RefusalReason[] = dark
    ? ['no-address-answers']
    : agentCount > 1
      ? ['several-silent-together']
      : ['no-neighbour-can-tell'];
  const link: readonly RefusalReason[] = linkCount > 1 ? part : ['only-one-link'];
  return weigh({
    hypotheses: [
      { kind: 'own-outage', pro: silences, contra: ['own-anchors-answer'] },
      { kind: 'site-offline', pro: [...silences, ...deadAddresses], contra: [] },
      { kind: 'link-down', pro: silences, contra: link },
      { kind: 'agent-lost', pro: silences, contra: part },
      { kind: 'host-down', pro: silences, contra: part },
    ],
    heard: [...silences, ...deadAddresses, ...livingAddresses],
    undecided: ['links', 'power'],
  });
}

/** The site's one machine with an agent is silent, and the router still answers from outside. */
export interface LoneMachineEvidence {
  readonly silence: Witness;
  readonly closedByKernel?: Witness;
  readonly addresses: readonly Witness[];
}

export function weighLoneMachine({
  silence,
  closedByKernel,
  addresses,
}: LoneMachineEvidence): Verdict | undefined {
  const closed = closedByKernel === undefined ? [] : [closedByKernel];
  const answers = addresses.some((each) => each.says === 'address-answers');
  return weigh({
    hypotheses: [
      { kind: 'own-outage', pro: [silence], contra: ['own-anchors-answer'] },
      {
        kind: 'site-offline',
        pro: [silence],
        contra: answers ? ['address-answers'] : ['its-kernel-closed-the-socket'],
      },
      {
        kind: 'agent-lost',
        pro: [silence, ...closed],
        contra: closed.length === 0 ? ['no-neighbour-can-tell'] : [],
      },
      {
        kind: 'host-down',
        pro: [silence],
        contra: closed.length === 0 ? [] : ['its-kernel-closed-the-socket'],
      },
    ],
    heard: [silence, ...addresses, ...closed],
  });
}

/** A link that living agents call bad, or that the router has left. */
export interface LinkEvidence {
  readonly kind: 'link-down' | 'link-degraded';
  readonly pro: readonly Witness[];
  /** Which link carries the site now, the public address seen from outside, ... */
  readonly context: readonly Witness[];
}

export function weighLink({ kind, pro, context }: LinkEvidence): Verdict | undefined {
  const seen = pro.some((witness) => witness.source === 'link-verdict');
  return weigh({
    hypotheses: [
      { kind: 'own-outage', pro, contra: [seen ? 'agent-saw-it-itself' : 'agent-is-alive'] },
      { kind: 'site-offline', pro, contra: ['agent-is-alive'] },
      { kind, pro, contra: [] },
    ],
    heard: [...pro, ...context],
  });
}

/** Every link of the site is down by the word of an agent that is still heard. */
export function weighAllLinks(pro: readonly Witness[]): Verdict | undefined {
  return weigh({
    hypotheses: [
      { kind: 'own-outage', pro, contra: ['agent-saw-it-itself'] },
      { kind: 'site-offline', pro, contra: [] },
      { kind: 'link-down', pro, contra: ['all-links-are-down'] },
      { kind: 'agent-lost', pro, contra: ['agent-is-alive'] },
      { kind: 'site-offline', cause: 'power', pro, contra: ['agent-is-alive'] },
    ],
    heard: pro,
  });
}

/** A machine said goodbye and did not come back in time. `program` = its machine is known to live. */
export function weighOverdue(goodbye: Witness, reachable: Witness | undefined, program: boolean): Verdict {
  const pro = reachable === undefined ? [goodbye] : [goodbye, reachable];
  const kind = program ? ('agent-lost' as const) : ('host-down' as const);
  const other: Refused[] = program
    ? [
        {
          kind: 'host-down',
          because: reachable === undefined ? 'only-the-service-stopped' : 'neighbour-reaches-host',
        },
      ]
    : [{ kind: 'agent-lost', because: 'goodbye-was-said' }];
  return { kind, confidence: confidenceOf(pro), witnesses: pro, refused: other };
}

/** Nobody came back of a site whose machines all said goodbye. */
export function weighSiteNotBack(goodbyes: readonly Witness[]): Verdict {
  return {
    kind: 'site-offline',
    confidence: 'confirmed',
    witnesses: goodbyes,
    refused: [
      { kind: 'own-outage', because: 'own-anchors-answer' },
      { kind: 'host-down', because: 'several-silent-together' },
      { kind: 'agent-lost', because: 'goodbye-was-said' },
    ],
  };
}

/** What a machine tells of the past it saw itself: whether this server saw anything then plays no part. */
export function refusedInHistory(kind: IncidentKind): readonly Refused[] {
  const own: Refused = { kind: 'own-outage', because: 'agent-saw-it-itself' };
  if (kind === 'host-down') return [own, { kind: 'site-offline', because: 'other-agent-is-alive' }];
  return [own];
}

/** What an undecided verdict looks like once a cause is known: the other open causes are refused by `witness`. */
export function settle(verdict: Verdict, cause: Cause, witness: Witness): Verdict {
  const { undecided = [], ...rest } = verdict;
  if (undecided.length === 0) return verdict;
  const because = refusedBy(witness);
  const refused = undecided
    .filter((each) => each !== cause)
    .map((each): Refused => ({ kind: verdict.kind, cause: each, because }));
  return { ...rest, refused: [...verdict.refused, ...refused] };
}

function refusedBy({ says }: Witness): RefusalReason {
  if (says === 'booted-between') return 'machine-stopped';
  return says === 'run-ended' ? 'log-says-otherwise' : 'machine-ran-on';
}

/** Nothing behind a device answers, and nobody can ask the device itself: each child's witnesses speak for its death. */
export function weighParent(pro: readonly Witness[]): Verdict | undefined {
  return weigh({
    hypotheses: [
      { kind: 'site-offline', pro, contra: ['other-agent-is-alive'] },
      { kind: 'agent-lost', pro, contra: ['several-silent-together'] },
      { kind: 'host-down', pro, contra: [] },
    ],
    heard: pro,
  });
}
