// The command `replay` on a real journal: the very same decisions, the first different one, what other policies would
// have opened; beside a running server, and on journals that are damaged, cut or empty.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../server/adapters/sqlite/database.ts';
import { createSqliteJournal } from '../../../server/adapters/sqlite/journal.ts';
import type { EntryData } from '../../../server/adapters/sqlite/journal-data.ts';
import { openJournalForReading } from '../../../server/adapters/sqlite/journal-reading.ts';
import { journalMigrations } from '../../../server/adapters/sqlite/journal-schema.ts';
import { seal } from '../../../server/adapters/sqlite/sealed-json.ts';
import { loadPolicies } from '../../../server/config.ts';
import { defaultPolicy } from '../../../server/core/policy.ts';
import { verificationText, whatIfText } from '../../../server/core/replay/text.ts';
import { type Replayed, type ReplayOptions, replayJournal } from '../../../server/replay.ts';
import { siteId } from '../../../shared/ids.ts';
import { hour, instant, minute, second, toIso } from '../../../shared/time.ts';
import { RecordedServer } from '../../fakes/recorded-server.ts';
import { transcriptTopology } from '../../scenario/fleet.ts';

const startsAt = instant(1_800_000_000_000);
const agents = [
  ['srv-ad', siteId('aurora', 'matriz'), '198.51.100.10'],
  ['srv-erp', siteId('aurora', 'matriz'), '198.51.100.10'],
  ['srv-loja', siteId('boreal', 'loja'), '198.51.100.20'],
  ['vigilante', siteId('cedro', 'escritorio'), '192.0.2.30'],
] as const;

let folder: string;
let path: string;
let database: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-replay-'));
  path = join(folder, 'journal.sqlite');
  const opened = openDatabase({ path, migrations: journalMigrations });
  if (!opened.ok) throw new Error(opened.failure.message);
  database = opened.value;
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** Connected and settled, with the sites in another order than that of their ids. */
function fleet(policy = defaultPolicy): RecordedServer {
  const server = new RecordedServer({ journal: createSqliteJournal(database), startsAt, policy });
  const sites = new Map([...transcriptTopology.sites].reverse());
  server.import({ ...transcriptTopology, sites });
  for (const [agent, site] of [...agents].reverse()) server.enrol(agent, site);
  for (const [agent, , egress] of agents) server.connect(agent, egress);
  server.pass(5 * minute);
  return server;
}

/** Down for `downMs`, as the agent tells it, then half an hour of peace. */
function linkOutage(server: RecordedServer, agent: string, link: string, downMs: number): void {
  server.link(agent, link, 'down');
  server.pass(downMs);
  server.link(agent, link, 'up', 0);
  server.pass(30 * minute);
}

function replayed(options: ReplayOptions = {}): Replayed {
  const reading = openJournalForReading(path);
  if (!reading.ok) throw new Error(reading.failure.message);
  try {
    const done = replayJournal(reading.value, options);
    if (!done.ok) throw new Error(`${done.failure.code}: ${done.failure.message}`);
    return done.value;
  } finally {
    reading.value.close();
  }
}

function verification(options: ReplayOptions = {}) {
  const done = replayed(options);
  if (done.kind !== 'verification') throw new Error('a verification was asked for');
  return done.facts;
}

/** One recorded decision as somebody else, or another release, would have written it. */
function rewrite(seq: number, change: (data: EntryData) => unknown): void {
  const row = database.sql.prepare('SELECT body FROM inputs WHERE seq = ?').get(seq);
  const data: EntryData = JSON.parse(String(row?.body));
  change(data);
  const { body, digest } = seal(data);
  database.sql.prepare('UPDATE inputs SET body = ?, digest = ? WHERE seq = ?').run(body, digest, seq);
}

function backwards(value: object): object {
  return Object.fromEntries(Object.entries(value).reverse());
}

