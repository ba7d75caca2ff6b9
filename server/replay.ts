// The command `replay`: decides the recorded inputs of the journal again. With the same policies it must come to the
// very same decisions; with changed ones it tells what would have been different. Reads only, works beside a running
// server, holds one page of the journal at a time.
import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import { type Failure, failure } from '../shared/failure.ts';
import { limits } from '../shared/limits.ts';
import { fail, ok, type Result } from '../shared/result.ts';
import { fromIso, type Instant, plus, toIso } from '../shared/time.ts';
import { entryToData } from './adapters/sqlite/journal-data.ts';
import {
  type InputPlace,
  type JournalReading,
  openJournalForReading,
} from './adapters/sqlite/journal-reading.ts';
import type { CommandLine } from './command-line.ts';
import { loadConfig, loadPolicies, processEnvironment } from './config.ts';
import { evolve, initialState } from './core/evolve.ts';
import { defaultPolicy, type Policy } from './core/policy.ts';
import { createAnchorRecord } from './core/replay/anchor-record.ts';
import { incidentDifference } from './core/replay/difference.ts';
import { createLedger, type Ledger } from './core/replay/ledger.ts';
import type { Kept } from './core/replay/recorded.ts';
import { differencesOf } from './core/replay/same-data.ts';
import {
  type StretchFacts,
  type VerificationFacts,
  verificationText,
  type WhatIfFacts,
  whatIfText,
} from './core/replay/text.ts';
import { createVerifier } from './core/replay/verify.ts';
import { createWhatIf, policiesOutside } from './core/replay/what-if.ts';
import { canonicalJson } from './core/report/canonical-json.ts';
import type { State } from './core/state.ts';
import type { JournalEntry } from './ports/journal.ts';
import { refused } from './refused.ts';
import { serverRelease } from './version.ts';

/** The recorded decisions could not be made again: for scripts that watch over exactly this. */
const exitOtherwise = 3;

/**
 * Gives the exit code: 0 the same decisions, or the what-if is told, whatever it found; 3 the same policies decide
 * otherwise now; 2 wrong usage, configuration or policies; 1 the journal cannot be read.
 */
export function replay(command: Extract<CommandLine, { readonly kind: 'replay' }>): number {
  const config = loadConfig({
    file: command.config,
    environment: processEnvironment(),
    workingDirectory: process.cwd(),
  });
  if (!config.ok) return refused(config.failure);
  const policies = command.policies === undefined ? ok(undefined) : loadPolicies(command.policies);
  if (!policies.ok) return refused(policies.failure);
  const journal = openJournalForReading(join(config.value.data, 'journal.sqlite'));
  if (!journal.ok) return refused(journal.failure);
  try {
    const done = replayJournal(journal.value, { ...command, policies: policies.value });
    if (!done.ok) return refused(done.failure);
    const { kind, facts } = done.value;
    const text = kind === 'verification' ? verificationText(facts) : whatIfText(facts);
    process.stdout.write(`${command.json ? jsonOf(done.value) : text}\n`);
    return kind === 'verification' && facts.otherwise > 0 ? exitOtherwise : 0;
  } finally {
    journal.value.close();
  }
}

export interface ReplayOptions {
  /** A number of the journal or an ISO instant, both inclusive; absent = the first / the last input. */
  readonly from?: string;
  readonly to?: string;
  /** Absent = as they were recorded. */
  readonly policies?: Partial<Policy>;
}

export type Replayed =
  | { readonly kind: 'verification'; readonly facts: VerificationFacts }
  | { readonly kind: 'what-if'; readonly facts: WhatIfFacts };

/**
 * 1. the stretch; 2. the state before it: the newest snapshot before, then the recorded changes; 3. the stretch itself,
 * decided again. Failures: `config.invalid` (`from` or `to`), `not-found` (nothing in the stretch, or nothing to begin
 * from), `limit.reached`, `conflict` (other format), `storage.failed` (damaged).
 */
