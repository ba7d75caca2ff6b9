// Reports and dossiers over the API, of a morning that the real core has lived through: the page, the table and the JSON say
// the same, and the dossier's file holds before the real verifier command until one byte of it is another.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dossierSchema } from '../../../../../shared/api/dossier.ts';
import { availabilityReportSchema } from '../../../../../shared/api/reports.ts';
import { minute, second } from '../../../../../shared/time.ts';
import { bearer, type Harness } from './harness.ts';
import { firstOutage, startPlayed } from './played.ts';

const root = join(import.meta.dirname, '../../../../..');
const folder = mkdtempSync(join(tmpdir(), 'vigia-reports-'));
let harness: Harness;

beforeAll(async () => {
  harness = await startPlayed({ keyIn: folder });
});
afterAll(async () => {
  await harness.api.close();
  rmSync(folder, { recursive: true });
});

function get(path: string) {
  return harness.api.inject({ url: `/api/v1/reports/${path}`, headers: bearer });
}

async function report() {
  return availabilityReportSchema.parse((await get('availability?customer=aurora&month=2026-11')).json());
}

async function firstIncident(): Promise<string> {
  const { outages } = await report();
  return outages.find(({ protocol }) => protocol === firstOutage)?.incident ?? '';
}

describe('reports: refusals', () => {
  it.each([
    ['availability?customer=nobody&month=2026-11', 404, 'query.customer'],
    ['availability?customer=aurora&month=2026-12', 400, 'query.month'],
    ['availability?customer=aurora&month=2026-13', 400, 'query.month'],
    ['availability?customer=aurora', 400, 'query.month'],
    ['availability?customer=aurora&month=2026-11&format=pdf', 400, 'query.format'],
    ['dossier', 400, 'query.incident'],
  ])('%s is refused at its field', async (path, status, field) => {
    const answer = await get(path);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error.issues[0].path).toBe(field);
  });

  it('nobody reads one without a credential, and an unknown incident has no dossier', async () => {
    const url = '/api/v1/reports/availability?customer=aurora&month=2026-11';
    expect((await harness.api.inject({ url })).statusCode).toBe(401);
    expect((await get('dossier?incident=inc-999-0')).statusCode).toBe(404);
  });
});

describe('reports: a month', () => {
  it('counts what was out to the second, and never counts what nobody watched as up', async () => {
    const { rows, outages } = await report();
    const vivo = rows.find(({ kind, key }) => kind === 'link' && key === 'vivo');
    const claro = rows.find(({ kind, key }) => kind === 'link' && key === 'claro');
    const downMs = 19 * minute + 58 * second + 20 * minute + 59 * second;
    expect(vivo).toMatchObject({ outages: 2, downMs, coverage: 'measured' });
    expect(vivo?.upMs).toBe(119 * minute - downMs);
    expect(claro).toMatchObject({ outages: 0, downMs: 0, availability: 1 });
    expect(vivo?.noDataMs).toBeGreaterThan(20 * 24 * 60 * minute);
    expect(outages.map(({ protocol, detectionMs }) => [protocol, detectionMs > 0])).toEqual([
      [firstOutage, true],
      ['VIG-2026-000002', true],
    ]);
  });

  it('the page and the table say the same as the JSON', async () => {
    const { rows, outages } = await report();
    const page = await get('availability?customer=aurora&month=2026-11&format=html');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.body).toContain('novembro de 2026');
    for (const { title } of outages) expect(page.body).toContain(title);
    const table = await get('availability?customer=aurora&month=2026-11&format=csv');
    expect(table.headers['content-disposition']).toContain('disponibilidade-aurora-2026-11.csv');
    for (const { name } of rows) expect(table.body).toContain(name);
    for (const { protocol } of outages) expect(table.body).toContain(protocol);
  });

  it('the page brings its own style and no script, and speaks the language it was asked in', async () => {
    const { body, headers } = await get('availability?customer=aurora&month=2026-11&format=html&language=en');
    expect(body).not.toContain('<script');
    expect(String(headers['content-security-policy'])).toContain("style-src 'self' 'sha256-");
    expect(body).toContain('lang="en"');
  });
});

describe('reports: the dossier of a link outage', () => {
  const verify = (file: string, ...more: readonly string[]) =>
    spawnSync(process.execPath, [join(root, 'server/main.ts'), 'dossier', 'verify', file, ...more], {
      encoding: 'utf8',
    });

  it('holds what each witness said, in order, and only about this incident', async () => {
    const answer = await get(`dossier?incident=${await firstIncident()}`);
    expect(answer.headers['content-disposition']).toContain('dossie-aurora-');
    const { header, entries } = dossierSchema.parse(answer.json());
    expect(header).toMatchObject({ downMs: 19 * minute + 58 * second, evidence: { complete: true } });
    expect(header.incident.protocol).toBe(firstOutage);
    const told = entries.map(({ entry }) => `${entry.who}: ${entry.kind}`);
    expect(told).toContain('srv-ad: changes.received');
    expect(told).toContain('vigia: address.measured');
    expect(told).toContain('local: ticket.reported');
    expect(entries.map(({ entry }) => entry.number)).toEqual(entries.map((_each, index) => index + 1));
    const said = entries.map(({ entry }) => `${entry.text} ${entry.data}`).join('\n');
    expect(said).toContain('link Vivo fora do ar desde 23/11/2026 10:10:02');
    expect(said).not.toMatch(/link Claro|"link":"claro"/);
  });

  it('is found sound by the command, and refused with one byte changed anywhere', async () => {
    const { body } = await get(`dossier?incident=${await firstIncident()}`);
    const file = join(folder, 'dossie.json');
    writeFileSync(file, body);
    const sound = verify(file);
    expect([sound.status, sound.stderr]).toEqual([0, '']);
    expect(sound.stdout).toContain('DOSSIÊ ÍNTEGRO');
    expect(sound.stdout).toContain('19 min 58 s');
    const bytes = Buffer.from(body, 'utf8');
    for (const place of [0.02, 0.5, 0.98]) {
      const changed = Buffer.from(bytes);
      const position = Math.floor(bytes.length * place);
      changed[position] = (changed[position] ?? 0) ^ 0x01;
      writeFileSync(file, changed);
      const refused = verify(file);
      expect(refused.status).toBe(1);
      expect(refused.stdout).toContain('DOSSIÊ RECUSADO');
    }
  });

  it('made with another key is sound in itself, and refused where the fingerprint is asked for', async () => {
    const { body } = await get(`dossier?incident=${await firstIncident()}`);
    const file = join(folder, 'dossie.json');
    writeFileSync(file, body);
    const own = /Chave: (.+)/.exec(
      execFileSync(process.execPath, [join(root, 'server/main.ts'), 'dossier', 'verify', file], {
        encoding: 'utf8',
      }),
    )?.[1];
    expect(verify(file, '--fingerprint', own ?? '').status).toBe(0);
    const other = verify(
      file,
      '--fingerprint',
      (own ?? '').replace(/^./, (first) => (first === 'a' ? 'b' : 'a')),
    );
    expect(other.status).toBe(1);
  });

  it('as a page it tells the evidence and how to check it', async () => {
    const { body } = await get(`dossier?incident=${await firstIncident()}&format=html`);
    expect(body).toContain(firstOutage);
    expect(body).toContain('dossier verify');
  });
});
