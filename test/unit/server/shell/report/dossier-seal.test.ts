// The seal of a dossier: every single-byte change is refused, and so is each cleverer one.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { verifyDossier } from '../../../../../server/dossier-verify.ts';
import {
  type DossierKey,
  dossierKeyPath,
  openDossierKey,
} from '../../../../../server/shell/report/dossier-key.ts';
import {
  checkDossier,
  dossierText,
  fingerprintOf,
  sealedDossier,
} from '../../../../../server/shell/report/dossier-seal.ts';
import { type Dossier, type DossierEntry, dossierFormat } from '../../../../../shared/api/dossier.ts';
import { assert } from '../../../../../shared/assert.ts';

const directory = mkdtempSync(join(tmpdir(), 'vigia-dossier-'));
afterAll(() => rmSync(directory, { recursive: true }));

function keyIn(folder: string): DossierKey {
  const key = openDossierKey(folder);
  assert(key.ok, 'the test may write its own folder');
  return key.value;
}

const key = keyIn(directory);
const iso = '2026-11-20T12:00:00.000Z';

function entry(number: number): DossierEntry {
  return {
    number,
    seq: 40 + number,
    at: iso,
    who: 'srv-ad',
    kind: 'changes.received',
    text: 'O agente em srv-ad informou: vivo: down — não responde',
    data: '{"kind":"changes.received"}',
    concluded: null,
  };
}

function dossierOf(count: number, signer = key): Dossier {
  return sealedDossier(
    {
      format: dossierFormat,
      language: 'pt-BR',
      generatedAt: iso,
      release: '0.1.0',
      publicKey: signer.publicKey,
      customer: { key: 'aurora', name: 'Padaria Aurora', cnpj: null },
      site: { key: 'matriz', name: 'Matriz', city: 'São Paulo', state: 'SP', timeZone: 'America/Sao_Paulo' },
      link: { key: 'vivo', name: 'Vivo', circuit: 'SPO-1' },
      host: null,
      provider: null,
      incident: {
        id: 'inc-42-0',
        kind: 'link-down',
        cause: 'provider',
        title: 'Link Vivo (principal) fora do ar — Padaria Aurora, Matriz',
        causeText: 'falha na rede da operadora',
        state: 'closed',
        detectedAt: iso,
        confirmedAt: iso,
        openedAt: iso,
        recoveredAt: null,
        resolvedAt: null,
        closedAt: null,
        protocol: null,
        registeredAt: null,
        retro: false,
        flapping: false,
        witnesses: [],
        refused: [],
      },
      outages: [{ from: iso, to: '2026-11-20T12:10:00.000Z', share: 1 }],
      downMs: 600_000,
      evidence: { from: iso, to: iso, complete: true },
    },
    Array.from({ length: count }, (_, index) => entry(index + 1)),
    signer,
  );
}

const bytes = Buffer.from(dossierText(dossierOf(3)), 'utf8');

function refusal(changed: Uint8Array): string {
  const check = checkDossier(changed);
  return check.kind === 'sound' ? 'sound' : check.because;
}