export function replayJournal(journal: JournalReading, options: ReplayOptions): Result<Replayed> {
  const stretch = stretchOf(journal, options);
  if (!stretch.ok) return stretch;
  const before = stateBefore(journal, stretch.value.fromSeq);
  if (!before.ok) return before;
  const work: Work = { journal, state: before.value, ...stretch.value };
  return options.policies === undefined ? verify(work) : whatIf(work, options.policies);
}

interface Numbers {
  readonly fromSeq: number;
  readonly toSeq: number;
  /** A `to` given as an instant: what was due by then is still decided. */
  readonly until?: Instant;
}

interface Work extends Numbers {
  readonly journal: JournalReading;
  /** Before `fromSeq`. */
  readonly state: State;
}

function stretchOf(journal: JournalReading, { from, to }: ReplayOptions): Result<Numbers> {
  const first = journal.first();
  if (!first.ok) return first;
  const last = journal.last();
  if (!last.ok) return last;
  if (first.value === undefined || last.value === undefined) {
    return fail(failure('not-found', 'the journal is empty'));
  }
  const kept = keptFrom(journal, first.value);
  if (!kept.ok) return kept;
  const fromSeq = from === undefined ? ok(kept.value.seq) : seqOf(journal, { name: '--from', text: from });
  if (!fromSeq.ok) return fromSeq;
  const gone = from === undefined ? undefined : beforeKept(from, kept.value);
  if (gone !== undefined) return fail(gone);
  const end = to === undefined ? ok(last.value.seq + 1) : seqOf(journal, { name: '--to', text: to });
  if (!end.ok) return end;
  const begin = fromSeq.value ?? last.value.seq + 1;
  const toSeq = Math.min(last.value.seq, end.value === undefined ? last.value.seq : end.value - 1);
  const fromSeqInside = Math.max(begin, first.value.seq);
  if (fromSeqInside > toSeq) {
    const has = `it holds ${first.value.seq} to ${last.value.seq}`;
    return fail(failure('not-found', `the journal has no input in this stretch; ${has}`));
  }
  return ok({ fromSeq: fromSeqInside, toSeq, until: to === undefined ? undefined : fromIso(to) });
}

/** Where a stretch may begin. */
interface KeptFrom {
  readonly seq: number;
  readonly at: Instant;
  /** Of the last input that was removed by age; undefined = none was. */
  readonly removedTo?: { readonly seq: number; readonly at: Instant };
}

/** Where inputs were removed by age, the oldest that is left is of use only behind a snapshot. */
function keptFrom(journal: JournalReading, first: InputPlace): Result<KeptFrom> {
  if (first.seq === 1) return ok(first);
  const snapshot = journal.oldestSnapshot();
  if (!snapshot.ok) return snapshot;
  const removedTo = snapshot.value;
  if (removedTo === undefined || removedTo.seq < first.seq - 1) return ok(first);
  return ok({ seq: removedTo.seq + 1, at: removedTo.at, removedTo });
}

/** What is wanted lies before what is kept: said as such, not answered with another stretch. */
function beforeKept(from: string, { seq, removedTo }: KeptFrom): Failure | undefined {
  if (removedTo === undefined) return undefined;
  const at = /^[0-9]{1,15}$/.test(from) ? undefined : fromIso(from);
  if (at === undefined ? Number(from) >= seq : at > removedTo.at) return undefined;
  const kept = `the journal is kept from input ${seq} on, after ${toIso(removedTo.at)}`;
  const why = 'what is older was removed by its age (retention.journalDays in vigia.yaml)';
  return failure('not-found', `${kept}; wanted: --from ${from}. ${why}: choose a later --from`);
}

