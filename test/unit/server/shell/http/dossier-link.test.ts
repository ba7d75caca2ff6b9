// The dossier of one link, of an outage that took both links of a site: each provider gets its own circuit and its own
// evidence, what the incident did not take down is refused, and nobody is told of another customer's links.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyDossier } from '../../../../../server/dossier-verify.ts';
import { type Dossier, dossierSchema } from '../../../../../shared/api/dossier.ts';
import { availabilityReportSchema, type ReportOutage } from '../../../../../shared/api/reports.ts';
import { bearer, type Harness } from './harness.ts';
import { bothLinksCut, startPlayed } from './played.ts';
import { foreign, type TwoCustomers, twoCustomers, unknown } from './two-customers.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigia-dossier-link-'));
let cut: Harness;
let single: Harness;
let outage: ReportOutage;

beforeAll(async () => {
  cut = await startPlayed({ keyIn: folder, transcript: bothLinksCut });
  single = await startPlayed({ keyIn: folder });
  outage = await firstOutageOf(cut);
});
afterAll(async () => {
  await Promise.all([cut.api.close(), single.api.close()]);
  rmSync(folder, { recursive: true });
});

function ask({ api }: Harness, path: string) {
  return api.inject({ url: `/api/v1/reports/${path}`, headers: bearer });
}

async function firstOutageOf(harness: Harness): Promise<ReportOutage> {
  const answer = await ask(harness, 'availability?customer=aurora&month=2026-11');
  const [first] = availabilityReportSchema.parse(answer.json()).outages;
  if (first === undefined) throw new Error('the morning had no outage');
  return first;
}

async function dossier(query: string): Promise<Dossier> {
  const answer = await ask(cut, `dossier?incident=${outage.incident}${query}`);
  expect(answer.statusCode).toBe(200);
  return dossierSchema.parse(answer.json());
}

/** All that the evidence says and holds. */
function evidence({ entries }: Dossier): string {
  return entries.map(({ entry }) => `${entry.text}\n${entry.data}`).join('\n');
}

describe('dossier of one link: refusals', () => {
  it.each([
    ['a link that the site has not', 'oi', 404, '"matriz" has no link "oi"; wanted: vivo or claro'],
    ['a text that is no key', 'Vivo%20SP', 400, ''],
    ['no text at all', '', 400, ''],
  ])('%s is refused at its field', async (_what, link, status, message) => {
    const answer = await ask(cut, `dossier?incident=${outage.incident}&link=${link}`);
    expect(answer.statusCode).toBe(status);
    const [issue] = answer.json().error.issues;
    expect(issue.path).toBe('query.link');
    expect(issue.message).toContain(message);
  });

  it('a link of the site that the incident did not take down is refused with the one it did', async () => {
    const { incident } = await firstOutageOf(single);
    const answer = await ask(single, `dossier?incident=${incident}&link=claro`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.issues).toEqual([
      { path: 'query.link', message: `"${incident}" did not take link "claro" down; wanted: vivo` },
    ]);
    expect((await ask(single, `dossier?incident=${incident}&link=vivo`)).statusCode).toBe(200);
  });
});

describe('dossier of one link: of a site whose links were both cut', () => {
  it('names the circuit, the provider, its telephone and the public address of that link only', async () => {
    const vivo = (await dossier('&link=vivo')).header;
    expect(vivo.incident).toMatchObject({ kind: 'site-offline', cause: 'links' });
    expect(vivo.link).toEqual({
      key: 'vivo',
      name: 'Vivo',
      circuit: 'SPO-1',
      publicAddress: '198.51.100.10',
    });
    expect(vivo.provider).toEqual({ key: 'vivo', name: 'Vivo Empresas', phone: '+55 11 0000-0000' });
    const claro = (await dossier('&link=claro')).header;
    expect(claro.link).toMatchObject({ key: 'claro', circuit: null, publicAddress: '203.0.113.10' });
    expect(claro.provider).toMatchObject({ key: 'claro', name: 'Claro' });
  });

  it('holds what was told of that link and of the site, and nothing of the other link', async () => {
    const whole = await dossier('');
    const vivo = await dossier('&link=vivo');
    expect(evidence(whole)).toMatch(/"link":"claro"/);
    expect(evidence(vivo)).not.toMatch(/"link":"claro"|Claro/);
    expect(vivo.header.incident.witnesses.join()).not.toContain('Claro');
    expect(evidence(vivo)).toContain('link Vivo fora do ar desde 23/11/2026 10:10:01');
    const kinds = vivo.entries.map(({ entry }) => entry.kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['agent.silent', 'address.measured', 'changes.received', 'ticket.reported']),
    );
    expect(vivo.entries.map(({ entry }) => entry.number)).toEqual(kinds.map((_kind, index) => index + 1));
  });

  it('without a link it is the whole incident, as before: no link, no provider, both links told', async () => {
    const whole = await dossier('');
    expect(whole.header).toMatchObject({ link: null, provider: null });
    expect(evidence(whole)).toContain('link Claro fora do ar desde 23/11/2026 10:10:01, com sinais de volta');
  });

  it('is sealed with its link: the verifier names it, and refuses it under another name', async () => {
    const answer = await ask(cut, `dossier?incident=${outage.incident}&link=vivo`);
    expect(answer.headers['content-disposition']).toContain(`dossie-aurora-${outage.incident}-vivo.json`);
    const file = join(folder, 'vivo.json');
    writeFileSync(file, answer.body);
    const sound = verifyDossier({ file });
    expect(sound.exitCode).toBe(0);
    expect(sound.text).toContain('  Link: Vivo, circuito SPO-1, Vivo Empresas');
    for (const [from, to] of [
      ['"circuit":"SPO-1"', '"circuit":"SPO-2"'],
      ['"publicAddress":"198.51.100.10"', '"publicAddress":"198.51.100.11"'],
      ['"phone":"+55 11 0000-0000"', '"phone":"+55 11 0000-0001"'],
    ] as const) {
      expect(answer.body).toContain(from);
      writeFileSync(file, answer.body.replace(from, to));
      expect(verifyDossier({ file }).text).toContain('REFUSED: header');
    }
  });
});

