// Room 3 for neighbours: the other machines of the site as this agent sees them. A machine that never answered may
// filter ICMP and is `unknown`, never `down`; when nothing near answers at all, this agent's own network is the
// trouble and it says nothing of others. ARP speaks only for machines that never answered anything better: a hung
// system, or the network card of a sleeping one, goes on answering ARP.
import { assert } from '../../shared/assert.ts';
import type { Random } from '../../shared/random.ts';
import type { AssignedHost, Assignment } from '../../shared/wire/assignment.ts';
import type { Plan } from './assignment-plan.ts';
import { answered, Tally } from './evidence.ts';
import type { AgentInput, Clock } from './input.ts';
import { Judgement, type Sight } from './judgement.ts';
import { Cadence, intervalMs, timeoutMs } from './schedule.ts';
import type { Sink } from './sink.ts';
import type { HostLook } from './view.ts';

export type NeighboursMeasured = Extract<AgentInput, { readonly kind: 'neighbours.measured' }>;
type HostMeasured = NeighboursMeasured['hosts'][number];

/** What the neighbours' judge asks of the links. */
export interface NearEnd {
  /** No link reaches even its gateway. */
  isolated(): boolean;
  hasten(nowMs: number): void;
}

const up: Sight = { seen: 'up', proves: 'all' };
const down: Sight = { seen: 'down', proves: 'nothing' };

/** What is known of a machine that answered at its present address. */
interface Known {
  /** It answered a ping or a connection: from then on ARP alone is not enough. */
  readonly spoke: boolean;
  /** It answered last time, by what counts for it. */
  readonly answers: boolean;
}

interface HostWatch {
  readonly host: AssignedHost;
  readonly judgement: Judgement;
  readonly tally: Tally;
}

export class Neighbours {
  #watches: ReadonlyMap<string, HostWatch> = new Map();
  /** Those that ever answered at their present address. */
  readonly #known = new Map<string, Known>();
  #plan: Plan | undefined;
  readonly #random: Random;
  #cadence: Cadence | undefined;
  /** When all neighbours are due again; in between, bursts ask those in doubt only. */
  #allDueMs = 0;
  #startedAt: Clock | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  assign(assignment: Assignment, plan: Plan, nowMs: number): void {
    const next = new Map<string, HostWatch>();
    for (const host of assignment.hosts) {
      if (host.self || host.address === undefined) continue;
      const known = this.#watches.get(host.key);
      if (known !== undefined && known.host.address !== host.address) {
        known.judgement.reset();
        this.#known.delete(host.key);
      }
      next.set(host.key, {
        host,
        judgement: known?.judgement ?? new Judgement(),
        tally: known?.tally ?? new Tally(),
      });
    }
    for (const key of this.#known.keys()) if (!next.has(key)) this.#known.delete(key);
    this.#watches = next;
    this.#plan = plan;
    this.#cadence ??= new Cadence(nowMs + this.#random.below(plan.timing.roundMs));
    // What is under way may have asked an address that is no longer this neighbour's.
    this.#cadence.abandon(nowMs, intervalMs(plan.timing, this.#anyHot(nowMs)));
    this.#startedAt = undefined;
  }

  /** For people: what is believed of each neighbour. */
  look(): readonly HostLook[] {
    return [...this.#watches.values()].map(({ host, judgement }) => {
      const { status, since, recovering } = judgement.standing;
      assert(status !== 'degraded', 'a host is never degraded');
      return { host, status, since, recovering, answers: this.#known.get(host.key)?.answers };
    });
  }

