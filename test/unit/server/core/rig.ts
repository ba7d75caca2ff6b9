// A core with the transcripts' fleet, connected and healthy, for tests of single rules. Time is told second by second.
import type { Change } from '../../../../server/core/change.ts';
import { nextDeadline } from '../../../../server/core/deadline.ts';
import { decide } from '../../../../server/core/decide.ts';
import type { Effect } from '../../../../server/core/effect.ts';
import { evolve, initialState } from '../../../../server/core/evolve.ts';
import type { Incident } from '../../../../server/core/incident.ts';
import type { Input } from '../../../../server/core/input.ts';
import type { PlannedWindow, Silence } from '../../../../server/core/planned.ts';
import { defaultPolicy } from '../../../../server/core/policy.ts';
import type { State } from '../../../../server/core/state.ts';
import { agentId, sessionId, siteId } from '../../../../shared/ids.ts';
import { type Instant, instant, second } from '../../../../shared/time.ts';
import type { StateChange } from '../../../../shared/wire/messages.ts';
import { transcriptTopology } from '../../../scenario/fleet.ts';

/** What the core's rig starts at; `at(s)` counts seconds from here. */
export const zero = 1_800_000_000_000;
export const at = (seconds: number): Instant => instant(zero + seconds * second);
export const aurora = siteId('aurora', 'matriz');

export function createRig() {
  let state = initialState();
  const changes: Change[] = [];
  const effects: Effect[] = [];
  const seqs = new Map<string, number>();
  const apply = (input: Input): void => {
    const numbered = { seq: state.seq + 1, input };
    const decision = decide(state, numbered);
    state = evolve(state, numbered, decision.changes);
    changes.push(...decision.changes);
    effects.push(...decision.effects);
  };
  /** Serves every deadline up to then, with a server that sees. */
  const passTo = (seconds: number): void => {
    for (let due = nextDeadline(state); due !== undefined && due <= at(seconds); due = nextDeadline(state))
      apply({ kind: 'time.advanced', at: due, anchorsGoodAt: due });
  };
  const tell = (seconds: number, agent: string, item: (seq: number) => StateChange): void => {
    passTo(seconds);
    const seq = (seqs.get(agent) ?? 0) + 1;
    seqs.set(agent, seq);
    apply({
      kind: 'changes.received',
      at: at(seconds),
      agent: agentId(agent),
      epoch: 1,
      remaining: 0,
      items: [item(seq)],
    });
  };
  const link = (
    seconds: number,
    status: 'up' | 'down' | 'degraded',
    more: {
      readonly since?: number;
      readonly recovering?: boolean;
      readonly link?: string;
      readonly seen?: number;
    } = {},
  ): void =>
    tell(seconds, 'srv-ad', (seq) => ({
      kind: 'link.changed',
      seq,
      at: at(more.seen ?? seconds),
      atErrorMs: 1,
      link: more.link ?? 'vivo',
      status,
      since: at(more.since ?? seconds),
      recovering: more.recovering ?? false,
      evidence: [],
    }));
  const host = (seconds: number, status: 'up' | 'down', key = 'impressora'): void =>
    tell(seconds, 'srv-ad', (seq) => ({
      kind: 'host.changed',
      seq,
      at: at(seconds),
      atErrorMs: 1,
      host: key,
      status,
      since: at(seconds),
      recovering: false,
      evidence: [],
    }));
  const plan = (
    seconds: number,
    windows: readonly PlannedWindow[],
    silences: readonly Silence[] = [],
  ): void => {
    passTo(seconds);
    apply({ kind: 'planned.told', at: at(seconds), windows, silences });
  };
  const connect = (seconds: number, agent: string): void => {
    passTo(seconds);
    apply({
      kind: 'session.opened',
      at: at(seconds),
      agent: agentId(agent),
      session: sessionId(`${agent}-${seconds}`),
      egress: '198.51.100.10',
      bootId: 'b',
      version: '0',
      spoolDepth: 0,
    });
  };
  apply({ kind: 'server.started', at: at(-2 * 60), release: 'test', policy: defaultPolicy });
  apply({ kind: 'inventory.imported', at: at(-2 * 60), topology: transcriptTopology, by: 'test' });
  for (const agent of ['srv-ad', 'srv-erp']) {
    apply({ kind: 'agent.enrolled', at: at(-110), agent: agentId(agent), site: aurora, host: agent });
    connect(-100, agent);
  }
  link(-90, 'up');
  link(-90, 'up', { link: 'claro' });
  host(-90, 'up');
  return {
    apply,
    passTo,
    link,
    host,
    plan,
    connect,
    state: (): State => state,
    open: (): readonly Incident[] => [...state.incidents.values()],
    opened: (): readonly Incident[] =>
      changes.flatMap((change) => (change.kind === 'incident.opened' ? [change.incident] : [])),
    recorded: (): readonly Incident[] =>
      changes.flatMap((change) => (change.kind === 'incident.recorded' ? [change.incident] : [])),
    opens: (): readonly Extract<Effect, { readonly kind: 'ticket.open' }>[] =>
      effects.flatMap((effect) => (effect.kind === 'ticket.open' ? [effect] : [])),
    notes: (): readonly { readonly key: string; readonly text: string }[] =>
      effects.flatMap((effect) =>
        effect.kind === 'ticket.note' ? [{ key: effect.key, text: effect.text }] : [],
      ),
    goodbye: (seconds: number, agent: string, reason: 'restart' | 'service-stop' = 'restart'): void => {
      passTo(seconds);
      apply({ kind: 'goodbye.said', at: at(seconds), agent: agentId(agent), reason });
    },
  };
}

export type Rig = ReturnType<typeof createRig>;

/** A down of `length` seconds, told as an agent does: hard after 4 s, then recovering, then up 8 s later. */
export function blip(rig: Rig, start: number, length = 7): void {
  rig.link(start + 4, 'down', { since: start });
  rig.link(start + length, 'down', { since: start, recovering: true });
  rig.link(start + length + 8, 'up', { since: start + length });
}