describe('dossier of one link: pages', () => {
  it('tell it in the reader’s language and the site’s time, with no word of the wire', async () => {
    for (const [language, said] of [
      ['pt-BR', 'link Vivo fora do ar desde 23/11/2026 10:10:01'],
      ['en', 'link Vivo down since 23/11/2026 10:10:01'],
    ] as const) {
      const path = `dossier?incident=${outage.incident}&link=vivo&format=html&language=${language}`;
      const { body } = await ask(cut, path);
      for (const text of [said, 'SPO-1', 'Vivo Empresas', '198.51.100.10', '+55 11 0000-0000'])
        expect(body).toContain(text);
      expect(body).not.toMatch(/\d{4}-\d\d-\d\dT|recovering|vivo: /);
    }
  });

  it('offer one dossier for each link, where the incident has no single one, and each address works', async () => {
    const printed = await ask(cut, 'availability?customer=aurora&month=2026-11&format=html');
    const whole = await ask(cut, `dossier?incident=${outage.incident}&format=html`);
    for (const { body } of [printed, whole]) {
      const found = [...body.matchAll(/<a href="(dossier\?[^"]+)">([^<]+)<\/a>/g)];
      expect(found.map(([, , name]) => name)).toEqual(['Vivo', 'Claro']);
      for (const [, address = ''] of found)
        expect((await ask(cut, address.replaceAll('&amp;', '&'))).statusCode).toBe(200);
    }
    const one = await ask(cut, `dossier?incident=${outage.incident}&link=vivo&format=html`);
    expect(one.body).not.toContain('<a href');
  });

  it('the report names the links that each outage took down', async () => {
    expect(outage).toMatchObject({
      link: null,
      links: [
        { key: 'vivo', name: 'Vivo' },
        { key: 'claro', name: 'Claro' },
      ],
    });
    expect((await firstOutageOf(single)).links).toEqual([{ key: 'vivo', name: 'Vivo' }]);
  });
});

describe('dossier of one link: scope', () => {
  let world: TwoCustomers;
  beforeAll(async () => {
    world = await twoCustomers();
  });
  afterAll(() => world.harness.api.close());

  it('a viewer of one customer gets no link of another, and cannot tell it from one that is nowhere', async () => {
    const headers = await world.tokenOf('viewer', ['aurora']);
    const answer = async (incident: string, link: string) => {
      const url = `/api/v1/reports/dossier?incident=${incident}&link=${link}`;
      const { statusCode, body } = await world.harness.api.inject({ url, headers });
      return [statusCode, body.replaceAll(link, 'LINK').replaceAll(incident, 'INCIDENT')];
    };
    for (const incident of ['inc-7-0', 'inc-30-0', foreign.incident]) {
      const said = await answer(incident, foreign.link);
      expect(said).toEqual(await answer(incident, unknown.link));
      expect(said[0]).not.toBe(200);
    }
    expect(await answer(foreign.incident, foreign.link)).toEqual(await answer(unknown.incident, 'vivo'));
    expect((await answer('inc-7-0', 'vivo'))[0]).toBe(200);
    const all = await world.harness.api.inject({
      url: `/api/v1/reports/dossier?incident=${foreign.incident}&link=${foreign.link}`,
      headers: bearer,
    });
    expect(all.json().header.link).toMatchObject({ key: foreign.link, circuit: 'CPS-777' });
  });
});
