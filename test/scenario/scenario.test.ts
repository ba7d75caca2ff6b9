// Runs every transcript of this folder. `node test/scenario/rewrite.ts` writes their output anew; read the difference
// line by line before you commit it.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { play } from './transcript.ts';

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));

describe('scenario', () => {
  it.each(files)('%s says what the core concludes', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    expect(play(text)).toBe(text);
  });

  it('finds the transcripts', () => expect(files.length).toBeGreaterThanOrEqual(12));
});
