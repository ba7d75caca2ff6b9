// A server without sockets, in virtual time: the real core and a real journal, with deadlines told a few milliseconds
// late as a timer does. Restarts come back from the journal as production does. For replay, stability and benches.
import { nextDeadline } from '../../server/core/deadline.ts';
import { decide } from '../../server/core/decide.ts';
import { type Effect, isTicketEffect, type TicketEffect } from '../../server/core/effect.ts';
import { evolve } from '../../server/core/evolve.ts';
import type { Input } from '../../server/core/input.ts';
import { defaultPolicy, type Policy } from '../../server/core/policy.ts';
import type { State } from '../../server/core/state.ts';
import type { Topology } from '../../server/core/topology.ts';
import type { Journal, JournalEntry } from '../../server/ports/journal.ts';
import { recover } from '../../server/shell/runtime/recover.ts';
import { agentId, type SiteId, sessionId } from '../../shared/ids.ts';
import { type Instant, instant, later, plus } from '../../shared/time.ts';
import type { StateChange } from '../../shared/wire/messages.ts';

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never;
export type InputNow = Without<Input, 'at'>;
export type ChangeNow = Without<StateChange, 'seq'>;

export interface RecordedServerOptions {
  readonly journal: Journal;
  readonly startsAt: Instant;
  readonly policy?: Policy;
  readonly release?: string;
  /** Entries that share one commit; a bench wants many. */
  readonly commitEvery?: number;
}

const timerLateMs = 3;

export class RecordedServer {
  readonly journal: Journal;
  readonly tickets: TicketEffect[] = [];
  readonly hints: Effect[] = [];
  state: State;
  now: Instant;
  policy: Policy;
  release: string;
  anchorsGood = true;
  #sessions = 0;
  readonly #commitEvery: number;
  #waiting: JournalEntry[] = [];
  readonly #spoken = new Map<string, number>();

  constructor(options: RecordedServerOptions) {
    this.journal = options.journal;
    this.policy = options.policy ?? defaultPolicy;
    this.release = options.release ?? '1.0.0';
    this.#commitEvery = options.commitEvery ?? 1;
    this.state = recover(this.journal).state;
    this.now = options.startsAt;
    this.#started();
  }

  /** What is due until `at` is told first. */
  advanceTo(at: Instant): void {
    let toldAt = instant(0);
    for (;;) {
      const due = nextDeadline(this.state);
      if (due === undefined) break;
      const tellAt = later(plus(due, timerLateMs), due <= toldAt ? plus(toldAt, 50) : this.state.at);
      if (tellAt > at) break;
      toldAt = tellAt;
      this.now = later(this.now, tellAt);
      const anchorsGoodAt = this.anchorsGood ? this.now : undefined;
      this.#decide({ kind: 'time.advanced', at: this.now, anchorsGoodAt });
    }
    this.now = later(this.now, at);
  }

  pass(ms: number): void {
    this.advanceTo(plus(this.now, ms));
  }

  submit(input: InputNow): void {
    // Every field of the input was given; only the union of them is too wide for the compiler to see it.
    this.#decide({ ...input, at: this.now } as Input);
  }

  import(topology: Topology): void {
    this.submit({ kind: 'inventory.imported', topology, by: 'teste' });
  }

  enrol(agent: string, site: SiteId, host = agent): void {
    this.submit({ kind: 'agent.enrolled', agent: agentId(agent), site, host });
  }

  connect(agent: string, egress = '198.51.100.10', more: { readonly version?: string } = {}): void {
    this.#sessions += 1;
    const session = sessionId(`${agent}-${this.now}-${this.#sessions}`);
    this.submit({
      kind: 'session.opened',
      agent: agentId(agent),
      session,
      egress,
      bootId: `boot-${agent}`,
      version: more.version ?? '1.0.0',
      spoolDepth: 0,
    });
  }

  say(agent: string, ...items: readonly ChangeNow[]): void {
    const last = this.#spoken.get(agent) ?? 0;
    this.#spoken.set(agent, last + items.length);
    this.submit({
      kind: 'changes.received',
      agent: agentId(agent),
      epoch: 1,
      remaining: 0,
      items: items.map((item, index) => ({ ...item, seq: last + index + 1 }) as StateChange),
    });
  }

  link(agent: string, link: string, status: 'up' | 'down', sinceMsAgo = 5_000): void {
    const since = plus(this.now, -sinceMsAgo);
    this.say(agent, {
      kind: 'link.changed',
      at: this.now,
      atErrorMs: 1,
      since,
      evidence: [],
      link,
      status,
      recovering: false,
    });
  }

  silent(agent: string, sinceMsAgo = 18_000): void {
    this.submit({ kind: 'agent.silent', agent: agentId(agent), lastHeardAt: plus(this.now, -sinceMsAgo) });
  }

  close(agent: string, by: 'peer' | 'timeout' | 'local'): void {
    const session = this.state.agents.get(agentId(agent))?.session;
    if (session !== undefined) this.submit({ kind: 'session.closed', agent: agentId(agent), session, by });
  }

  /** Down for `downMs`: comes back from the journal, with the release and policy that are set now. */
  restart(downMs: number): void {
    this.flush();
    this.state = recover(this.journal).state;
    this.now = plus(this.now, downMs);
    this.#started();
  }

  saveSnapshot(): void {
    this.flush();
    this.journal.saveSnapshot({ seq: this.state.seq, state: this.state });
  }

  flush(): void {
    if (this.#waiting.length > 0) this.journal.commit(this.#waiting);
    this.#waiting = [];
  }

  /** Of the tickets that were asked for. */
  opened(): readonly TicketEffect[] {
    return this.tickets.filter(({ kind }) => kind === 'ticket.open');
  }

  #started(): void {
    this.now = later(this.now, this.state.at);
    this.submit({ kind: 'server.started', release: this.release, policy: this.policy });
    this.submit({ kind: 'anchors.measured', reachable: true, since: this.now });
  }

  #decide(input: Input): void {
    const numbered = { seq: this.state.seq + 1, input };
    const { changes, effects } = decide(this.state, numbered);
    this.state = evolve(this.state, numbered, changes);
    const tickets = effects.filter(isTicketEffect);
    this.tickets.push(...tickets);
    for (const effect of effects) if (!isTicketEffect(effect)) this.hints.push(effect);
    this.#waiting.push({ input: numbered, changes, effects: tickets });
    if (this.#waiting.length >= this.#commitEvery) this.flush();
  }
}
