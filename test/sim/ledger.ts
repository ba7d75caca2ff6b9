// Independent books: what every spool ever took in, what the correlator applied, which incidents were committed. Kept
// by the virtual machines and disks, never by the code under test, so that loss and doubling cannot hide.

import { isIncidentChange } from '../../server/core/change.ts';
import type { Incident } from '../../server/core/incident.ts';
import type { AgentId, IncidentId } from '../../shared/ids.ts';
import type { CommitWitness } from './correlator.ts';
import type { Kernel } from './kernel.ts';
import { clock } from './readable.ts';
import type { Entry } from './server-disk.ts';

export interface IncidentBook {
  readonly first: Incident;
  /** Kernel time of the commit that opened it. */
  readonly committedAt: number;
  last: Incident;
  closed: boolean;
  /** Kernel time of the commit that asked for its ticket. */
  ticketAskedAt: number | undefined;
}

export interface Ledger extends CommitWitness {
  /** A change is durable in an agent's spool. */
  spooled(agent: AgentId, epoch: number, seq: number): void;
  readonly incidents: ReadonlyMap<IncidentId, IncidentBook>;
  /** What is lost or doubled, one line each; empty when all is well. */
  differences(): readonly string[];
  changesSpooled(): number;
}

/** `trace` is told each committed input with its changes and effects, for a person to read. */
export function createLedger(kernel: Kernel, trace?: (line: string) => void): Ledger {
  const spooled = new Map<string, Set<number>>();
  const applied = new Map<string, Set<number>>();
  const wrong: string[] = [];
  const incidents = new Map<IncidentId, IncidentBook>();
  const ranges = new WeakMap<Entry, { readonly before: number; readonly after: number }>();
  let count = 0;
  return {
    spooled(agent, epoch, seq) {
      setOf(spooled, `${agent}/${epoch}`).add(seq);
      count += 1;
    },
    decided(entry, before, after) {
      if (entry.input.input.kind === 'changes.received') ranges.set(entry, { before, after });
    },
    committed(entries) {
      for (const entry of entries) {
        const range = ranges.get(entry);
        const input = entry.input.input;
        if (range !== undefined && input.kind === 'changes.received') {
          const book = setOf(applied, `${input.agent}/${input.epoch}`);
          for (const { seq } of input.items) {
            if (seq <= range.before || seq > range.after) continue;
            if (book.has(seq)) wrong.push(`change ${input.agent}/${input.epoch}/${seq} was applied twice`);
            book.add(seq);
          }
        }
        keepIncidents(incidents, entry, kernel.now());
        trace?.(lineOf(entry, kernel.now()));
      }
    },
    incidents,
    differences: () => [...wrong, ...lost(spooled, applied)],
    changesSpooled: () => count,
  };
}

function lineOf({ input, changes, effects }: Entry, now: number): string {
  const { kind, ...rest } = input.input;
  const incidents = changes.filter(isIncidentChange).map(({ kind: what, incident }) => {
    return `${what} ${incident.id} ${incident.kind} ${incident.causeKey} ${incident.state}`;
  });
  const done = effects.map((effect) => ('key' in effect ? `${effect.kind} ${effect.key}` : effect.kind));
  const facts = kind === 'inventory.imported' || kind === 'server.started' ? '' : JSON.stringify(rest);
  return `${clock(now)} #${input.seq} ${kind} ${facts} => ${[...incidents, ...done].join('; ')}`;
}

function keepIncidents(books: Map<IncidentId, IncidentBook>, entry: Entry, now: number): void {
  for (const change of entry.changes) {
    if (!isIncidentChange(change)) continue;
    const { incident } = change;
    const book = books.get(incident.id);
    const closed = change.kind === 'incident.closed' || change.kind === 'incident.recorded';
    if (book === undefined) {
      books.set(incident.id, {
        first: incident,
        committedAt: now,
        last: incident,
        closed,
        ticketAskedAt: undefined,
      });
    } else {
      book.last = incident;
      book.closed = closed;
    }
  }
  for (const effect of entry.effects) {
    if (effect.kind !== 'ticket.open') continue;
    const book = books.get(effect.incident);
    if (book !== undefined) book.ticketAskedAt ??= now;
  }
}

function lost(spooled: Map<string, Set<number>>, applied: Map<string, Set<number>>): readonly string[] {
  const lines: string[] = [];
  for (const [who, seqs] of spooled) {
    const book = applied.get(who);
    const missing = [...seqs].filter((seq) => book?.has(seq) !== true);
    if (missing.length > 0)
      lines.push(`changes ${who}/${missing.slice(0, 5).join(',')} never reached the state`);
  }
  for (const [who, seqs] of applied) {
    const strange = [...seqs].filter((seq) => spooled.get(who)?.has(seq) !== true);
    if (strange.length > 0) lines.push(`changes ${who}/${strange.slice(0, 5).join(',')} were never spooled`);
  }
  return lines;
}

function setOf(map: Map<string, Set<number>>, key: string): Set<number> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = new Set<number>();
  map.set(key, made);
  return made;
}
