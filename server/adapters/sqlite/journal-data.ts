// Journal entries as JSON data and back. Only the topology needs care: it holds maps.
// Stands between `journal.ts` and its rows; must round-trip every input and change without loss.
import { assert } from '../../../shared/assert.ts';
import type { Change } from '../../core/change.ts';
import type { Input } from '../../core/input.ts';
import { type TopologyData, topologyFromData, topologyToData } from '../../core/snapshot.ts';

/** Raised when the shape below changes in a way that an older reader would misread. */
export const journalFormat = 1;

type WithTopologyData<T> = T extends { readonly topology: unknown }
  ? Omit<T, 'topology'> & { readonly topology: TopologyData }
  : T;
export type InputData = WithTopologyData<Input>;
export type ChangeData = WithTopologyData<Change>;

/** What one row of `inputs` holds, sealed as one text. */
export interface EntryData {
  readonly input: InputData;
  readonly changes: readonly ChangeData[];
}

export function entryToData(input: Input, changes: readonly Change[]): EntryData {
  return { input: inputToData(input), changes: changes.map(changeToData) };
}

export function inputFromData(data: InputData): Input {
  return data.kind === 'inventory.imported' ? { ...data, topology: topologyFromData(data.topology) } : data;
}

export function changeFromData(data: ChangeData): Change {
  return data.kind === 'topology.adopted' ? { ...data, topology: topologyFromData(data.topology) } : data;
}

export function assertFormat(what: string, format: number): void {
  assert(
    format === journalFormat,
    `${what} has format ${format}; this release reads format ${journalFormat}: install the release that wrote it`,
  );
}

function inputToData(input: Input): InputData {
  return input.kind === 'inventory.imported' ? { ...input, topology: topologyToData(input.topology) } : input;
}

function changeToData(change: Change): ChangeData {
  return change.kind === 'topology.adopted'
    ? { ...change, topology: topologyToData(change.topology) }
    : change;
}
