// The independent log of the random-kill test: what the agent was about to put into its spool, and what the spool
// accepted. Plain lines, one write each; a `kill -9` can lose none that was written (the page cache survives it), at
// most the last line is half. Written by the child, read by the test; knows nothing of the spool's own format.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export interface Accepted {
  readonly epoch: number;
  readonly seq: number;
}

export interface LogLine extends Accepted {
  /** `intent` before the spool is asked, `accepted` after it said yes. */
  readonly step: 'intent' | 'accepted';
  /** What the change says, without instants: see `contentOf`. */
  readonly content: string;
}

/** Where both logs meet: what of a state change does not depend on when it is sent. */
export function contentOf(change: { readonly kind: string }): string {
  const { at, atErrorMs, since, bootAt, previous, seq, ...rest } = change as Record<string, unknown>;
  return JSON.stringify(rest, Object.keys(flatKeys(rest)).sort());
}

export function appendLog(file: string, line: LogLine): void {
  // A line of its own also behind a half one: a fatal signal may cut a write where it crosses a page.
  appendFileSync(file, `\n${JSON.stringify(line)}\n`);
}

export function readLog(file: string): readonly LogLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  // A killed writer may leave half a line, and every line begins with a break.
  return lines.flatMap((text) => parseLine(text) ?? []);
}

function parseLine(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}

/** Every key at any depth, so that JSON.stringify with a sorted list writes all of them in one order. */
function flatKeys(value: unknown, keys: Record<string, true> = {}): Record<string, true> {
  if (Array.isArray(value)) for (const item of value) flatKeys(item, keys);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      keys[key] = true;
      flatKeys(inner, keys);
    }
  }
  return keys;
}
