// Takes parts of an evidence away, as real machines do: a source that was not looked at, a record that is not there (then
// the collector cannot call its log complete), a log that rotated (which it does not notice), another order of reading.
import type { EndingEvidence } from '../../../../../agent/core/ending/evidence.ts';
import { journalWindowMs } from '../../../../../agent/core/ending/linux-run.ts';

const sections = ['stamp', 'machine', 'windows', 'wtmp', 'journal', 'pstore', 'watchdog'] as const;

export function pieceCount(evidence: EndingEvidence): number {
  return sections.length + 1 + recordsOf(evidence).reduce((sum, { length }) => sum + length, 0);
}

/** `dropped[n]`: whether the n-th part goes; parts beyond the list follow it from its start. */
export function without(evidence: EndingEvidence, dropped: readonly boolean[]): EndingEvidence {
  let n = 0;
  const goes = (): boolean => {
    const gone = dropped[n % dropped.length] === true;
    n += 1;
    return gone;
  };
  const gone = Object.fromEntries(sections.flatMap((name) => (goes() ? [[name, undefined]] : [])));
  const settled = !goes() && evidence.settled;
  const { windows, wtmp, journal, pstore } = evidence;
  const kept = {
    windows:
      windows &&
      thinned(
        windows,
        'events',
        windows.events.filter(() => !goes()),
      ),
    wtmp:
      wtmp &&
      thinned(
        wtmp,
        'records',
        wtmp.records.filter(() => !goes()),
      ),
    journal:
      journal &&
      thinned(
        journal,
        'entries',
        journal.entries.filter(() => !goes()),
      ),
    pstore:
      pstore &&
      thinned(
        pstore,
        'dumps',
        pstore.dumps.filter(() => !goes()),
      ),
  };
  return { ...evidence, ...kept, settled, ...gone };
}

function thinned<K extends string, L extends { readonly complete: boolean } & Record<K, readonly unknown[]>>(
  log: L,
  key: K,
  left: L[K] | readonly unknown[],
): L {
  return { ...log, [key]: left, complete: log.complete && left.length === log[key].length };
}

/**
 * The oldest records of each log are gone and nothing tells. Of the journal only what lies before the last minutes: that
 * those are whole is what its collector answers for.
 */
export function dropOldest(evidence: EndingEvidence, count: number): EndingEvidence {
  const { windows, wtmp, journal } = evidence;
  const endMs = Math.max(...(journal?.entries ?? []).map(({ monoMs }) => monoMs));
  const old = (journal?.entries ?? []).filter(({ monoMs }) => monoMs < endMs - journalWindowMs);
  const gone = new Set(old.toSorted((a, b) => a.index - b.index).slice(0, count));
  return {
    ...evidence,
    windows: windows && {
      ...windows,
      events: windows.events.toSorted((a, b) => a.record - b.record).slice(count),
    },
    wtmp: wtmp && { ...wtmp, records: wtmp.records.toSorted((a, b) => a.index - b.index).slice(count) },
    journal: journal && { ...journal, entries: journal.entries.filter((entry) => !gone.has(entry)) },
  };
}

export function shuffled(evidence: EndingEvidence, random: Iterable<number>): EndingEvidence {
  const numbers = random[Symbol.iterator]();
  const mix = <T>(list: readonly T[]): readonly T[] =>
    list
      .map((item) => ({ item, at: Number(numbers.next().value ?? 0) }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ item }) => item);
  const { windows, wtmp, journal, pstore } = evidence;
  return {
    ...evidence,
    windows: windows && { ...windows, events: mix(windows.events) },
    wtmp: wtmp && { ...wtmp, records: mix(wtmp.records) },
    journal: journal && { ...journal, entries: mix(journal.entries) },
    pstore: pstore && { ...pstore, dumps: mix(pstore.dumps) },
  };
}

function recordsOf({ windows, wtmp, journal, pstore }: EndingEvidence): readonly (readonly unknown[])[] {
  return [windows?.events ?? [], wtmp?.records ?? [], journal?.entries ?? [], pstore?.dumps ?? []];
}