/** Sealed anew, as somebody without the key could. */
function text(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`, 'utf8');
}

describe('dossier: the seal', () => {
  it('holds as it was made, also with no evidence at all', () => {
    expect(checkDossier(bytes)).toMatchObject({ kind: 'sound', fingerprint: fingerprintOf(key.publicKey) });
    expect(refusal(Buffer.from(dossierText(dossierOf(0))))).toBe('sound');
  });

  it('refuses every byte that is another one', () => {
    const accepted: number[] = [];
    for (let position = 0; position < bytes.length; position += 1) {
      for (const mask of [0x01, 0x20, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[position] = (changed[position] ?? 0) ^ mask;
        if (refusal(changed) === 'sound') accepted.push(position);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('refuses any byte set, taken out or put in, anywhere', () => {
    const where = fc.integer({ min: 0, max: bytes.length - 1 });
    fc.assert(
      fc.property(where, fc.integer({ min: 0, max: 255 }), (position, value) => {
        const before = bytes.subarray(0, position);
        const after = bytes.subarray(position + 1);
        if (bytes[position] !== value)
          expect(refusal(Buffer.concat([before, Buffer.of(value), after]))).not.toBe('sound');
        expect(refusal(Buffer.concat([before, after]))).not.toBe('sound');
        expect(refusal(Buffer.concat([before, Buffer.of(value), bytes.subarray(position)]))).not.toBe(
          'sound',
        );
      }),
      { numRuns: 1_500 },
    );
  });

  it('refuses evidence taken out, put in twice, or in another order, even where the rest is left', () => {
    const dossier = dossierOf(3);
    const { entries } = dossier;
    const [first, second, third] = entries;
    const canonical = (each: Dossier): string => refusal(Buffer.from(dossierText(each)));
    expect(canonical({ ...dossier, entries: [first, third].filter((each) => each !== undefined) })).toBe(
      'entry',
    );
    expect(
      canonical({ ...dossier, entries: [second, first, third].filter((each) => each !== undefined) }),
    ).toBe('entry');
    expect(canonical({ ...dossier, entries: entries.slice(0, 2) })).toBe('final');
    expect(canonical({ ...dossier, entries: [] })).toBe('final');
    expect(canonical({ ...dossier, header: { ...dossier.header, downMs: 1 } })).toBe('header');
  });

  it('covers whose link it is: circuit, public address, provider and telephone, which older ones have not', () => {
    const { header } = dossierOf(1);
    const named = {
      ...header,
      link: { key: 'vivo', name: 'Vivo', circuit: 'SPO-1', publicAddress: '198.51.100.10' },
      provider: { key: 'vivo', name: 'Vivo Empresas', phone: '+55 11 0000-0000' },
    };
    const sealed = sealedDossier(named, [entry(1)], key);
    expect(refusal(Buffer.from(dossierText(sealed)))).toBe('sound');
    for (const forged of [
      { ...named, link: { ...named.link, key: 'claro' } },
      { ...named, link: { ...named.link, circuit: 'SPO-2' } },
      { ...named, link: { ...named.link, publicAddress: null } },
      { ...named, link: header.link },
      { ...named, link: null },
      { ...named, provider: { ...named.provider, phone: null } },
      { ...named, provider: null },
    ])
      expect(refusal(Buffer.from(dossierText({ ...sealed, header: forged })))).toBe('header');
  });

  it('refuses a chain that was made anew without the key', () => {
    const other = keyIn(mkdtempSync(join(directory, 'other-')));
    const forged = dossierOf(2, { publicKey: key.publicKey, sign: other.sign });
    expect(refusal(Buffer.from(dossierText(forged)))).toBe('signature');
    // With a key of his own it is sound, but not the server's.
    const own = Buffer.from(dossierText(dossierOf(2, other)));
    expect(checkDossier(own).kind).toBe('sound');
    expect(checkDossier(own, fingerprintOf(key.publicKey))).toEqual({
      kind: 'refused',
      because: 'other-key',
    });
    expect(checkDossier(bytes, fingerprintOf(key.publicKey).toUpperCase()).kind).toBe('sound');
  });

  it('refuses what no dossier is, without failing over it', () => {
    const dossier = dossierOf(1);
    expect(refusal(Buffer.alloc(0))).toBe('not-json');
    expect(refusal(Buffer.of(0xff, 0xfe))).toBe('not-json');
    expect(refusal(Buffer.from('['.repeat(200_000)))).toBe('not-json');
    expect(refusal(Buffer.from('{"header":1e999}\n'))).toBe('not-a-dossier');
    expect(refusal(text({ ...dossier, extra: true }))).toBe('not-a-dossier');
    expect(refusal(text({ ...dossier, signature: `${dossier.signature}=` }))).not.toBe('sound');
    // The same values in another order of fields.
    const { signature, ...rest } = dossier;
    expect(refusal(text({ signature, ...rest }))).toBe('not-canonical');
  });
});

describe('dossier: the key', () => {
  it('is made once, for its owner alone, and is the same at the next opening', () => {
    expect(keyIn(directory).publicKey).toBe(key.publicKey);
    if (process.platform !== 'win32') expect(statSync(dossierKeyPath(directory)).mode & 0o777).toBe(0o600);
    expect(readFileSync(dossierKeyPath(directory), 'utf8')).toContain('PRIVATE KEY');
  });

  it('that cannot be read is a failure, and is not replaced', () => {
    const folder = mkdtempSync(join(directory, 'broken-'));
    writeFileSync(dossierKeyPath(folder), 'no key');
    expect(openDossierKey(folder)).toMatchObject({ ok: false, failure: { code: 'storage.failed' } });
    expect(readFileSync(dossierKeyPath(folder), 'utf8')).toBe('no key');
  });
});

describe('dossier: the command', () => {
  it('says in Portuguese that nothing changed, or where something did', () => {
    const file = join(directory, 'dossie.json');
    writeFileSync(file, bytes);
    const sound = verifyDossier({ file });
    expect(sound.exitCode).toBe(0);
    expect(sound.text).toContain('DOSSIÊ ÍNTEGRO');
    expect(sound.text).toContain(fingerprintOf(key.publicKey));
    writeFileSync(file, bytes.toString('utf8').replace('"number":2', '"number":9'));
    const changed = verifyDossier({ file });
    expect(changed.exitCode).toBe(1);
    expect(changed.text).toContain('DOSSIÊ RECUSADO');
    expect(changed.text).toContain('(nº 2)');
  });

  it('says so when there is no such file', () => {
    expect(verifyDossier({ file: join(directory, 'nada.json') })).toMatchObject({ exitCode: 1 });
  });
});