function whatIf(options: ReplayOptions) {
  const done = replayed(options);
  if (done.kind !== 'what-if') throw new Error('a what-if was asked for');
  return done.facts;
}

describe('replay with the policies that were recorded', () => {
  it('comes to the very same decisions over outages, silences, restarts, snapshots and another release', () => {
    const server = fleet();
    linkOutage(server, 'srv-ad', 'vivo', 3 * minute);
    server.saveSnapshot();
    server.release = '2.0.0';
    server.restart(30 * second);
    for (const [agent, , egress] of agents) server.connect(agent, egress);
    server.pass(minute);
    for (const agent of ['srv-ad', 'srv-erp']) server.silent(agent);
    server.pass(10 * minute);
    for (const agent of ['srv-erp', 'srv-ad']) server.connect(agent);
    server.pass(hour);
    expect(server.opened().length).toBe(2);
    const facts = verification();
    expect(facts).toMatchObject({ otherwise: 0, first: undefined, inputs: server.state.seq });
    expect(facts.releases).toEqual(['1.0.0', '2.0.0']);
    expect(facts.digest).toBe(facts.decidedDigest);
    expect(verificationText(facts)).toContain(`Idêntico: as ${server.state.seq} decisões`);
  });

  it('numbers two incidents of one moment the same way before and after a restart', () => {
    const server = fleet();
    server.restart(minute);
    // Nobody comes back: all sites are judged in the same look, one after the other.
    for (const [agent] of agents) server.silent(agent, 70_000);
    server.submit({ kind: 'anchors.measured', reachable: true, since: server.now });
    server.pass(10 * minute);
    expect(server.state.incidents.size).toBeGreaterThan(1);
    expect(verification().otherwise).toBe(0);
  });

  it('gives the same digest for the same stretch, and begins at a snapshot where there is one', () => {
    const server = fleet();
    server.saveSnapshot();
    const from = String(server.state.seq + 1);
    linkOutage(server, 'srv-ad', 'vivo', 3 * minute);
    const facts = verification({ from });
    expect(facts.fromSeq).toBe(Number(from));
    expect(verification({ from, to: String(server.state.seq) }).digest).toBe(facts.digest);
    // Without what lies before the snapshot it is still possible: retention may have taken it.
    database.sql.exec(`DELETE FROM inputs WHERE seq < ${from}`);
    expect(verification({ from }).digest).toBe(facts.digest);
    database.sql.exec('DELETE FROM snapshots');
    expect(() => verification({ from: String(Number(from) + 2) })).toThrow(
      'not-found: input 1 is not in the journal',
    );
  });

  it('says what is kept where its beginning was removed by age, and begins there when nobody says where', () => {
    const server = fleet();
    const removed = server.now;
    server.saveSnapshot();
    const last = server.state.seq;
    server.pass(second);
    linkOutage(server, 'srv-ad', 'vivo', 3 * minute);
    server.saveSnapshot();
    const whole = verification({ from: String(last + 1) });
    const journal = createSqliteJournal(database);
    journal.latestSnapshot();
    const keep = { inputs: removed, evidence: instant(0), incidents: instant(0) };
    // Half-way, as after a kill, and then to the end.
    for (const rowsMax of [5, 500, 500]) {
      journal.prune(keep, rowsMax);
      expect(verification().digest).toBe(whole.digest);
      const kept = `the journal is kept from input ${last + 1} on`;
      expect(() => verification({ from: String(last) })).toThrow(`not-found: ${kept}`);
      expect(() => verification({ from: toIso(startsAt) })).toThrow(`wanted: --from ${toIso(startsAt)}`);
      expect(() => whatIf({ from: '1', policies: { blipMs: 0 } })).toThrow('retention.journalDays');
      expect(verification({ from: toIso(instant(removed + 1)) }).digest).toBe(whole.digest);
    }
    expect(database.sql.prepare('SELECT min(seq) AS first FROM inputs').get()?.first).toBe(last + 1);
  });

  it('names the first decision that is another one now, and shows both', () => {
    const server = fleet();
    linkOutage(server, 'srv-ad', 'vivo', 3 * minute);
    const opened = server.opened()[0]?.incident.split('-')[1];
    rewrite(Number(opened), (data) => {
      const change = data.changes.find(({ kind }) => kind === 'incident.opened');
      if (change?.kind === 'incident.opened') Object.assign(change.incident, { priority: 'standard' });
    });
    const facts = verification();
    expect(facts.first?.seq).toBe(Number(opened));
    expect(facts.first?.differences).toEqual([
      {
        path: expect.stringMatching(/^changes\[\d\]\.incident\.priority$/),
        recorded: 'standard',
        decided: 'critical',
      },
    ]);
    expect(facts.digest).not.toBe(facts.decidedDigest);
    expect(verificationText(facts)).toMatch(
      /DIFERENTE: .*\n[\s\S]*gravado: "standard"\n\s+refeito: "critical"/,
    );
  });

  it('gives the digest of the decisions made again, whatever stands in the record', () => {
    const server = fleet();
    server.link('srv-ad', 'vivo', 'down');
    server.pass(20 * second);
    const sound = verification();
    expect(sound.decidedDigest).toBe(sound.digest);
    // The last one: nothing after it is decided on what it says.
    rewrite(server.state.seq, (data) => Object.assign(data, { changes: [] }));
    const facts = verification();
    expect(facts.otherwise).toBe(1);
    expect(facts.digest).not.toBe(sound.digest);
    expect(facts.decidedDigest).toBe(sound.digest);
    expect(verificationText(facts)).toContain(`Resumo gravado (SHA-256): ${facts.digest}`);
    expect(verificationText(facts)).toContain(`Resumo refeito (SHA-256): ${sound.digest}`);
  });

  it('takes the same content in another order of fields for the same decision, with the same digest', () => {
    const server = fleet();
    linkOutage(server, 'srv-ad', 'vivo', 3 * minute);
    const sound = verification();
    rewrite(server.state.seq, (data) => {
      expect(data.changes).not.toEqual([]);
      Object.assign(data, { changes: data.changes.map(backwards) });
    });
    expect(verification()).toEqual(sound);
  });

  it('takes instants, both ends included, and says what is wrong with anything else', () => {
    const server = fleet();
    const at = server.now;
    server.link('srv-ad', 'vivo', 'down');
    const seq = server.state.seq;
    server.pass(minute);
    expect(verification({ from: toIso(at), to: toIso(at) })).toMatchObject({ fromSeq: seq, toSeq: seq });
    expect(verification({ to: '3' })).toMatchObject({ fromSeq: 1, toSeq: 3, inputs: 3 });
    expect(() => verification({ from: 'ontem' })).toThrow('config.invalid');
    expect(() => verification({ from: '2099-01-01T00:00:00Z' })).toThrow('not-found');
    expect(() => verification({ from: '9', to: '8' })).toThrow('not-found');
  });

  it('tells of a damaged row instead of believing it', () => {
    const server = fleet();
    database.sql.exec("UPDATE inputs SET body = body || ' ' WHERE seq = 5");
    expect(() => verification()).toThrow('storage.failed: input 5 in the journal is damaged');
    expect(verification({ from: '1', to: '4' }).otherwise).toBe(0);
    expect(server.state.seq).toBeGreaterThan(5);
  });

  it('reads beside a running server, writes nothing, and holds no lock', () => {
    const server = fleet();
    const reading = openJournalForReading(path);
    if (!reading.ok) throw new Error(reading.failure.message);
    const size = statSync(path).size;
    expect(reading.value.page(0, 3).ok).toBe(true);
    server.pass(minute);
    linkOutage(server, 'srv-ad', 'vivo', 3 * minute);
    const checkpoint = database.sql.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    expect(checkpoint?.busy).toBe(0);
    expect(statSync(path).size).toBeGreaterThanOrEqual(size);
    const last = reading.value.last();
    expect(last.ok && last.value?.seq).toBe(server.state.seq);
    reading.value.close();
  });

  it('reads the journal of a server that has stopped', () => {
    fleet();
    database.close();
    expect(verification().otherwise).toBe(0);
  });

  it('refuses what is no journal of this release', () => {
    expect(openJournalForReading(join(folder, 'none.sqlite'))).toMatchObject({
      failure: { code: 'not-found' },
    });
    writeFileSync(join(folder, 'text.sqlite'), 'no database'.repeat(100));
    expect(openJournalForReading(join(folder, 'text.sqlite'))).toMatchObject({
      failure: { code: 'storage.failed' },
    });
    expect(() => replayed()).toThrow('not-found: the journal is empty');
    database.sql.exec('PRAGMA user_version = 99');
    expect(openJournalForReading(path)).toMatchObject({ failure: { code: 'conflict' } });
  });
});

