// A server that forgets beside its twin that does not, through random lives of a small fleet: pruned at random instants in
// random batches, killed between any two of them. What it comes back to, decides and answers must be the twin's.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../../../../server/adapters/sqlite/database.ts';
import { createSqliteJournal } from '../../../../../server/adapters/sqlite/journal.ts';
import { openJournalForReading } from '../../../../../server/adapters/sqlite/journal-reading.ts';
import { journalMigrations } from '../../../../../server/adapters/sqlite/journal-schema.ts';
import { createSqliteOutbox } from '../../../../../server/adapters/sqlite/outbox.ts';
import { decide } from '../../../../../server/core/decide.ts';
import type { Incident } from '../../../../../server/core/incident.ts';
import { evidenceSpan } from '../../../../../server/core/report/dossier.ts';
import { dossierWords } from '../../../../../server/core/report/dossier-words.ts';
import { stateToData } from '../../../../../server/core/snapshot.ts';
import type { Journal } from '../../../../../server/ports/journal.ts';
import type { JournalRetention, KeepFrom } from '../../../../../server/ports/journal-retention.ts';
import { replayJournal } from '../../../../../server/replay.ts';
import { findEvidence } from '../../../../../server/shell/report/dossier-evidence.ts';
import { recover } from '../../../../../server/shell/runtime/recover.ts';
import { agentId, siteId } from '../../../../../shared/ids.ts';
import { type Random, seededRandom } from '../../../../../shared/random.ts';
import { day, hour, type Instant, instant, minute, plus } from '../../../../../shared/time.ts';
import { mustOpen } from '../../../../contract/stores.ts';
import { RecordedServer } from '../../../../fakes/recorded-server.ts';
import { transcriptTopology } from '../../../../scenario/fleet.ts';

const startsAt = instant(1_800_000_000_000);
const lives = Array.from({ length: 6 }, (_, seed) => seed + 1);
const daysOfLife = 50;
const agents = [
  ['srv-ad', siteId('aurora', 'matriz'), '198.51.100.10', ['vivo', 'claro']],
  ['srv-erp', siteId('aurora', 'matriz'), '198.51.100.10', ['vivo', 'claro']],
  ['srv-loja', siteId('boreal', 'loja'), '198.51.100.20', ['vivo']],
] as const;

interface Store {
  path: string;
  database: Database;
  journal: Journal & JournalRetention;
}

let folder: string;
let generation = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-forgets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function openStore(path: string): Store {
  const database = mustOpen(path, journalMigrations);
  return { path, database, journal: createSqliteJournal(database) };
}

/** As the disk is at this moment: the file and its log, without anything that only the process knows. */
function killAndOpenAgain(store: Store): void {
  generation += 1;
  const path = join(folder, `forgets-${generation}.sqlite`);
  copyFileSync(store.path, path);
  if (existsSync(`${store.path}-wal`)) copyFileSync(`${store.path}-wal`, `${path}-wal`);
  store.database.close();
  Object.assign(store, openStore(path));
}

/** What is written goes to both; what is read comes from the one that forgets. */
function tee(forgets: Store, twin: Store): Journal {
  return {
    commit: (entries) => {
      forgets.journal.commit(entries);
      twin.journal.commit(entries);
    },
    saveSnapshot: (snapshot) => {
      forgets.journal.saveSnapshot(snapshot);
      twin.journal.saveSnapshot(snapshot);
    },
    latestSnapshot: () => forgets.journal.latestSnapshot(),
    read: (afterSeq) => forgets.journal.read(afterSeq),
    evidence: (afterSeq) => forgets.journal.evidence(afterSeq),
    incident: (id) => forgets.journal.incident(id),
    incidents: (query) => forgets.journal.incidents(query),
    incidentByProtocol: (protocol) => forgets.journal.incidentByProtocol(protocol),
    close: () => {},
  };
}

