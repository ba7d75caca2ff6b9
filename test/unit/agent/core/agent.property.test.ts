// Whatever answers come, in whatever order, late, doubled or never: what the core records is a legal story.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AgentCore } from '../../../../agent/core/agent.ts';
import { createAgentCore } from '../../../../agent/core/agent.ts';
import type { AgentInput, Clock, TargetResult } from '../../../../agent/core/input.ts';
import type { AgentOutput } from '../../../../agent/core/output.ts';
import type { StoredChange } from '../../../../agent/core/record.ts';
import { seededRandom } from '../../../../shared/random.ts';
import type { AssignedLink, Assignment } from '../../../../shared/wire/assignment.ts';
import { assignmentOf } from './rig.ts';

const links: AssignedLink[] = [
  { key: 'vivo', role: 'primary', source: '10.0.0.20', gateway: '10.0.0.1' },
  { key: 'claro', role: 'backup', source: '10.0.0.21', gateway: '10.0.0.2' },
];
const hosts = [
  { key: 'a', address: '10.0.0.5', self: false },
  { key: 'b', address: '10.0.0.6', self: false },
];
const assignments: Assignment[] = [
  assignmentOf({ links, hosts }),
  assignmentOf({ links: links.slice(0, 1), hosts: hosts.slice(1) }),
  assignmentOf({ links: links.map((link) => ({ ...link, source: `${link.source}9` })), hosts: [] }),
];

type Pending = (clock: Clock) => AgentInput;
type Start = Extract<AgentOutput, { kind: 'round.start' }>;
const moods = ['good', 'bad', 'no-dns', 'portal', 'unplugged', 'elsewhere', 'half'] as const;
type Mood = (typeof moods)[number];

/** One scripted step: time passes, then one waiting answer (chosen by `pick`) is delivered, dropped or doubled. */
interface Step {
  readonly waitMs: number;
  readonly pick: number;
  /** How the world is from here on; undefined = as before. */
  readonly mood: Mood | undefined;
  readonly fate: 'deliver' | 'drop' | 'double' | 'assign';
}

const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  waitMs: fc.oneof(
    { weight: 10, arbitrary: fc.integer({ min: 0, max: 1_500 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
  ),
  pick: fc.nat(10),
  mood: fc.oneof(
    { weight: 15, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...moods) },
  ),
  fate: fc.oneof(
    { weight: 60, arbitrary: fc.constant('deliver' as const) },
    { weight: 1, arbitrary: fc.constantFrom('drop' as const, 'double' as const, 'assign' as const) },
  ),
});

function resultsOf(start: Start, mood: Mood): TargetResult[] {
  return start.targets.map(({ target, role }, index) => {
    const answers =
      mood === 'good' ||
      mood === 'portal' ||
      (mood === 'no-dns' && role !== 'dns') ||
      (mood === 'half' && index % 2 === 0);
    const local = mood === 'unplugged' ? 'no-route' : mood === 'elsewhere' ? 'no-address' : undefined;
    const http =
      role !== 'http' ? undefined : mood === 'portal' ? 'redirected' : answers ? 'no-content' : 'failed';
    return {
      target,
      role,
      method: 'icmp',
      sent: 1,
      lost: answers ? 0 : 1,
      rttMs: answers ? 9 : undefined,
      http,
      local,
    };
  });
}

