// The journal in memory, for tests and the simulator: synchronous, deterministic, the same refusals as on SQLite.
// Must be all or nothing too: everything is checked before anything is kept.
import { assert } from '../../../shared/assert.ts';
import type { EffectKey, IncidentId } from '../../../shared/ids.ts';
import { limits } from '../../../shared/limits.ts';
import { causeIdentity, type Incident } from '../../core/incident.ts';
import { type StateData, stateFromData, stateToData } from '../../core/snapshot.ts';
import type { IncidentQuery, Journal, JournalEntry } from '../../ports/journal.ts';
import type { MemoryOutbox } from './outbox.ts';

export interface MemoryJournalOptions {
  readonly outbox: MemoryOutbox;
  /** Drop entries that the oldest kept snapshot covers: a simulated year then fits into memory. Default false. */
  readonly dropCovered?: boolean;
}

interface SavedSnapshot {
  readonly seq: number;
  readonly data: StateData;
}

export function createMemoryJournal(options: MemoryJournalOptions): Journal {
  let entries: JournalEntry[] = [];
  let lastSeq = 0;
  let snapshots: readonly SavedSnapshot[] = [];
  const incidents = new Map<IncidentId, Incident>();
  /** Which open incident holds a cause key. */
  const holders = new Map<string, IncidentId>();

  return {
    commit: (batch) => {
      checkSequence(batch, lastSeq);
      checkEffectKeys(batch, options.outbox);
      const staged = stageIncidents(batch, incidents, holders);
      for (const [id, incident] of staged.incidents) incidents.set(id, incident);
      for (const [causeKey, id] of staged.holders) {
        if (id === undefined) holders.delete(causeKey);
        else holders.set(causeKey, id);
      }
      for (const entry of batch) {
        entries.push(entry);
        options.outbox.add(entry.effects);
      }
      lastSeq += batch.length;
    },
    latestSnapshot: () => {
      const newest = snapshots[0];
      return newest === undefined ? undefined : { seq: newest.seq, state: stateFromData(newest.data) };
    },
    saveSnapshot: ({ seq, state }) => {
      assert(seq === state.seq, 'a snapshot is numbered by its state');
      const others = snapshots.filter((snapshot) => snapshot.seq !== seq);
      snapshots = [{ seq, data: stateToData(state) }, ...others]
        .sort((a, b) => b.seq - a.seq)
        .slice(0, limits.snapshotsKept);
      const oldest = snapshots.at(-1)?.seq ?? 0;
      if (options.dropCovered === true) entries = entries.filter((entry) => entry.input.seq > oldest);
    },
    read: (afterSeq) => entries.filter((entry) => entry.input.seq > afterSeq),
    evidence: (afterSeq) => entries.filter((entry) => entry.input.seq > afterSeq),
    incident: (id) => incidents.get(id),
    incidents: (query) => queryIncidents(incidents.values(), query),
    incidentByProtocol: (protocol) => {
      const all = [...incidents.values()].filter(({ ticket }) => ticket?.protocol === protocol);
      return all.sort(newestFirst)[0];
    },
    close: () => {},
  };
}

function checkSequence(batch: readonly JournalEntry[], lastSeq: number): void {
  let expected = lastSeq;
  for (const entry of batch) {
    expected += 1;
    assert(entry.input.seq === expected, `the journal goes on without a gap: ${expected} is next`);
  }
}

function checkEffectKeys(batch: readonly JournalEntry[], outbox: MemoryOutbox): void {
  const seen = new Set<EffectKey>();
  for (const { effects } of batch) {
    for (const { key } of effects) {
      assert(!seen.has(key) && outbox.row(key) === undefined, `effect key ${key} is used once`);
      seen.add(key);
    }
  }
}

/** What the batch makes of the incidents, with "one open incident per cause key" checked after each change. */
function stageIncidents(
  batch: readonly JournalEntry[],
  incidents: ReadonlyMap<IncidentId, Incident>,
  holders: ReadonlyMap<string, IncidentId>,
) {
  const staged = new Map<IncidentId, Incident>();
  const stagedHolders = new Map<string, IncidentId | undefined>();
  const holderOf = (causeKey: string): IncidentId | undefined =>
    stagedHolders.has(causeKey) ? stagedHolders.get(causeKey) : holders.get(causeKey);
  for (const { changes } of batch) {
    for (const change of changes) {
      if (!('incident' in change)) continue;
      const { incident } = change;
      const before = staged.get(incident.id) ?? incidents.get(incident.id);
      if (before !== undefined && isOpen(before)) stagedHolders.set(causeIdentity(before), undefined);
      if (isOpen(incident)) {
        const holder = holderOf(causeIdentity(incident));
        assert(holder === undefined, `cause ${causeIdentity(incident)} has one open incident, ${holder}`);
        stagedHolders.set(causeIdentity(incident), incident.id);
      }
      staged.set(incident.id, incident);
    }
  }
  return { incidents: staged, holders: stagedHolders };
}

function isOpen(incident: Incident): boolean {
  return incident.state !== 'closed' && !incident.retro;
}

function queryIncidents(all: Iterable<Incident>, query: IncidentQuery): readonly Incident[] {
  const { state, customer, site, link, host, kind, since, withTicket, before } = query;
  return [...all]
    .filter((incident) => state === undefined || incident.state === state)
    .filter((incident) => customer === undefined || incident.site?.startsWith(`${customer}/`) === true)
    .filter((incident) => site === undefined || incident.site === site)
    .filter((incident) => link === undefined || incident.link === link)
    .filter((incident) => host === undefined || incident.host === host)
    .filter((incident) => kind === undefined || incident.kind === kind)
    .filter((incident) => since === undefined || incident.detectedAt >= since)
    .filter((incident) => withTicket === undefined || incident.ticket !== undefined)
    .filter((incident) => before === undefined || newestFirst(before, incident) < 0)
    .sort(newestFirst)
    .slice(0, query.limit);
}

function newestFirst(a: Place, b: Place): number {
  if (a.detectedAt !== b.detectedAt) return b.detectedAt - a.detectedAt;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}

type Place = Pick<Incident, 'detectedAt' | 'id'>;
