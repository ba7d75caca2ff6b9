// The wall says of a thing what its ticket and its report say: two lists of words, one meaning each.
import { describe, expect, test } from 'vitest';
import { en } from '../../../../server/console/i18n/en.ts';
import { pt } from '../../../../server/console/i18n/pt.ts';
import { catalogueEn } from '../../../../server/core/view/catalogue-en.ts';
import { cataloguePt } from '../../../../server/core/view/catalogue-pt.ts';
import { incidentKinds } from '../../../../shared/words.ts';

const told = [
  ['pt-BR', pt, cataloguePt],
  ['en', en, catalogueEn],
] as const;

describe.each(told)('in %s', (_language, console, { messages }) => {
  test('how a machine stopped has the same name on the wall and in the ticket', () => {
    for (const cause of ['power', 'crash', 'hang', 'out-of-memory', 'virtual-machine-killed'] as const)
      expect(console.cause[cause]).toBe(messages[`cause.${cause}`]);
  });

  test('a kind has the same name on the wall and in the report', () => {
    for (const kind of incidentKinds) expect(console.kind[kind]).toBe(messages[`kind.${kind}`]);
  });

  test('no two causes have one name', () => {
    const names = Object.values(console.cause);
    expect(new Set(names).size).toBe(names.length);
  });
});
