// The check of the random-kill test: the server's journal against the agents' independent logs. Reads the journal's
// file itself, after the server ended, and trusts none of the server's code about what took effect.
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { contentOf, type LogLine } from './spool-log.ts';

const rowSchema = z.object({ seq: z.int(), body: z.string() });
const receiptsSchema = z.array(z.object({ epoch: z.int(), seq: z.int() }));
const entrySchema = z.object({
  input: z.object({
    kind: z.literal('changes.received'),
    agent: z.string(),
    epoch: z.int(),
    items: z.array(z.looseObject({ kind: z.string(), seq: z.int() })),
  }),
  changes: z.array(z.looseObject({ kind: z.string() })),
});

/** What the journal says took effect, by `epoch/seq` of one agent. */
export interface Journaled {
  readonly content: ReadonlyMap<string, string>;
  /** Every sentence is a broken promise. */
  readonly mistakes: readonly string[];
  /** Items that came a second time (the receipt was lost) and rightly had no effect. */
  readonly repeated: number;
}

interface Growing {
  readonly content: Map<string, string>;
  readonly mistakes: string[];
  repeated: number;
}

const emptyAgent = (): Growing => ({ content: new Map(), mistakes: [], repeated: 0 });

/**
 * Walks the inputs in order. An item took effect when the receipt that was committed WITH it moved past its seq. The
 * receipt may only move over items that this very input carries: a gap is a loss, a step back a doubling.
 */
export function readJournal(file: string): ReadonlyMap<string, Journaled> {
  const sql = new DatabaseSync(file, { readOnly: true });
  const found = new Map<string, Growing>();
  const receipts = new Map<string, number>();
  const rows = sql.prepare("SELECT seq, body FROM inputs WHERE kind = 'changes.received' ORDER BY seq");
  for (const raw of rows.iterate()) {
    const row = rowSchema.parse(raw);
    const { input, changes } = entrySchema.parse(JSON.parse(row.body));
    const of = found.get(input.agent) ?? emptyAgent();
    found.set(input.agent, of);
    const place = `${input.agent} ${input.epoch}`;
    const before = receipts.get(place) ?? 0;
    const after = committedReceipt(changes, input) ?? before;
    if (after < before)
      of.mistakes.push(`input ${row.seq}: the receipt went back from ${before} to ${after}`);
    receipts.set(place, Math.max(before, after));
    const carried = new Map(input.items.map((item) => [item.seq, contentOf(item)]));
    for (let seq = before + 1; seq <= after; seq += 1) {
      const content = carried.get(seq);
      if (content === undefined)
        of.mistakes.push(`input ${row.seq}: receipt for ${place}/${seq} without the item`);
      else of.content.set(`${input.epoch}/${seq}`, content);
    }
    for (const [seq, content] of carried) {
      if (seq > after) of.mistakes.push(`input ${row.seq}: ${place}/${seq} came and was not taken`);
      if (seq > before) continue;
      of.repeated += 1;
      if (of.content.get(`${input.epoch}/${seq}`) !== content) {
        of.mistakes.push(`input ${row.seq}: ${place}/${seq} came again with another content`);
      }
    }
  }
  sql.close();
  return found;
}

function committedReceipt(
  changes: readonly { readonly kind: string; readonly [key: string]: unknown }[],
  input: { readonly agent: string; readonly epoch: number },
): number | undefined {
  for (const change of changes) {
    if (change.kind !== 'agent.observed') continue;
    const agent = z.looseObject({ id: z.string(), receipts: receiptsSchema }).parse(change.agent);
    if (agent.id !== input.agent) continue;
    return agent.receipts.find((receipt) => receipt.epoch === input.epoch)?.seq;
  }
  return undefined;
}

/** Empty when every accepted change is in the journal with its own content, and nothing else is. */
export function differences(log: readonly LogLine[], journaled: Journaled): readonly string[] {
  const wrong: string[] = [...journaled.mistakes];
  const intents = new Map<string, Set<string>>();
  const accepted = new Map<string, string>();
  for (const line of log) {
    const place = `${line.epoch}/${line.seq}`;
    if (line.step === 'intent') intents.set(place, (intents.get(place) ?? new Set()).add(line.content));
    else if (accepted.has(place)) wrong.push(`the spool accepted ${place} twice`);
    else accepted.set(place, line.content);
  }
  for (const [place, content] of accepted) {
    const arrived = journaled.content.get(place);
    if (arrived === undefined) wrong.push(`lost: ${place} ${content}`);
    else if (arrived !== content) wrong.push(`changed on the way: ${place} ${content} became ${arrived}`);
  }
  for (const [place, content] of journaled.content) {
    if (intents.get(place)?.has(content) !== true) wrong.push(`invented: ${place} ${content}`);
  }
  return wrong;
}