interface Life {
  readonly server: RecordedServer;
  readonly forgets: Store;
  readonly twin: Store;
  readonly random: Random;
  keep: KeepFrom;
  killed: number;
}

it.each(lives)(
  'life %i: what forgets and is killed is what never forgot',
  { timeout: 120_000 },
  async (seed) => {
    const random = seededRandom(seed);
    const forgets = openStore(join(folder, 'forgets.sqlite'));
    const twin = openStore(join(folder, 'twin.sqlite'));
    const server = new RecordedServer({ journal: tee(forgets, twin), startsAt, commitEvery: 40 });
    server.import(transcriptTopology);
    for (const [agent, site] of agents) server.enrol(agent, site);
    for (const [agent, , egress] of agents) server.connect(agent, egress);
    const keep = { inputs: instant(0), evidence: instant(0), incidents: instant(0) };
    const life: Life = { server, forgets, twin, random, keep, killed: 0 };
    for (let each = 0; each < daysOfLife; each += 1) {
      liveADay(life);
      if (random.next() < 0.5) server.saveSnapshot();
      if (random.next() < 0.7) deliver(life);
      if (random.next() < 0.4) prune(life);
      if (random.next() < 0.15) comesBackTheSame(life);
    }
    server.saveSnapshot();
    deliver(life);
    prune(life);
    comesBackTheSame(life);
    knowsTheSameIncidents(life);
    hearsNoRecordTwice(life);
    decidesTheSame(life);
    await hasTheSameEvidence(life);
    expect(rows(forgets, 'inputs')).toBeLessThan(rows(twin, 'inputs') / 2);
    expect(rows(forgets, 'incidents')).toBeLessThan(rows(twin, 'incidents'));
    expect(life.killed).toBeGreaterThan(0);
    forgets.database.close();
    twin.database.close();
  },
);

function liveADay({ server, random }: Life): void {
  const dusk = plus(server.now, day);
  for (let events = 1 + Math.floor(random.next() * 3); events > 0; events -= 1) {
    const [agent, , egress, links] = agents[Math.floor(random.next() * agents.length)] ?? agents[0];
    const lasts = (0.1 + random.next() * 20) * minute;
    if (random.next() < 0.7) {
      const link = links[Math.floor(random.next() * links.length)] ?? 'vivo';
      server.link(agent, link, 'down');
      server.pass(lasts);
      server.link(agent, link, 'up', 0);
    } else {
      server.silent(agent);
      server.pass(lasts);
      server.connect(agent, egress);
    }
    server.pass(random.next() * 4 * hour);
  }
  server.advanceTo(dusk);
}

/** Of both the same rows, as a desk would. */
function deliver({ server, forgets, twin, random }: Life): void {
  server.flush();
  const [outbox, other] = [createSqliteOutbox(forgets.database), createSqliteOutbox(twin.database)];
  const waiting = other.waiting(1_000).map(({ effect }) => effect.key);
  expect(outbox.waiting(1_000).map(({ effect }) => effect.key)).toEqual(waiting);
  for (const key of waiting) {
    if (random.next() < 0.1) continue;
    outbox.done(key, server.now, `P-${key}`);
    other.done(key, server.now, `P-${key}`);
  }
}

function prune(life: Life): void {
  const { server, forgets, random } = life;
  server.flush();
  life.keep = {
    inputs: plus(server.now, -7 * day),
    evidence: plus(server.now, -20 * day),
    incidents: plus(server.now, -30 * day),
  };
  const rowsMax = 1 + Math.floor(random.next() * 60);
  for (;;) {
    const batch = forgets.journal.prune(life.keep, rowsMax);
    if (!batch.ok) throw new Error(batch.failure.message);
    if (!batch.value.more) return;
    if (life.killed > 0 && random.next() > 0.1) continue;
    life.killed += 1;
    killAndOpenAgain(forgets);
    comesBackTheSame(life);
  }
}

