// The failure catalogue and the manual say the same, in both directions.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { failureCodes } from '../../../shared/failure.ts';

it('failure codes: ARCHITECTURE.md lists exactly the codes of the catalogue, with their meanings', () => {
  const manual = readFileSync(new URL('../../../ARCHITECTURE.md', import.meta.url), 'utf8');
  const section = manual.slice(manual.indexOf('## 6. Failure codes'), manual.indexOf('## 7.'));
  const listed = [...section.matchAll(/^\| `([\w.-]+)` \| (.+) \|$/gm)].map((match) => [match[1], match[2]]);
  expect(listed).toEqual(Object.entries(failureCodes));
});
