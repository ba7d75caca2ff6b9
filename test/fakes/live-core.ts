// The real core behind the correlator's port, on a manual clock, with the transcripts' fleet connected and healthy: for tests of
// rooms that live beside the correlator. Commits at once; deadlines are served when time passes.
import type { Change } from '../../server/core/change.ts';
import { nextDeadline } from '../../server/core/deadline.ts';
import { decide } from '../../server/core/decide.ts';
import { evolve, initialState } from '../../server/core/evolve.ts';
import type { Incident } from '../../server/core/incident.ts';
import type { Input } from '../../server/core/input.ts';
import { defaultPolicy } from '../../server/core/policy.ts';
import type { State } from '../../server/core/state.ts';
import type { Topology } from '../../server/core/topology.ts';
import type { Committed, Correlator } from '../../server/ports/correlator.ts';
import { failure } from '../../shared/failure.ts';
import { agentId, type SiteId, sessionId, siteId } from '../../shared/ids.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { type Instant, plus } from '../../shared/time.ts';
import { transcriptTopology } from '../scenario/fleet.ts';
import type { ManualClock } from './manual-clock.ts';

export interface LiveCore {
  readonly correlator: Correlator;
  submit(input: Input): Promise<Result<Committed>>;
  apply(input: Input): Committed;
  /** Time passes: timers and the core's deadlines, each at its instant. */
  pass(ms: number): Promise<void>;
  /** What an agent says of a link, now. */
  link(
    status: 'up' | 'down',
    more?: { readonly site?: SiteId; readonly agent?: string; readonly link?: string },
  ): void;
  /** From now on the inbox is full, or not any more. */
  refuse(full: boolean): void;
  standing(): readonly Incident[];
}

const aurora = siteId('aurora', 'matriz');

export function createLiveCore(clock: ManualClock, topology: Topology = transcriptTopology): LiveCore {
  let state: State = initialState();
  let full = false;
  let lastSeq = 0;
  const listeners = new Set<(committed: Committed) => void>();
  const apply = (input: Input): Committed => {
    const numbered = { seq: state.seq + 1, input };
    const { changes }: { readonly changes: readonly Change[] } = decide(state, numbered);
    state = evolve(state, numbered, changes);
    const committed = { seq: state.seq, changes };
    for (const listener of [...listeners]) listener(committed);
    return committed;
  };
  const submit = async (input: Input): Promise<Result<Committed>> =>
    full ? fail(failure('limit.reached', 'the inbox is full', { retryable: true })) : ok(apply(input));
  const connect = (site: SiteId, agent: string): void => {
    const at = clock.now();
    apply({ kind: 'agent.enrolled', at, agent: agentId(agent), site, host: agent });
    apply({
      kind: 'session.opened',
      at,
      agent: agentId(agent),
      session: sessionId(`${agent}-1`),
      egress: '198.51.100.10',
      bootId: 'b',
      version: '0',
      spoolDepth: 0,
    });
  };
  const link: LiveCore['link'] = (status, { agent = 'srv-ad', link: key = 'vivo' } = {}) => {
    lastSeq += 1;
    const at = clock.now();
    apply({
      kind: 'changes.received',
      at,
      agent: agentId(agent),
      epoch: 1,
      remaining: 0,
      items: [
        {
          kind: 'link.changed',
          seq: lastSeq,
          at,
          atErrorMs: 1,
          link: key,
          status,
          since: at,
          recovering: false,
          evidence: [],
        },
      ],
    });
  };
  const pass = async (ms: number): Promise<void> => {
    const until = plus(clock.now(), ms);
    for (;;) {
      const due = nextDeadline(state);
      const next: Instant = due === undefined || due > until ? until : due;
      await clock.advanceAsync(next - clock.now());
      if (due === undefined || due > until) return;
      apply({ kind: 'time.advanced', at: clock.now(), anchorsGoodAt: clock.now() });
    }
  };
  apply({ kind: 'server.started', at: plus(clock.now(), -600_000), release: 'test', policy: defaultPolicy });
  apply({ kind: 'inventory.imported', at: plus(clock.now(), -600_000), topology, by: 'test' });
  for (const agent of ['srv-ad', 'srv-erp']) connect(aurora, agent);
  link('up');
  link('up', { link: 'claro' });
  const correlator: Correlator = {
    submit: async (input) => apply(input),
    state: () => state,
    onCommitted: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onHint: () => () => {},
  };
  return {
    correlator,
    submit,
    apply,
    pass,
    link,
    refuse: (value) => {
      full = value;
    },
    standing: () => [...state.incidents.values()],
  };
}
