// What is broken on purpose and what catches it, as a page for people: MUTATIONS.md beside this file, written by
// `node test/sim/mutations.ts` and held equal to the tables by broken-rules.test.ts. Which row really catches its break
// is shown by the tests that play it, not by this text.
import { writeFileSync } from 'node:fs';
import { brokenRules } from './broken-rules.ts';
import { mutants } from './mutants.ts';

export const mutationsFile = new URL('MUTATIONS.md', import.meta.url);

export function mutationsText(): string {
  return `${[
    '# Broken on purpose',
    '',
    'Each row is one deliberate break of the correlator or the agent, and what catches it. `npm test` breaks every rule of',
    'the first table, plays the named transcript (and counts how many others change too), and fails when a line of it does',
    'not change; the breaks of the second table must make the simulator fail, where the real code passes.',
    'This page is written by `node test/sim/mutations.ts`; a test holds it equal to `broken-rules.ts` and `mutants.ts`.',
    '',
    `## ${brokenRules.length} broken rules, each caught by a transcript of \`test/scenario\``,
    '',
    ...table(['What is broken', 'Caught by'], brokenRules.map(transcriptRow)),
    '',
    `## ${mutants.length} broken cores, each caught by the simulator`,
    '',
    ...table(
      ['What is broken', 'Caught as'],
      mutants.map(({ promise, noticed }) => [promise, noticed.map((kind) => `\`${kind}\``).join(', ')]),
    ),
  ].join('\n')}\n`;
}

function transcriptRow({ breaks, transcript }: (typeof brokenRules)[number]): readonly string[] {
  return [breaks, `[${transcript}](../scenario/${transcript}.txt)`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

if (import.meta.main) writeFileSync(mutationsFile, mutationsText());
