// The HTTP server on memory adapters, with a core whose word is what the test says. Time is virtual.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { createMemoryDesk } from '../../../../../server/adapters/memory/desk.ts';
import { createMemoryJournal } from '../../../../../server/adapters/memory/journal.ts';
import { createMemoryOutbox } from '../../../../../server/adapters/memory/outbox.ts';
import { createMemoryPeopleStore } from '../../../../../server/adapters/memory/people.ts';
import { createMemoryPlannedStore } from '../../../../../server/adapters/memory/planned.ts';
import { createMemoryRegistry } from '../../../../../server/adapters/memory/registry.ts';
import { createMemorySeries } from '../../../../../server/adapters/memory/series.ts';
import type { Change } from '../../../../../server/core/change.ts';
import type { Decision } from '../../../../../server/core/decide.ts';
import type { TicketEffect } from '../../../../../server/core/effect.ts';
import { evolve, initialState } from '../../../../../server/core/evolve.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import type { Input, NumberedInput } from '../../../../../server/core/input.ts';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import { pause, resume } from '../../../../../server/core/rules/pause.ts';
import type { State } from '../../../../../server/core/state.ts';
import type { Clock } from '../../../../../server/ports/clock.ts';
import type { JournalEntry } from '../../../../../server/ports/journal.ts';
import { ConsoleSessions } from '../../../../../server/shell/gateway/console-session.ts';
import { createPasswords } from '../../../../../server/shell/http/access/passwords.ts';
import { openSessionFile } from '../../../../../server/shell/http/access/session-file.ts';
import { createSignIn } from '../../../../../server/shell/http/access/sign-in.ts';
import { createMetrics } from '../../../../../server/shell/http/metrics.ts';
import type { HttpParts, LiveAgent } from '../../../../../server/shell/http/parts.ts';
import { createHttpServer } from '../../../../../server/shell/http/server.ts';
import { submit } from '../../../../../server/shell/http/submit.ts';
import { createDeskWatch } from '../../../../../server/shell/runtime/desk-watch.ts';
import { openPlannedBook } from '../../../../../server/shell/runtime/planned-book.ts';
import { createRuntime } from '../../../../../server/shell/runtime/runtime.ts';
import { type AgentId, agentId, siteIdFrom } from '../../../../../shared/ids.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { type Instant, instant, plus } from '../../../../../shared/time.ts';

export const adminToken = 'admin-token-of-this-test-0123456789abcdef';
export const bearer = { authorization: `Bearer ${adminToken}` };
export const startAt = instant(Date.UTC(2026, 10, 22, 12, 0, 0));

export interface VirtualClock extends Clock {
  advance(ms: number): void;
}

