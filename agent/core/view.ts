// What the agent watches and sees now, as one plain record for `vigia-agent status`. Read from the parts by getters;
// instants are the server's, so that a wrong clock of this machine shows no wrong age. Nothing is decided by it.
import { limits } from '../../shared/limits.ts';
import { type Instant, minute } from '../../shared/time.ts';
import type { AssignedHost, AssignedLink, Assignment } from '../../shared/wire/assignment.ts';
import type { PathHop, Quality } from '../../shared/wire/evidence.ts';
import type { HostStatus, Layer, LinkStatus } from '../../shared/words.ts';
import type { ServerClock } from './clock.ts';
import type { Clock, TargetResult } from './input.ts';
import type { JudgeMode } from './link/may-judge.ts';

/** What a link's watch tells of itself. */
export interface LinkLook {
  readonly link: AssignedLink;
  readonly mode: JudgeMode;
  readonly status: LinkStatus;
  readonly layer?: Layer;
  readonly since?: Clock;
  readonly recovering: boolean;
  /** A burst is under way: the status may be about to change. */
  readonly inDoubt: boolean;
  readonly quality?: Quality;
  /** Routers on the way, as learned on good days; empty until then. */
  readonly hops: readonly PathHop[];
}

export interface HostLook {
  readonly host: AssignedHost;
  readonly status: HostStatus;
  readonly since?: Clock;
  readonly recovering: boolean;
  /** Whether it answered when it was last asked; undefined = it never answered, so its silence says nothing. */
  readonly answers?: boolean;
}

/** All times are monotonic milliseconds of this boot. */
export interface SessionLook {
  readonly state: 'disconnected' | 'opening' | 'greeting' | 'open' | 'leaving' | 'left';
  /** Since when the present state holds. */
  readonly sinceMs: number;
  /** The way of the present or last attempt; without a server: the first of the enrolment. */
  readonly server?: string;
  readonly source?: string;
  /** The address by which this site leaves, as the server sees it. */
  readonly egress?: string;
  /** The server last answered. */
  readonly confirmedMs?: number;
  readonly receiptMs?: number;
  /** With which code the last session or attempt was closed, where one was given. */
  readonly closeCode?: number;
}

export interface Answers {
  /** Targets that answered / that were asked. */
  readonly answered: number;
  readonly asked: number;
  /** The fastest answer. */
  readonly rttMs?: number;
}

export interface LinkView extends Omit<LinkLook, 'link' | 'since'> {
  readonly key: string;
  readonly role: AssignedLink['role'];
  readonly source?: string;
  readonly interface?: string;
  readonly publicAddress?: string;
  readonly gateway?: string;
  readonly since?: Instant;
  /** The last round; without it none was answered yet. */
  readonly round?: {
    readonly at: Instant;
    /** It said something of this link (its probes provably left by it). */
    readonly counted: boolean;
    readonly local?: TargetResult['local'];
    /** By role, only those that were asked. */
    readonly answers: Readonly<Partial<Record<TargetResult['role'], Answers>>>;
    readonly page?: TargetResult['http'];
  };
}

export interface HostView extends Omit<HostLook, 'host' | 'since'> {
  readonly key: string;
  readonly address?: string;
  readonly since?: Instant;
}

export interface SessionView extends Omit<SessionLook, 'sinceMs' | 'confirmedMs' | 'receiptMs'> {
  readonly since: Instant;
  readonly confirmedAt?: Instant;
  readonly receiptAt?: Instant;
}

export interface AgentView {
  /** Server time of this view, as well as the agent knows it. */
  readonly at: Instant;
  readonly errorMs: number;
  /** Server minus this machine's clock; undefined before the first session of a boot. */
  readonly clockOffsetMs?: number;
  readonly links: readonly LinkView[];
  readonly hosts: readonly HostView[];
  readonly session: SessionView;
  /** What the assignment asks on the internet and of DNS. */
  readonly asked: {
    readonly anchors: readonly string[];
    readonly dns: readonly string[];
    readonly page?: string;
  };
  /** Not yet receipted, about. */
  readonly waiting: { readonly changes: number; readonly rollups: number };
}

/** Server time of a reading of this machine's clocks. */
type Dated = (reading: Clock) => Instant;

interface LastRound {
  readonly at: Clock;
  readonly targets: readonly TargetResult[];
  /** When a round of this link last counted. */
  readonly countedAt?: Clock;
}