/** The first input of `--from`, or the first behind `--to`; undefined = there is none. */
function seqOf(
  journal: JournalReading,
  { name, text }: { readonly name: string; readonly text: string },
): Result<number | undefined> {
  const behind = name === '--to' ? 1 : 0;
  if (/^[0-9]{1,15}$/.test(text)) return ok(Number(text) + behind);
  const at = fromIso(text);
  if (at === undefined) {
    const wanted = 'wanted: a number of the journal, or an instant such as 2026-03-10T14:00:00-03:00';
    const issues = [{ path: name, message: `${wanted}, given: "${text}"` }];
    return fail(failure('config.invalid', 'the command line has 1 mistake(s)', { issues }));
  }
  const found = journal.firstSince(plus(at, behind));
  return found.ok ? ok(found.value?.seq) : found;
}

/** As a restart comes back: a snapshot, then what was recorded; nothing is decided here. */
function stateBefore(journal: JournalReading, seq: number): Result<State> {
  const snapshot = journal.snapshotUpTo(seq - 1);
  if (!snapshot.ok) return snapshot;
  let state = snapshot.value?.state ?? initialState();
  const applied = eachEntry(journal, { afterSeq: state.seq, toSeq: seq - 1 }, (entry) => {
    state = evolve(state, entry.input, entry.changes);
  });
  if (!applied.ok) return applied;
  return ok(state);
}

/** In pages, in order, without gaps. */
function eachEntry(
  journal: JournalReading,
  { afterSeq, toSeq }: { readonly afterSeq: number; readonly toSeq: number },
  take: (entry: JournalEntry) => Result<void> | undefined | void,
): Result<void> {
  let done = afterSeq;
  while (done < toSeq) {
    const page = journal.page(done, toSeq);
    if (!page.ok) return page;
    for (const entry of page.value) {
      if (entry.input.seq !== done + 1) return fail(gap(done + 1, entry.input.seq));
      const taken = take(entry);
      if (taken?.ok === false) return taken;
      done = entry.input.seq;
    }
    if (page.value.length === 0) return fail(gap(done + 1, undefined));
  }
  return ok(undefined);
}

function gap(wanted: number, found: number | undefined) {
  const has = found === undefined ? 'it ends before' : `the next one it has is ${found}`;
  return failure(
    'not-found',
    `input ${wanted} is not in the journal (${has}), and no snapshot is new enough to do without it: choose a later --from`,
  );
}

// ---- the same policies ----

function verify(work: Work): Result<Replayed> {
  const verifier = createVerifier(work.state);
  const recorded = createHash('sha256');
  const decided = createHash('sha256');
  const stretch = createStretch(work);
  let otherwise = 0;
  let first: VerificationFacts['first'];
  const done = eachEntry(work.journal, { afterSeq: work.fromSeq - 1, toSeq: work.toSeq }, (entry) => {
    stretch.take(entry);
    const { decided: again, same } = verifier.take(entry);
    addTo(recorded, entry.input, entry);
    addTo(decided, entry.input, again);
    if (same) return;
    otherwise += 1;
    first ??= firstOf(entry, again);
  });
  if (!done.ok) return done;
  const digests = { digest: recorded.digest('hex'), decidedDigest: decided.digest('hex') };
  return ok({ kind: 'verification', facts: { ...stretch.facts(), ...digests, otherwise, first } });
}

/** One text for one content: what was read from the journal and what was decided now differ in the order of fields. */
function addTo(hash: Hash, { seq, input }: JournalEntry['input'], { changes, effects }: Kept): void {
  hash.update(canonicalJson({ seq, ...entryToData(input, changes), effects }));
  hash.update('\n');
}

function firstOf({ input, changes, effects }: JournalEntry, decided: Kept): VerificationFacts['first'] {
  return {
    seq: input.seq,
    at: input.input.at,
    kind: input.input.kind,
    differences: differencesOf({ changes, effects }, decided, limits.replayDifferencesMax),
  };
}