export function virtualClock(start: Instant = startAt): VirtualClock {
  let now = start;
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  return {
    now: () => now,
    after: (delayMs, run) => {
      const timer = { at: now + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    advance: (ms) => {
      const end = plus(now, ms);
      for (;;) {
        const due = timers.filter((each) => each.at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter((each) => each !== due);
        now = instant(Math.max(now, due.at));
        due.run();
      }
      now = end;
    },
  };
}

/** What the test puts here is what the core decides for the next input it is told. */
interface Script {
  changes: readonly Change[];
  effects: readonly TicketEffect[];
}

function decideAsTold(script: Script, state: State, { input }: NumberedInput): Decision {
  const { changes, effects } = script;
  script.changes = [];
  script.effects = [];
  return { changes: [...inputChanges(state, input), ...changes], effects };
}

/** The little that the API relies on: what an input names is what changes. */
function inputChanges(state: State, input: Input): Change[] {
  switch (input.kind) {
    case 'inventory.imported':
      return [{ kind: 'topology.adopted', topology: input.topology }];
    case 'agent.revoked': {
      const agent = state.agents.get(input.agent);
      return agent === undefined
        ? []
        : [{ kind: 'agent.observed', agent: { ...agent, presence: 'revoked' } }];
    }
    case 'incident.acknowledged':
      return touched(state, input.incident, { state: 'acknowledged', acknowledgedBy: input.by });
    case 'incident.assigned':
      return touched(state, input.incident, { assignedTo: input.to });
    case 'incident.noted': {
      const entry = { at: input.at, kind: 'noted', by: input.by, text: input.text } as const;
      const before = state.incidents.get(input.incident)?.timeline ?? [];
      return touched(state, input.incident, { timeline: [...before, entry] });
    }
    case 'incident.paused':
    case 'incident.resumed': {
      const before = state.incidents.get(input.incident);
      if (before === undefined) return [];
      const after =
        input.kind === 'incident.paused' ? pause(before, input, input.at) : resume(before, input, input.at);
      return [{ kind: 'incident.changed', incident: after }];
    }
    case 'incident.resolvedByPerson':
      return touched(state, input.incident, { state: 'resolved', resolvedAt: input.at });
    case 'incident.reopenedByPerson':
      return touched(state, input.incident, { state: 'open', resolvedAt: undefined });
    default:
      return [];
  }
}

function touched(state: State, id: Incident['id'], fields: Partial<Incident>): Change[] {
  const incident = state.incidents.get(id);
  return incident === undefined
    ? []
    : [{ kind: 'incident.changed', incident: { ...incident, ...fields, touched: true } }];
}

export interface HarnessOptions {
  readonly parts?: Partial<HttpParts>;
  readonly settings?: Partial<HttpParts['settings']>;
  /** Directory of the console and of the session file; a new one when absent. */
  readonly directory?: string;
  readonly clock?: VirtualClock;
  /** What a server before this one has lived through. */
  readonly recorded?: { readonly entries: readonly JournalEntry[]; readonly state: State };
}

export async function startHarness(options: HarnessOptions = {}) {
  const clock = options.clock ?? virtualClock();
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'vigia-http-'));
  const outbox = createMemoryOutbox();
  const journal = createMemoryJournal({ outbox });
  if (options.recorded !== undefined) journal.commit(options.recorded.entries);
  const desk = createMemoryDesk('local');
  const registry = createMemoryRegistry();
  const series = createMemorySeries();
  const script: Script = { changes: [], effects: [] };
  const inputs: Input[] = [];
  const fatal: unknown[] = [];
  const runtime = createRuntime({
    journal,
    outbox,
    desk,
    clock,
    random: seededRandom(1),
    state: options.recorded?.state ?? initialState(),
    release: 'test',
    policy: defaultPolicy,
    anchorsGoodAt: () => undefined,
    onFatal: (error) => fatal.push(error),
    core: {
      decide: (state, numbered) => {
        inputs.push(numbered.input);
        return decideAsTold(script, state, numbered);
      },
      evolve,
      nextDeadline: () => undefined,
    },
  });
  await runtime.start();
  const plannedStore = createMemoryPlannedStore();
  const planned = openPlannedBook({
    store: plannedStore,
    correlator: runtime.correlator,
    clock,
    submit: (input) => submit(runtime.correlator, input),
    onRefused: (reason) => fatal.push(reason),
  });
  const cut: AgentId[] = [];
  const lives = new Map<AgentId, LiveAgent>();
  const watch = createDeskWatch({ name: 'local', outbox, runtime, manual: options.parts?.manual?.queue });
  const parts: HttpParts = {
    settings: {
      trustedProxy: [],
      consoleDirectory: join(directory, 'dist'),
      agentPackages: join(directory, 'packages'),
      installScripts: join(import.meta.dirname, '../../../../../install-scripts'),
      release: '0.1.0',
      ...options.settings,
    },
    adminToken,
    clock,
    agedAt: () => clock.now(),
    correlator: runtime.correlator,
    journal,
    desk: watch,
    registry,
    series,
    planned,
    agents: { live: (id) => lives.get(id), cut: (id) => cut.push(id) },
    consoles: new ConsoleSessions({ clock, correlator: runtime.correlator, journal, desk: watch }),
    signIn: createSignIn(
      clock,
      openSessionFile(join(directory, 'sessions.json'), () => {}),
    ),
    people: createMemoryPeopleStore(),
    // Quick: what a hash costs has its own test.
    passwords: createPasswords({ log2N: 4, r: 8, p: 1 }),
    metrics: createMetrics(),
    log: pino({ level: 'silent' }),
    ready: () => [{ name: 'correlator', ok: true }],
    onBug: (error) => fatal.push(error),
    ...options.parts,
  };
  const api = await createHttpServer(parts);
  /** Commits these changes and effects, as if the core had decided them now. */
  const commit = async (changes: readonly Change[], effects: readonly TicketEffect[] = []): Promise<void> => {
    script.changes = changes;
    script.effects = effects;
    await runtime.correlator.submit({ kind: 'time.advanced', at: clock.now() });
  };
  const signIn = async (): Promise<{ readonly cookie: string }> => {
    const { token } = parts.signIn.newLink('Maria');
    const answer = await api.inject({ url: `/sign-in?token=${token}` });
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    return { cookie };
  };
  return {
    api,
    parts,
    clock,
    directory,
    runtime,
    registry,
    series,
    plannedStore,
    planned,
    desk,
    inputs,
    fatal,
    cut,
    lives,
    commit,
    signIn,
  };
}

export type Harness = Awaited<ReturnType<typeof startHarness>>;

export const inventoryYaml = `version: 1
providers:
  - { key: vivo, name: Vivo Empresas, asns: [27699], supportPhone: "+55 11 0000-0000" }
  - { key: claro, name: Claro }
customers:
  - key: aurora
    name: Padaria Aurora
    cnpj: 11.222.333/0001-81
    plan: PREMIUM
    sites:
      - key: matriz
        name: Matriz
        city: São Paulo
        state: SP
        links:
          - { key: vivo, provider: vivo, role: primary, publicAddress: 198.51.100.10 }
          - { key: claro, provider: claro, role: backup, publicAddress: 203.0.113.10 }
        hosts:
          - { key: srv-ad, name: SRV-AD01, address: 192.168.10.5, role: server }
          - { key: srv-erp, name: SRV-ERP, address: 192.168.10.6, role: server, parent: srv-ad }
`;

export const auroraMatriz = siteIdFrom('aurora/matriz');

export async function importInventory(harness: Harness, yaml = inventoryYaml) {
  return await harness.api.inject({
    method: 'PUT',
    url: '/api/v1/inventory',
    headers: { ...bearer, 'content-type': 'application/yaml' },
    payload: yaml,
  });
}

export function agentRecord(id: string, enrolledAt: Instant = startAt) {
  return {
    id: agentId(id),
    site: auroraMatriz,
    host: 'srv-ad',
    publicKey: `${id}${'A'.repeat(43)}`.slice(0, 43),
    hostName: 'SRV-AD01',
    enrolledAt,
  };
}