describe('replay with changed policies', () => {
  it('finds no difference where the change changes nothing', () => {
    const server = fleet();
    linkOutage(server, 'srv-ad', 'vivo', 3 * minute);
    server.restart(20 * second);
    server.silent('srv-loja');
    server.pass(hour);
    const facts = whatIf({ policies: { blipMs: defaultPolicy.blipMs } });
    expect(facts.difference).toMatchObject({ onlyBefore: [], onlyNow: [], changed: [] });
    expect(facts.difference.unchanged).toBe(server.opened().length);
    expect(whatIfText(facts)).toContain('Nenhuma diferença em incidentes ou chamados.');
  });

  it('tells which tickets a longer blip would have saved', () => {
    const server = fleet();
    linkOutage(server, 'srv-ad', 'vivo', 40 * second);
    linkOutage(server, 'srv-ad', 'vivo', 10 * minute);
    const facts = whatIf({ policies: { blipMs: 2 * minute } });
    expect(facts.tickets).toEqual({ before: 2, now: 1 });
    expect(facts.difference.onlyBefore).toHaveLength(1);
    expect(facts.difference.changed[0]?.fields).toEqual(['openedAt', 'ticketAt']);
    const text = whatIfText(facts);
    expect(text).toContain('Chamados: 2 antes, 1 agora');
    expect(text).toContain('Abertos só antes');
    expect(text).toContain('Link Vivo (principal) fora do ar — Padaria Aurora, Matriz');
    expect(text).toContain('blipMs: 10000 -> 120000');
  });

  it('tells which tickets a shorter blip would have opened, at the instants that it wants itself', () => {
    const server = fleet({ ...defaultPolicy, blipMs: 2 * minute });
    linkOutage(server, 'srv-ad', 'vivo', 40 * second);
    expect(server.opened()).toEqual([]);
    const facts = whatIf({ policies: { blipMs: 10 * second }, to: toIso(server.now) });
    expect(facts.tickets).toEqual({ before: 0, now: 1 });
    const [opened] = facts.difference.onlyNow;
    expect((opened?.openedAt ?? 0) - (opened?.detectedAt ?? 0)).toBeLessThan(13 * second);
    expect(opened?.closedAt).toBeDefined();
  });

  it('tells other times of resolution, and reopened incidents that become two', () => {
    const server = fleet();
    server.link('srv-ad', 'vivo', 'down');
    server.pass(3 * minute);
    server.link('srv-ad', 'vivo', 'up', 0);
    server.pass(8 * minute);
    server.link('srv-ad', 'vivo', 'down');
    server.pass(3 * minute);
    server.link('srv-ad', 'vivo', 'up', 0);
    server.pass(hour);
    expect(server.opened()).toHaveLength(1);
    const shorter = whatIf({ policies: { reopenMs: 2 * minute } });
    expect(shorter.tickets).toEqual({ before: 1, now: 2 });
    expect(shorter.difference.changed[0]?.fields).toContain('reopenedCount');
    const longer = whatIf({ policies: { resolveHoldMs: 5 * minute } });
    expect(longer.difference.changed[0]?.fields).toEqual(['resolvedAt', 'closedAt']);
  });

  it('opens nothing from silence while the record says that the server was blind', () => {
    const server = fleet({ ...defaultPolicy, blipMs: 5 * minute });
    server.silent('srv-loja');
    server.anchorsGood = false;
    server.submit({ kind: 'anchors.measured', reachable: false, since: server.now });
    server.pass(4 * minute);
    server.submit({ kind: 'anchors.measured', reachable: true, since: server.now });
    server.anchorsGood = true;
    server.connect('srv-loja', '198.51.100.20');
    server.pass(hour);
    const facts = whatIf({ policies: { blipMs: 10 * second } });
    expect(facts.difference.onlyNow.map(({ kind }) => kind)).toEqual(['own-outage']);
    expect(facts.tickets.now).toBe(0);
  });

  it('gives the words of people and of the desk to the incident of the same cause, and counts the others', () => {
    const server = fleet();
    server.link('srv-ad', 'vivo', 'down');
    server.pass(30 * second);
    const [ticket] = server.opened();
    if (ticket === undefined) throw new Error('a ticket was opened');
    const registered = { kind: 'registered', protocol: 'P-1' } as const;
    server.submit({
      kind: 'ticket.reported',
      incident: ticket.incident,
      effect: ticket.key,
      desk: 'local',
      outcome: registered,
    });
    const { incident } = ticket;
    server.submit({ kind: 'incident.acknowledged', incident, by: 'Ana' });
    server.submit({ kind: 'incident.assigned', incident, by: 'Ana', to: 'Campo' });
    server.submit({ kind: 'incident.paused', incident, by: 'Ana', text: 'espera' });
    server.submit({ kind: 'incident.resumed', incident, by: 'Ana' });
    server.submit({ kind: 'incident.escalated', incident, step: 'move.level2', level: 2, to: 'Bruno' });
    server.submit({ kind: 'desk.told', incident, action: 'note', by: 'Ana', text: 'a caminho' });
    server.link('srv-ad', 'vivo', 'up', 0);
    server.pass(minute);
    expect(whatIf({ policies: { blipMs: 15 * second } }).unanswered).toBe(0);
    const facts = whatIf({ policies: { blipMs: 5 * minute } });
    expect(facts.unanswered).toBe(6);
    expect(whatIfText(facts)).toContain('6 ações (de pessoas, central ou escalonamento)');
  });

  it('says which policies are judged before anything is recorded', () => {
    fleet();
    const facts = whatIf({ policies: { silenceCapMs: 60 * second } });
    expect(facts.outside).toEqual(['silenceCapMs']);
    expect(whatIfText(facts)).toContain('atenção: silenceCapMs');
  });
});

describe('the file of --policies', () => {
  const load = (text: string) => {
    const file = join(folder, 'policies.yaml');
    writeFileSync(file, text);
    return loadPolicies(file);
  };

  it('is what stands under policies, or a whole configuration', () => {
    expect(load('blipMs: 20000\n')).toEqual({ ok: true, value: { blipMs: 20_000 } });
    expect(load('policies: { blipMs: 20000 }\nlisten: 127.0.0.1:7700\n')).toEqual({
      ok: true,
      value: { blipMs: 20_000 },
    });
  });

  it.each([
    ['', 'policies'],
    ['blip: 3\n', '(document)'],
    ['blipMs: -1\n', 'blipMs'],
    ['policies: { blipMs: 1 }\nanything: 1\n', '(document)'],
  ])('%j is refused', (text) => {
    expect(load(text)).toMatchObject({ ok: false, failure: { code: 'config.invalid' } });
  });
});
