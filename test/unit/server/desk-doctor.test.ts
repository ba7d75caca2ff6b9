// `desk doctor`: what it prints of a desk, that it sends nothing, and that no secret is ever in it.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declarativeReport } from '../../../server/desk-doctor.ts';
import { type DeskPlan, deskKinds, readDesk } from '../../../server/desk-kinds.ts';
import type { Issue } from '../../../shared/failure.ts';

const fixture = readFileSync(new URL('../../fixtures/desks/mysuite-like.yaml', import.meta.url), 'utf8');
const secret = 'segredo-que-ninguem-pode-ler';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-doctor-'));
  writeFileSync(join(folder, 'perfil.yaml'), fixture);
  writeFileSync(join(folder, 'segredo'), `${secret}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'aberto'), secret);
  chmodSync(join(folder, 'aberto'), 0o644);
  writeFileSync(join(folder, 'vazio'), '\n', { mode: 0o600 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const given = (more: object = {}) => ({
  kind: 'http',
  profile: 'perfil.yaml',
  vars: { host: '127.0.0.1:9', sigla: 'abc', codempresa: '7' },
  secretFiles: { secret: 'segredo' },
  ...more,
});

function printed(raw: unknown): { readonly text: string; readonly code: number } {
  const report = declarativeReport(raw, folder);
  if (!report.ok) throw new Error(JSON.stringify(report.failure));
  return { text: report.value.lines.join('\n'), code: report.value.code };
}

function desk(raw: unknown): { readonly plan: DeskPlan | undefined; readonly issues: readonly Issue[] } {
  const issues: Issue[] = [];
  return { plan: readDesk(raw, folder, issues), issues };
}

describe('desk doctor', () => {
  it('of the mysuite profile: what is known, what is missing, what to ask', async () => {
    const vars = { host: 'empresa.mysuite.com.br', sigla: 'abc' };
    const { text, code } = printed({ kind: 'http', profile: 'mysuite', vars });
    expect(code).toBe(1);
    await expect(`${text}\n`).toMatchFileSnapshot('../../fixtures/desks/doctor-mysuite.txt');
  });

  it('of a complete profile: every request as it would be sent', async () => {
    const { text, code } = printed(given());
    expect(code).toBe(0);
    expect(text).not.toContain('Perguntas');
    await expect(`${text}\n`).toMatchFileSnapshot('../../fixtures/desks/doctor-complete.txt');
  });

  it('never shows a secret, nor what is computed from one', () => {
    const { text } = printed(given());
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/servicekey=[0-9a-f]{32}/);
    expect(text).toContain('servicekey=***servicekey***');
  });

  it('names a secret file that is missing, readable by others or empty', () => {
    for (const file of ['nenhum', 'aberto', 'vazio', '.']) {
      const { text, code } = printed(given({ secretFiles: { secret: file } }));
      expect({ file, code }).toEqual({ file, code: 1 });
      expect(text).toContain('desk.secretFiles.secret: ');
      expect(text).not.toContain(secret);
    }
  });

  it('fails with every mistake of the profile', () => {
    writeFileSync(
      join(folder, 'ruim.yaml'),
      fixture.replace('/teste/abrir', 'abrir').replace('{body}', '{corpo}'),
    );
    expect(declarativeReport(given({ profile: 'ruim.yaml' }), folder)).toMatchObject({
      ok: false,
      failure: { code: 'config.invalid', issues: { length: 3 } },
    });
  });
});

describe('the desk of a configuration', () => {
  it('is the built-in one when none is named', () => {
    expect(desk(undefined).plan).toMatchObject({ kind: 'local' });
  });

  it('is opened by its kind, with the secret from its file', () => {
    const { plan, issues } = desk(given());
    expect(issues).toEqual([]);
    expect(plan).toMatchObject({ kind: 'outside', name: 'http' });
    expect(JSON.stringify(plan)).not.toContain(secret);
  });

  it('refuses a profile that nobody confirmed, in words that say what to do', () => {
    const { plan, issues } = desk({ kind: 'http', profile: 'mysuite' });
    expect(plan).toBeUndefined();
    expect(issues[0]?.message).toContain('desk.kind: manual');
    expect(issues.map(({ path }) => path)).toContain('operations.create');
  });

  it('kind mysuite is the declarative desk with that profile', () => {
    const { plan, issues } = desk({
      kind: 'mysuite',
      vars: { host: 'empresa.mysuite.com.br', sigla: 'abc' },
    });
    expect(plan).toBeUndefined();
    expect(issues[0]).toMatchObject({ path: 'desk.profile', message: expect.stringContaining('"mysuite"') });
    expect(deskKinds).toContain('mysuite');
  });

  it('names the kinds there are for one that there is not', () => {
    for (const kind of ['zendesk', 'constructor', '']) {
      const { issues } = desk({ kind });
      expect(issues).toMatchObject([
        { path: 'desk.kind', message: expect.stringContaining('request-tracker') },
      ]);
    }
    expect(deskKinds).toContain('manual');
  });

  it('tells every mistake under its path', () => {
    const { issues } = desk({ kind: 'redmine', url: 'x', surprise: 1 });
    expect(issues.map(({ path }) => path)).toEqual(expect.arrayContaining(['desk.url', 'desk.surprise']));
    expect(desk({ kind: 'manual', name: '', other: 1 }).issues).toHaveLength(2);
  });

  it('takes `onUncertain` at every kind of somebody else´s desk, and holds unless told otherwise', () => {
    const uncertain = (raw: unknown) => {
      const { plan } = desk(raw);
      return plan?.kind === 'outside' ? plan.onUncertain : undefined;
    };
    expect(uncertain(given())).toBe('hold');
    expect(uncertain(given({ onUncertain: 'retry' }))).toBe('retry');
    expect(printed(given({ onUncertain: 'retry' })).code).toBe(0);
    const webhook = { kind: 'webhook', url: 'https://central.example/', secretFile: 'segredo' };
    expect(desk({ ...webhook, onUncertain: 'retry' }).issues.map(({ path }) => path)).not.toContain(
      'desk.onUncertain',
    );
  });

  it('names a wrong `onUncertain`, and one where there is nothing to be uncertain about', () => {
    expect(desk(given({ onUncertain: 'again' })).issues).toEqual([
      { path: 'desk.onUncertain', message: 'wanted: one of hold, retry' },
    ]);
    expect(printed(given({ onUncertain: 'again' })).text).toContain('desk.onUncertain: ');
    expect(desk({ kind: 'manual', onUncertain: 'retry' }).issues[0]?.path).toContain('desk');
  });
});