/** What is said of the stretch itself, gathered on the way. */
function createStretch({ state, fromSeq, toSeq }: Work) {
  const releases = new Set(state.server.release === '' ? [] : [state.server.release]);
  let fromAt: Instant | undefined;
  let toAt: Instant = state.at;
  return {
    take({ input: { input } }: JournalEntry): void {
      fromAt ??= input.at;
      toAt = input.at;
      if (input.kind === 'server.started') releases.add(input.release);
    },
    facts: (): StretchFacts => ({
      fromSeq,
      toSeq,
      fromAt: fromAt ?? state.at,
      toAt,
      inputs: toSeq - fromSeq + 1,
      releases: [...releases],
      release: serverRelease,
    }),
  };
}

// ---- changed policies ----

function whatIf(work: Work, policies: Partial<Policy>): Result<Replayed> {
  const { journal, fromSeq, toSeq } = work;
  const measured = journal.ofKind('anchors.measured', {
    afterSeq: fromSeq - 1,
    toSeq,
    max: limits.replayAnchorChangesMax,
  });
  if (!measured.ok) return measured;
  let state = work.state;
  const stretch = createStretch(work);
  const before = ledgerFrom(state);
  const now = ledgerFrom(state);
  const changed = createWhatIf({
    state,
    policies,
    anchors: createAnchorRecord(measured.value, state.server),
    decided: (changes, at) => now.take(changes, at),
  });
  const recordedPolicy = policyOf(state, journal, fromSeq);
  const done = eachEntry(journal, { afterSeq: fromSeq - 1, toSeq }, (entry) => {
    stretch.take(entry);
    changed.take(entry, state);
    state = evolve(state, entry.input, entry.changes);
    before.take(entry.changes, state.at);
    return Math.max(before.size(), now.size()) > limits.replayIncidentsMax ? fail(tooMany) : undefined;
  });
  if (!done.ok) return done;
  if (work.until !== undefined && work.until > state.at) {
    // Nothing came in until then: both runs do what their own deadlines want.
    const anchors = createAnchorRecord([], state.server);
    const onward = createWhatIf({
      state,
      policies: {},
      anchors,
      decided: (changes, at) => before.take(changes, at),
    });
    onward.finish(work.until);
    changed.finish(work.until);
  }
  const names = Object.keys(policies).filter((name): name is keyof Policy =>
    Object.hasOwn(recordedPolicy, name),
  );
  return ok({
    kind: 'what-if',
    facts: {
      ...stretch.facts(),
      policies: names.map((name) => ({
        name,
        before: recordedPolicy[name],
        now: policies[name] ?? recordedPolicy[name],
      })),
      outside: policiesOutside.filter((name) => policies[name] !== undefined),
      difference: incidentDifference(before.facts(), now.facts()),
      tickets: { before: ticketsIn(before), now: ticketsIn(now) },
      unanswered: changed.unanswered(),
      cut: changed.cut(),
      topology: state.topology,
    },
  });
}

const tooMany = failure(
  'limit.reached',
  `more than ${limits.replayIncidentsMax} incidents in the stretch; ask for a shorter one`,
);

function ledgerFrom(state: State): Ledger {
  const ledger = createLedger();
  ledger.begin(state.incidents.values());
  return ledger;
}

function ticketsIn(ledger: Ledger): number {
  return ledger.facts().filter(({ ticketAt }) => ticketAt !== undefined).length;
}

/** The policy at the beginning; a stretch from the very first input has it in that input. */
function policyOf(state: State, journal: JournalReading, fromSeq: number): Policy {
  if (state.seq > 0) return { ...defaultPolicy, ...state.policy };
  const page = journal.page(fromSeq - 1, fromSeq);
  const input = page.ok ? page.value[0]?.input.input : undefined;
  return input?.kind === 'server.started' ? { ...defaultPolicy, ...input.policy } : state.policy;
}

/** For programs: the same facts, the whole topology left out. */
function jsonOf({ kind, facts }: Replayed): string {
  if (kind === 'verification') return JSON.stringify({ kind, same: facts.otherwise === 0, ...facts });
  return JSON.stringify({ kind, ...facts, topology: undefined });
}