/** A round may count only once its session has answered, so a link counts while one did lately. */
const countedMs = minute;

/** The last answer of each link's probes, kept for the view only. */
export class LastRounds {
  readonly #rounds = new Map<string, LastRound>();

  add(link: string, at: Clock, targets: readonly TargetResult[]): void {
    const countedAt = this.#rounds.get(link)?.countedAt;
    // Links of old assignments go when new ones come; there is never room for more than a site may have.
    this.#rounds.delete(link);
    this.#rounds.set(link, { at, targets, countedAt });
    const oldest = this.#rounds.size > limits.linksPerSiteMax ? this.#rounds.keys().next().value : undefined;
    if (oldest !== undefined) this.#rounds.delete(oldest);
  }

  counted(link: string, countedAt: Clock): void {
    const round = this.#rounds.get(link);
    if (round !== undefined) this.#rounds.set(link, { ...round, countedAt });
  }

  of(link: string): LastRound | undefined {
    return this.#rounds.get(link);
  }
}

export interface ViewParts {
  readonly now: Clock;
  readonly clock: ServerClock;
  readonly assignment: Assignment | undefined;
  readonly links: readonly LinkLook[];
  readonly rounds: LastRounds;
  readonly hosts: readonly HostLook[];
  readonly session: SessionLook;
  readonly waiting: AgentView['waiting'];
}

export function agentView(parts: ViewParts): AgentView {
  const { now, clock, assignment, rounds, session, waiting } = parts;
  const { at, errorMs } = clock.estimate(now, now);
  const dated = (reading: Clock): Instant => clock.estimate(reading, now).at;
  const atMono = (monoMs: number): Instant =>
    dated({ ...now, monoMs, wallMs: now.wallMs - (now.monoMs - monoMs) });
  const { sinceMs, confirmedMs, receiptMs, ...rest } = session;
  const { offsetMs } = clock;
  return {
    at,
    errorMs,
    clockOffsetMs: offsetMs === undefined ? undefined : Math.round(now.monoMs + offsetMs - now.wallMs),
    links: parts.links.map((look) => linkView(look, { round: rounds.of(look.link.key), now, dated })),
    hosts: parts.hosts.map((look) => hostView(look, dated)),
    session: {
      ...rest,
      since: atMono(sinceMs),
      confirmedAt: confirmedMs === undefined ? undefined : atMono(confirmedMs),
      receiptAt: receiptMs === undefined ? undefined : atMono(receiptMs),
    },
    asked: {
      anchors: assignment?.anchors ?? [],
      dns: assignment?.dns ?? [],
      page: assignment?.captivePortalUrl,
    },
    waiting,
  };
}

function linkView(
  look: LinkLook,
  parts: { readonly round: LastRound | undefined; readonly now: Clock; readonly dated: Dated },
): LinkView {
  const { link, since, ...standing } = look;
  const { round, now, dated } = parts;
  const countedAt = round?.countedAt;
  return {
    ...standing,
    key: link.key,
    role: link.role,
    source: link.source,
    interface: link.interface,
    publicAddress: link.publicAddress,
    gateway: link.gateway,
    since: since && dated(since),
    round: round && {
      at: dated(round.at),
      counted: countedAt !== undefined && now.monoMs - countedAt.monoMs < countedMs,
      local: round.targets.find(({ local }) => local !== undefined)?.local,
      answers: answersByRole(round.targets),
      page: round.targets.find(({ role }) => role === 'http')?.http,
    },
  };
}

function hostView({ host, since, ...standing }: HostLook, dated: Dated): HostView {
  return { ...standing, key: host.key, address: host.address, since: since && dated(since) };
}

/** Of large probes only what small ones do not tell is left to the quality; here they would count a target twice. */
function answersByRole(
  targets: readonly TargetResult[],
): Readonly<Partial<Record<TargetResult['role'], Answers>>> {
  const answers: Partial<Record<TargetResult['role'], Answers>> = {};
  for (const { role, sent, lost, rttMs, large } of targets) {
    if (sent === 0 || large === true) continue;
    const before = answers[role] ?? { answered: 0, asked: 0 };
    const fastest = [before.rttMs, rttMs].filter((each) => each !== undefined);
    answers[role] = {
      asked: before.asked + 1,
      answered: before.answered + (lost < sent ? 1 : 0),
      rttMs: fastest.length === 0 ? undefined : Math.min(...fastest),
    };
  }
  return answers;
}
