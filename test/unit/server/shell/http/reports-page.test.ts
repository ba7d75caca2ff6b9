// docs/reports.md shows what the program says today: a table of a month, and the verifier's two answers.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyDossier } from '../../../../../server/dossier-verify.ts';
import { bearer, type Harness } from './harness.ts';
import { startPlayed } from './played.ts';

const manual = readFileSync(join(import.meta.dirname, '../../../../../docs/reports.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'vigia-reports-page-'));
const file = join(folder, 'dossie.json');
let harness: Harness;

beforeAll(async () => {
  harness = await startPlayed({ keyIn: folder });
});
afterAll(async () => {
  await harness.api.close();
  rmSync(folder, { recursive: true });
});

async function get(path: string): Promise<string> {
  const answer = await harness.api.inject({ url: `/api/v1/reports/${path}`, headers: bearer });
  expect(answer.statusCode).toBe(200);
  return answer.body;
}

/** Each test server signs with a key of its own. */
function withoutKey(text: string): string {
  return text.replace(/Chave: .*/, 'Chave: (impressão digital deste servidor)');
}

function block(text: string): string {
  return `\n${text.trim()}\n\`\`\``;
}

describe('docs/reports.md', () => {
  it('shows the table of outages as the server gives it', async () => {
    const table = await get('availability?customer=aurora&month=2026-11&format=csv&table=outages');
    expect(manual).toContain(block(table.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')));
  });

  it('shows what the verifier says of a sound dossier and of one with a changed byte', async () => {
    const body = await get('dossier?incident=inc-13-0');
    writeFileSync(file, body);
    expect(manual).toContain(block(withoutKey(verifyDossier({ file, fingerprint: undefined }).text)));
    const bytes = Buffer.from(body, 'utf8');
    // The second digit of how long it was down: a claim made a little larger.
    const place = body.indexOf('"downMs":') + '"downMs":'.length + 1;
    const position = Buffer.byteLength(body.slice(0, place));
    bytes[position] = (bytes[position] ?? 0) ^ 0x01;
    writeFileSync(file, bytes);
    expect(manual).toContain(block(verifyDossier({ file, fingerprint: undefined }).text));
  });
});
