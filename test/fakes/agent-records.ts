// Records, clocks and a listening log for tests of the agent's shell.
import type { Clock } from '../../agent/core/input.ts';
import type { StoredRecord } from '../../agent/core/record.ts';
import type { Log } from '../../agent/shell/log.ts';

export function clockAt(monoMs: number, bootId = 'boot-1'): Clock {
  return { bootId, monoMs, wallMs: 1_790_000_000_000 + monoMs };
}

export function changeRecord(seq: number, monoMs = seq * 1_000): StoredRecord {
  const at = clockAt(monoMs);
  return {
    queue: 'changes',
    seq,
    change: {
      at,
      since: at,
      body: { kind: 'link.changed', seq, link: 'vivo', status: 'down', recovering: false, evidence: [] },
    },
  };
}

export function rollupRecord(seq: number, monoMs = seq * 60_000): StoredRecord {
  return {
    queue: 'rollups',
    seq,
    rollup: { at: clockAt(monoMs), body: { seq, link: 'vivo', sent: 36, lost: seq % 3 } },
  };
}

export interface HeardLog extends Log {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: object }[];
}

export function createHeardLog(): HeardLog {
  const lines: HeardLog['lines'] = [];
  const hear =
    (level: string) =>
    (fields: object, message: string): void => {
      lines.push({ level, message, fields });
    };
  return { lines, debug: hear('debug'), info: hear('info'), warn: hear('warn'), error: hear('error') };
}

/** Waits until `condition` holds; fails after `withinMs`. */
export async function until(condition: () => boolean, withinMs = 5_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