function comesBackTheSame({ server, forgets, twin }: Life): void {
  server.flush();
  const { state } = recover(forgets.journal);
  expect(stateToData(state)).toEqual(stateToData(server.state));
  expect(stateToData(recover(twin.journal).state)).toEqual(stateToData(server.state));
}

function knowsTheSameIncidents({ forgets, twin, keep }: Life): void {
  const wanted = allIncidents(twin).filter(
    ({ state, closedAt, detectedAt }) => state !== 'closed' || (closedAt ?? detectedAt) >= keep.incidents,
  );
  expect(wanted.length).toBeGreaterThan(0);
  for (const each of wanted) expect(forgets.journal.incident(each.id)).toEqual(each);
  const lately = { since: keep.incidents, limit: 10_000, customer: 'aurora' };
  expect(forgets.journal.incidents(lately)).toEqual(twin.journal.incidents(lately));
}

/** Every record of the last 30 days comes again, as from a spool that never got its receipts. */
function hearsNoRecordTwice({ server, forgets, twin }: Life): void {
  const { state } = recover(forgets.journal);
  const since = plus(server.now, -30 * day);
  let again = 0;
  for (const { input } of twin.journal.read(0)) {
    if (input.input.kind !== 'changes.received' || input.input.at < since) continue;
    again += 1;
    const repeated = { seq: state.seq + 1, input: { ...input.input, at: server.now } };
    const { changes, effects } = decide(state, repeated);
    expect(effects).toEqual([]);
    expect(changes.filter(({ kind }) => kind.startsWith('incident.'))).toEqual([]);
  }
  expect(again).toBeGreaterThan(10);
}

/** Over all that is left of the journal; what is gone is said to be gone. */
function decidesTheSame({ forgets, keep }: Life): void {
  const reading = openJournalForReading(forgets.path);
  if (!reading.ok) throw new Error(reading.failure.message);
  const done = replayJournal(reading.value, {});
  if (!done.ok || done.value.kind !== 'verification') throw new Error('a verification was asked for');
  expect(done.value.facts.otherwise).toBe(0);
  expect(done.value.facts.fromAt).toBeLessThanOrEqual(keep.inputs);
  const tooEarly = replayJournal(reading.value, { from: '2' });
  expect(tooEarly).toMatchObject({ ok: false, failure: { code: 'not-found' } });
  reading.value.close();
}

async function hasTheSameEvidence({ server, forgets, twin, keep }: Life): Promise<void> {
  let compared = 0;
  let older = 0;
  for (const incident of allIncidents(twin)) {
    const span = evidenceSpan(incident, server.now);
    if (incident.site === undefined || span.from < keep.evidence) continue;
    const [found, whole] = [
      await evidence(forgets, incident, server.now),
      await evidence(twin, incident, server.now),
    ];
    expect(found).toEqual(whole);
    compared += 1;
    if (span.from < keep.inputs) older += 1;
  }
  expect(Math.min(compared, older)).toBeGreaterThan(0);
  const [oldest] = allIncidents(twin).slice(-1);
  if (oldest === undefined) throw new Error('there was no incident');
  expect((await evidence(twin, oldest, server.now)).complete).toBe(true);
  // Its evidence is gone: a dossier must not pass off the rest as all there is.
  expect((await evidence(forgets, oldest, server.now)).complete).toBe(false);
}

function evidence({ journal }: Store, incident: Incident, now: Instant) {
  const { state } = recover(journal);
  return findEvidence({
    incident,
    link: undefined,
    place: incident.site === undefined ? undefined : state.topology.sites.get(incident.site),
    agents: new Map(agents.filter(([, site]) => site === incident.site).map(([id]) => [agentId(id), id])),
    words: dossierWords('pt-BR'),
    journal,
    span: evidenceSpan(incident, now),
    lastSeq: state.seq,
  });
}

function allIncidents({ journal }: Store): readonly Incident[] {
  return journal.incidents({ limit: 100_000 });
}

function rows({ database }: Store, table: 'inputs' | 'incidents'): number {
  return Number(database.sql.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
}
