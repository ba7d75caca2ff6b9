// The random-kill check must itself be able to fail: a loss, a doubling, a change on the way and an invention are
// each put into a journal file by hand here and must each be named.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { differences, readJournal } from './compare.ts';
import { contentOf, type LogLine } from './spool-log.ts';

interface Item {
  readonly kind: string;
  readonly seq: number;
  readonly link: string;
  readonly status: string;
}

const item = (seq: number, status = 'down'): Item => ({ kind: 'link.changed', seq, link: 'vivo', status });

describe('random kills: the check', () => {
  let folder = '';
  let written = 0;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigia-compare-'));
    written = 0;
    journal((sql) => sql.exec('CREATE TABLE inputs (seq INTEGER PRIMARY KEY, kind TEXT, body TEXT)'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function journal(use: (sql: DatabaseSync) => void): void {
    const sql = new DatabaseSync(join(folder, 'journal.sqlite'));
    use(sql);
    sql.close();
  }

  /** One input with its items, and the receipt committed with it. */
  function received(items: readonly Item[], receipt: number | undefined): void {
    written += 1;
    const input = { kind: 'changes.received', agent: 'a1', epoch: 7, items };
    const observed = { kind: 'agent.observed', agent: { id: 'a1', receipts: [{ epoch: 7, seq: receipt }] } };
    const body = JSON.stringify({ input, changes: receipt === undefined ? [] : [observed] });
    journal((sql) => sql.prepare("INSERT INTO inputs VALUES (?, 'changes.received', ?)").run(written, body));
  }

  function found(log: readonly LogLine[]): readonly string[] {
    const journaled = readJournal(join(folder, 'journal.sqlite')).get('a1');
    return differences(log, journaled ?? { content: new Map(), mistakes: [], repeated: 0 });
  }

  test('every accepted change once in the journal is no difference', () => {
    received([item(1), item(2)], 2);
    received([item(3)], 3);
    expect(found(accepted(item(1), item(2), item(3)))).toEqual([]);
  });

  test('a repetition after a lost receipt has no effect and is no difference', () => {
    received([item(1)], 1);
    received([item(1), item(2)], 2);
    received([item(2)], undefined);
    expect(found(accepted(item(1), item(2)))).toEqual([]);
  });

  test('a lost change is named', () => {
    received([item(1)], 1);
    expect(found(accepted(item(1), item(2)))).toEqual([expect.stringContaining('lost: 7/2')]);
  });

  test('a receipt over a change that never came is named', () => {
    received([item(1), item(3)], 3);
    expect(found(accepted(item(1), item(2), item(3)))).toEqual([
      expect.stringContaining('without the item'),
      expect.stringContaining('lost: 7/2'),
    ]);
  });

  test('a receipt that goes back is named: what follows would be taken twice', () => {
    received([item(1), item(2)], 2);
    received([item(2)], 1);
    expect(found(accepted(item(1), item(2)))[0]).toContain('went back');
  });

  test('a change that arrives with another content is named', () => {
    received([item(1, 'up')], 1);
    const wrong = found(accepted(item(1)));
    expect(wrong).toContainEqual(expect.stringContaining('changed on the way'));
    expect(wrong).toContainEqual(expect.stringContaining('invented'));
  });

  test('a change nobody meant to write is named', () => {
    received([item(1), item(2)], 2);
    expect(found(accepted(item(1)))).toEqual([expect.stringContaining('invented: 7/2')]);
  });

  test('a change that was meant and committed, but whose writer died before it could say so, is no difference', () => {
    received([item(1), item(2)], 2);
    const died: LogLine = { step: 'intent', epoch: 7, seq: 2, content: contentOf(item(2)) };
    expect(found([...accepted(item(1)), died])).toEqual([]);
  });

  test('a number that the spool accepts twice is named', () => {
    received([item(1)], 1);
    expect(found([...accepted(item(1)), ...accepted(item(1))])).toContainEqual(
      expect.stringContaining('accepted 7/1 twice'),
    );
  });

  test('instants do not count as content, everything else does at any depth', () => {
    const base = { kind: 'link.changed', evidence: [{ target: 'x', lost: 1 }] };
    expect(contentOf({ ...base, at: 1, since: 2 } as never)).toBe(
      contentOf({ ...base, at: 5, since: 9 } as never),
    );
    expect(contentOf({ ...base, evidence: [{ target: 'x', lost: 2 }] } as never)).not.toBe(contentOf(base));
    expect(contentOf({ evidence: [{ lost: 1, target: 'x' }], kind: 'link.changed' } as never)).toBe(
      contentOf(base),
    );
  });
});

function accepted(...items: readonly Item[]): readonly LogLine[] {
  return items.flatMap((each) => {
    const line = { epoch: 7, seq: each.seq, content: contentOf(each) };
    return [
      { step: 'intent', ...line },
      { step: 'accepted', ...line },
    ] as const;
  });
}
