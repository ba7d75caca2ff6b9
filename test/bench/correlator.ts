// What the correlator costs: decisions in a second, memory of a site, restoring a large state, replaying a month, and
// the beats of 10,000 agents. The real core, codec, liveness table and SQLite journal; no sockets.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openDatabase } from '../../server/adapters/sqlite/database.ts';
import { createSqliteJournal } from '../../server/adapters/sqlite/journal.ts';
import { openJournalForReading } from '../../server/adapters/sqlite/journal-reading.ts';
import { journalMigrations } from '../../server/adapters/sqlite/journal-schema.ts';
import { createLivenessTable } from '../../server/core/liveness/table.ts';
import { defaultPolicy } from '../../server/core/policy.ts';
import type { Journal } from '../../server/ports/journal.ts';
import { replayJournal } from '../../server/replay.ts';
import { recover } from '../../server/shell/runtime/recover.ts';
import { agentId } from '../../shared/ids.ts';
import { instant, plus, second } from '../../shared/time.ts';
import { decodeAgentMessage, encodeMessage } from '../../shared/wire/codec.ts';
import { busyFleet } from './busy-fleet.ts';
import type { Figure } from './figure.ts';

const bench = 'correlator';
const replayDays = 30;
const replayFleet = { sites: 500, agentsPerSite: 2 };
const largeFleet = { sites: 10_000, agentsPerSite: 1 };
/** Of the large fleet: enough for open incidents and history, few enough for a bench. */
const eventfulSites = 300;
const beatingAgents = 10_000;
const beatingSeconds = 60;

export function benchCorrelator(): readonly Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-bench-'));
  try {
    return [...benchDecisions(), ...benchRestore(folder), ...benchReplay(folder), ...benchBeats()];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function benchDecisions(): readonly Figure[] {
  const fleet = busyFleet(replayFleet, forgetfulJournal());
  const before = fleet.server.state.seq;
  const tookMs = timed(() => fleet.live(2));
  const decisions = fleet.server.state.seq - before;
  return [
    { bench, name: 'decisions in a second, 500 sites', value: (decisions / tookMs) * 1_000, unit: '/s' },
  ];
}

function benchRestore(folder: string): readonly Figure[] {
  const path = join(folder, 'large.sqlite');
  const saveMs = saveLargeState(path);
  const emptyBytes = heapBytes();
  const journal = openJournal(path);
  const startMs = performance.now();
  const { state } = recover(journal);
  const restoreMs = performance.now() - startMs;
  const bytes = heapBytes() - emptyBytes;
  journal.close();
  const sites = state.sites.size;
  if (sites !== largeFleet.sites) throw new Error(`${sites} sites came back`);
  return [
    {
      bench,
      name: '10,000 sites: restored from a snapshot',
      value: restoreMs / 1_000,
      unit: 's',
      goal: 'at most 10',
    },
    { bench, name: '10,000 sites: snapshot saved', value: saveMs / 1_000, unit: 's' },
    { bench, name: 'memory of one site, one agent', value: bytes / 1_024 / sites, unit: 'KiB' },
  ];
}

/** In a function of its own, so that nothing of the fleet is alive when memory is measured. In ms. */
function saveLargeState(path: string): number {
  const journal = openJournal(path);
  const fleet = busyFleet(largeFleet, { ...forgetfulJournal(), saveSnapshot: journal.saveSnapshot });
  fleet.live(1, eventfulSites);
  const tookMs = timed(() => fleet.server.saveSnapshot());
  journal.close();
  return tookMs;
}

/** On a machine with other work a run takes longer than it costs. */
interface Took {
  readonly tookMs: number;
  readonly cpuMs: number;
}

function benchReplay(folder: string): readonly Figure[] {
  const path = join(folder, 'month.sqlite');
  const journal = openJournal(path);
  const fleet = busyFleet(replayFleet, journal);
  fleet.live(replayDays);
  journal.close();
  const inputs = fleet.server.state.seq;
  const replay = (policies?: { readonly blipMs: number }): Took => {
    const reading = openJournalForReading(path);
    if (!reading.ok) throw new Error(reading.failure.message);
    const before = process.cpuUsage();
    const tookMs = timed(() => {
      const done = replayJournal(reading.value, { policies });
      if (!done.ok) throw new Error(done.failure.message);
      const { kind, facts } = done.value;
      if (kind === 'verification' && facts.otherwise > 0)
        throw new Error(`input ${facts.first?.seq} differs`);
    });
    const { user, system } = process.cpuUsage(before);
    reading.value.close();
    return { tookMs, cpuMs: (user + system) / 1_000 };
  };
  const same = replay();
  const whatIf = replay({ blipMs: 20 * second });
  return [
    {
      bench,
      name: 'replay of 30 days, 1,000 agents',
      value: same.tookMs / 1_000,
      unit: 's',
      goal: 'at most 60',
    },
    { bench, name: 'its processor time', value: same.cpuMs / 1_000, unit: 's' },
    {
      bench,
      name: 'the same with other policies',
      value: whatIf.tookMs / 1_000,
      unit: 's',
      goal: 'at most 60',
    },
    { bench, name: 'its processor time', value: whatIf.cpuMs / 1_000, unit: 's' },
    { bench, name: 'inputs replayed in a second', value: (inputs / same.tookMs) * 1_000, unit: '/s' },
    { bench, name: 'inputs of these 30 days', value: inputs, unit: '' },
  ];
}

/** What a beat costs past its socket: parsing, the table, the answer's text, and the table's own waking. */
function benchBeats(): readonly Figure[] {
  const table = createLivenessTable(defaultPolicy);
  const ids = Array.from({ length: beatingAgents }, (_, at) => agentId(`agent-${at}`));
  const startsAt = instant(1_800_000_000_000);
  for (const [at, id] of ids.entries()) table.watch(id, plus(startsAt, at));
  const gapMs = defaultPolicy.heartbeatMs / beatingAgents;
  const beats = (beatingSeconds * second) / gapMs;
  let news = 0;
  const before = process.cpuUsage();
  for (let beat = 0; beat < beats; beat += 1) {
    const now = plus(startsAt, Math.floor(beat * gapMs));
    const heard = decodeAgentMessage(
      JSON.stringify({ kind: 'beat', n: beat, agentClockMs: now, spoolDepth: 0 }),
    );
    const id = ids[beat % beatingAgents];
    if (!heard.ok || id === undefined) throw new Error('a beat is a message of the wire');
    news += table.heard(id, now, true).length;
    encodeMessage({ kind: 'beat.reply', n: beat, agentClockMs: now, serverAt: now });
    const due = table.nextAt();
    if (due !== undefined && due <= now) news += table.advance(now).length;
  }
  const { user, system } = process.cpuUsage(before);
  if (news > 0) throw new Error('agents that beat are no news');
  const share = (user + system) / 1_000 / (beatingSeconds * second);
  return [
    { bench, name: '10,000 agents beating: of one core', value: share * 100, unit: '%', goal: 'at most 100' },
  ];
}

function openJournal(path: string): Journal {
  const database = openDatabase({ path, migrations: journalMigrations });
  if (!database.ok) throw new Error(database.failure.message);
  return createSqliteJournal(database.value);
}

/** For what is measured without a disk. */
function forgetfulJournal(): Journal {
  return {
    commit: () => {},
    latestSnapshot: () => undefined,
    saveSnapshot: () => {},
    read: () => [],
    evidence: () => [],
    incident: () => undefined,
    incidents: () => [],
    incidentByProtocol: () => undefined,
    close: () => {},
  };
}

function timed(run: () => void): number {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
}

/** Live bytes, after a full collection. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}
