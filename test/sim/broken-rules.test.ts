// Who checks the transcripts: each rule of the correlator, broken on purpose, must change what a named transcript
// concludes, by a line that a technician would see. A broken rule that changes nothing is a rule nobody watches.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { play } from '../scenario/transcript.ts';
import { type BrokenRule, brokenRules } from './broken-rules.ts';
import { mutationsFile, mutationsText } from './mutations.ts';

const folder = new URL('../scenario/', import.meta.url);
const transcripts = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({ name: name.slice(0, -4), text: readFileSync(new URL(name, folder), 'utf8') }));

const table: string[] = [];

function textOf(name: string): string {
  const found = transcripts.find((each) => each.name === name);
  expect(found, `there is a transcript ${name}`).toBeDefined();
  return found?.text ?? '';
}

/** Lines that the real core says and this one does not, or the reverse; a broken core that stops is caught as well. */
function changedLines({ cores }: BrokenRule, text: string): readonly string[] {
  let played: string;
  try {
    played = play(text, cores);
  } catch (error) {
    return [`stops: ${String(error)}`];
  }
  const [said, says] = [text.split('\n'), played.split('\n')];
  return [
    ...said.filter((line) => !says.includes(line)).map((line) => `-${line}`),
    ...says.filter((line) => !said.includes(line)).map((line) => `+${line}`),
  ];
}

afterAll(() => {
  const lines = table.sort().map((line) => `  ${line}`);
  process.stdout.write(`\nbroken rule -> caught by (and this many other transcripts)\n${lines.join('\n')}\n`);
});

describe('sim: a broken rule is caught by a transcript', () => {
  test('the real core says what the transcripts say', () => {
    for (const { text, name } of transcripts) expect(play(text), name).toBe(text);
  });

  test('every rule stands once in the table, with at least thirty in all', () => {
    expect(new Set(brokenRules.map((rule) => rule.breaks)).size).toBe(brokenRules.length);
    expect(brokenRules.length).toBeGreaterThanOrEqual(30);
  });

  test('the page for people names every break and what catches it', () => {
    expect(readFileSync(mutationsFile, 'utf8')).toBe(mutationsText());
  });

  test.for(brokenRules)('$breaks: $transcript says otherwise', (rule) => {
    expect(changedLines(rule, textOf(rule.transcript))).not.toEqual([]);
    const others = transcripts.filter(
      ({ name, text }) => name !== rule.transcript && changedLines(rule, text).length > 0,
    );
    table.push(`${rule.breaks.padEnd(64)} ${rule.transcript} (${others.length})`);
  });
});