/** Plays the script against a core that nobody serves but this; gives what it recorded. */
function play(steps: readonly Step[], seed: number): { core: AgentCore; changes: StoredChange[] } {
  const core = createAgentCore({
    agentVersion: '0',
    facts: {
      hostName: 'h',
      platform: 'linux',
      osName: '',
      osVersion: '',
      arch: '',
      cpuCount: 1,
      memoryBytes: 1,
    },
    pingMethod: 'icmp',
    assignment: assignments[0],
    random: seededRandom(seed),
  });
  const clock: Clock = { bootId: 'b', monoMs: 5_000, wallMs: 0 };
  const changes: StoredChange[] = [];
  let waiting: ((mood: Mood) => Pending)[] = [];
  const take = (outputs: readonly AgentOutput[], at: Clock): void => {
    for (const output of outputs) {
      if (output.kind === 'spool.append' && output.record.queue === 'changes')
        changes.push(output.record.change);
      if (output.kind === 'round.start') {
        const { round, link } = output;
        waiting.push((mood) => (now) => ({
          kind: 'round.measured',
          clock: now,
          link: link.key,
          round,
          sentAt: at,
          targets: resultsOf(output, mood),
        }));
      }
      if (output.kind === 'neighbours.start') {
        const { round } = output;
        waiting.push((mood) => (now) => ({
          kind: 'neighbours.measured',
          clock: now,
          round,
          sentAt: at,
          hosts: output.hosts.map(({ key }, index) => {
            const answered = mood === 'good' || (mood === 'half' && index === 0);
            const evidence = {
              target: key,
              role: 'host',
              method: 'icmp',
              sent: 1,
              lost: answered ? 0 : 1,
            } as const;
            return { host: key, evidence: [evidence] };
          }),
        }));
      }
    }
  };
  const spool = { epoch: 1, lastChangeSeq: 0, lastRollupSeq: 0, changes: 0, rollups: 0 };
  take(core.step({ kind: 'agent.started', clock, spool, offsets: [] }), clock);
  let monoMs = clock.monoMs;
  let socket = 0;
  let mood: Mood = 'good';
  for (const { waitMs, pick, mood: turned, fate } of steps) {
    monoMs += waitMs;
    mood = turned ?? mood;
    const now: Clock = { bootId: 'b', monoMs, wallMs: -monoMs };
    const feed = (input: AgentInput): void => {
      const outputs = core.step(input);
      socket = outputs.reduce(
        (last, output) => (output.kind === 'socket.open' ? output.socket : last),
        socket,
      );
      take(outputs, now);
    };
    feed({ kind: 'time.advanced', clock: now });
    if (fate === 'assign') {
      feed({ kind: 'socket.opened', clock: now, socket });
      const before = changes.length;
      const next = assignments[pick % assignments.length] ?? assignmentOf();
      feed({ kind: 'message.received', clock: now, socket, message: { kind: 'assignment', ...next } });
      expect(changes.length).toBe(before);
      continue;
    }
    const index = waiting.length === 0 ? -1 : pick % waiting.length;
    const chosen = waiting[index];
    if (chosen === undefined) continue;
    if (fate !== 'double') waiting = waiting.filter((_, at) => at !== index);
    if (fate !== 'drop') feed(chosen(mood)(now));
  }
  return { core, changes };
}

interface Told {
  readonly status: string;
  readonly layer?: string;
  readonly sinceMs: number;
  readonly recovering: boolean;
  /** What may change while all else stands. */
  readonly beside: string;
}

function told({ since, body }: StoredChange): Told | undefined {
  if (body.kind !== 'link.changed' && body.kind !== 'host.changed') return undefined;
  const layer = body.kind === 'link.changed' ? body.layer : undefined;
  const beside = body.kind === 'link.changed' ? JSON.stringify([body.quality?.by, body.path]) : '';
  return { status: body.status, layer, sinceMs: since.monoMs, recovering: body.recovering, beside };
}

test('whatever the order of results, every recorded story is legal', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(stepArbitrary, { minLength: 50, maxLength: 600, size: 'max' }),
      fc.nat(),
      (steps, seed) => {
        const { changes } = play(steps, seed);
        const last = new Map<string, Told>();
        changes.forEach((change, index) => {
          expect(change.body.seq).toBe(index + 1);
          expect(change.since.monoMs).toBeLessThanOrEqual(change.at.monoMs);
          const { body } = change;
          const now = told(change);
          if (now === undefined || (body.kind !== 'link.changed' && body.kind !== 'host.changed')) return;
          const key = body.kind === 'link.changed' ? `link ${body.link}` : `host ${body.host}`;
          const before = last.get(key);
          last.set(key, now);
          seen.add(`${body.kind} ${now.status} ${now.layer} ${now.recovering}`);
          expect(now).not.toEqual(before);
          expect(now.recovering && now.status !== 'down').toBe(false);
          expect(body.kind === 'host.changed' && now.status === 'unknown').toBe(false);
          if (before === undefined) return;
          // The same status keeps its start; another one starts later.
          if (before.status === now.status && !restartable(before, now))
            expect(now.sinceMs).toBe(before.sinceMs);
          else expect(now.sinceMs).toBeGreaterThanOrEqual(before.sinceMs);
        });
      },
    ),
    { numRuns: 150 },
  );
  // The scripts really reach the rare states.
  for (const state of [
    'link.changed up undefined false',
    'link.changed down lan false',
    'link.changed down provider true',
    'link.changed down gateway false',
    'host.changed down undefined false',
    'host.changed down undefined true',
  ]) {
    expect(seen).toContain(state);
  }
}, 60_000);

/** A key that left the assignment and came back is judged from nothing. */
function restartable(before: Told, now: Told): boolean {
  return now.sinceMs > before.sinceMs && !now.recovering;
}