  get nextMs(): number {
    if (this.#cadence === undefined || this.#watches.size === 0) return Number.POSITIVE_INFINITY;
    return this.#cadence.nextMs;
  }

  /** A session has just opened: what is said to be down is looked at before the server acts on old news. */
  recheckDown(nowMs: number): void {
    const anyDown = [...this.#watches.values()].some(({ judgement }) => judgement.standing.status === 'down');
    if (!anyDown) return;
    this.#allDueMs = Math.min(this.#allDueMs, nowMs);
    this.#cadence?.until(nowMs);
  }

  /** Trouble near by: all are asked now, so that a dead network is told from a dead gateway. */
  hasten(nowMs: number): void {
    this.#allDueMs = Math.min(this.#allDueMs, nowMs);
    this.#cadence?.until(nowMs);
  }

  /** Every neighbour that ever answered is silent. */
  get allSilent(): boolean {
    if (this.#known.size === 0) return false;
    for (const { answers } of this.#known.values()) if (answers) return false;
    return true;
  }

  tick(now: Clock, sink: Sink): void {
    const cadence = this.#cadence;
    if (cadence === undefined || this.#plan === undefined || this.#watches.size === 0) return;
    if (cadence.expire(now.monoMs)) {
      sink.bite('roundsWrittenOff');
      this.#startedAt = undefined;
      this.#noEvidence(now, sink);
      this.#planNext(now.monoMs);
    }
    if (!cadence.isDue(now.monoMs)) return;
    const { timing } = this.#plan;
    const all = now.monoMs >= this.#allDueMs;
    const hosts: AssignedHost[] = [];
    for (const { host, judgement } of this.#watches.values()) {
      if (all || judgement.isHot(now.monoMs)) hosts.push(host);
    }
    if (hosts.length === 0) {
      cadence.skip(now.monoMs, this.#allDueMs - now.monoMs);
      return;
    }
    if (all) this.#allDueMs = now.monoMs + timing.roundMs;
    const timeout = timeoutMs(timing, !all);
    const round = cadence.start(now.monoMs, timeout);
    this.#startedAt = now;
    sink.emit({ kind: 'neighbours.start', round, hosts, timeoutMs: timeout });
  }

  measured(input: NeighboursMeasured, nearEnd: NearEnd, sink: Sink): void {
    if (this.#cadence === undefined || !this.#cadence.finish(input.round)) {
      sink.bite('roundsStray');
      return;
    }
    const started = this.#startedAt;
    assert(started !== undefined, 'a round under way knows when it started');
    this.#startedAt = undefined;
    const now = input.clock;
    const heard: HostMeasured[] = [];
    for (const measured of input.hosts) {
      if (!this.#watches.has(measured.host)) continue;
      const known = weigh(measured, this.#known.get(measured.host));
      if (known === undefined) continue;
      this.#known.set(measured.host, known);
      heard.push(measured);
    }
    const silence = this.allSilent;
    if (silence && nearEnd.isolated()) {
      this.#noEvidence(now, sink);
    } else {
      const sane = input.sentAt.monoMs >= started.monoMs && input.sentAt.monoMs <= now.monoMs;
      const sentAt = sane ? input.sentAt : started;
      let alarmed = false;
      for (const measured of heard) alarmed = this.#judge(measured, { sentAt, now }, sink) || alarmed;
      if (alarmed) sink.suspect();
      if (alarmed && silence) nearEnd.hasten(now.monoMs);
    }
    this.#planNext(now.monoMs);
  }

  /** True when this host just came into doubt or went down. */
  #judge(measured: HostMeasured, round: { sentAt: Clock; now: Clock }, sink: Sink): boolean {
    const watch = this.#watches.get(measured.host);
    const known = this.#known.get(measured.host);
    if (watch === undefined || this.#plan === undefined || known === undefined) return false;
    const { judgement, tally } = watch;
    const changed = judgement.observe(known.answers ? up : down, round.sentAt, this.#plan.hardness);
    if (judgement.stretchBegan) tally.clear();
    if (changed || judgement.inDoubt) for (const each of measured.evidence) tally.add(each);
    if (changed) report(watch, round.now, sink);
    return !known.answers && (changed || judgement.stretchBegan);
  }

  #noEvidence(now: Clock, sink: Sink): void {
    if (this.#plan === undefined) return;
    for (const watch of this.#watches.values()) {
      if (!watch.judgement.lapse(now.monoMs, this.#plan.hardness)) continue;
      watch.tally.clear();
      report(watch, now, sink);
    }
  }

  #planNext(nowMs: number): void {
    if (this.#plan === undefined || this.#cadence === undefined) return;
    const { timing } = this.#plan;
    // Normal rounds keep their own beat of `roundMs`, also across the bursts between them.
    this.#cadence.plan(nowMs, this.#anyHot(nowMs) ? timing.burstMs : Number.POSITIVE_INFINITY);
    this.#cadence.until(Math.max(nowMs, this.#allDueMs));
  }

  #anyHot(nowMs: number): boolean {
    for (const { judgement } of this.#watches.values()) if (judgement.isHot(nowMs)) return true;
    return false;
  }
}

/**
 * What a round says of one machine. undefined = nothing: it never answered, or only ARP counts for it and ARP had
 * nothing to say.
 */
function weigh({ evidence }: HostMeasured, before: Known | undefined): Known | undefined {
  const spoken = evidence.filter(({ method }) => method !== 'arp');
  if (spoken.some(answered)) return { spoke: true, answers: true };
  if (before?.spoke === true) return spoken.length === 0 ? undefined : { spoke: true, answers: false };
  const resolved = evidence.filter(({ method }) => method === 'arp');
  if (resolved.some(answered)) return { spoke: false, answers: true };
  return before === undefined || resolved.length === 0 ? undefined : { spoke: false, answers: false };
}

function report(watch: HostWatch, now: Clock, sink: Sink): void {
  const { status, since, recovering } = watch.judgement.standing;
  assert(status !== 'degraded', 'a host is never degraded');
  const evidence = watch.tally.evidence();
  sink.record((seq) => ({
    at: now,
    since: since ?? now,
    body: { kind: 'host.changed', seq, host: watch.host.key, status, recovering, evidence },
  }));
}
