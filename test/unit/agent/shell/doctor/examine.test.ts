// All checks together: bounded in time, in one order, in two languages, readable.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { doctorEn } from '../../../../../agent/core/text/doctor-en.ts';
import { doctorPt, type Said } from '../../../../../agent/core/text/doctor-pt.ts';
import { doctorLines, examine } from '../../../../../agent/shell/doctor/examine.ts';
import { troubleReasons } from '../../../../../agent/shell/reach-trouble.ts';
import { patientAt } from '../../../../fakes/doctor-patient.ts';

describe('doctor: the whole examination', () => {
  it('answers for every check in one order', async () => {
    const state = mkdtempSync(join(tmpdir(), 'vigia-examined-'));
    const found = await examine(patientAt(state));
    rmSync(state, { recursive: true });
    const order = [...new Set(found.map(({ check }) => check))];
    expect(order).toEqual([
      'state-directory',
      'free-space',
      'service',
      'agent',
      'spool',
      'ping-native',
      'ping-program',
      'ping-tcp',
      'gateway',
      'anchors',
      'dns',
      'page',
    ]);
  });

  it('says of a check that hangs that it did not end, and gives all others', async () => {
    const never = new Promise<never>(() => undefined);
    const found = await examine(patientAt('/nowhere', { gateway: () => never }), 50);
    expect(found.filter(({ text }) => text.includes('não terminou')).map(({ check }) => check)).toEqual([
      'gateway',
    ]);
    expect(found.map(({ check }) => check)).toContain('ping-native');
  });
});

describe('doctor: its words', () => {
  it('give each finding a line, trouble what to do, and a sum at the end', () => {
    const lines = doctorLines(
      [
        { check: 'clock', level: 'ok', text: 'certo', advice: 'nothing' },
        { check: 'anchors', level: 'error', of: 'vivo', text: 'mudas', advice: 'veja', detail: 'why' },
      ],
      doctorPt,
    );
    expect(lines).toEqual([
      '✓ ok      relógio: certo',
      '✗ ERRO    âncoras na internet [vivo]: mudas',
      '            detalhe: why',
      '            o que fazer: veja',
      '',
      '1 erro, 0 pontos de atenção.',
    ]);
    expect(doctorLines([], doctorEn)).toEqual(['', 'No problem found.']);
  });

  it('exist for every reason why the server is not reached', () => {
    for (const words of [doctorPt, doctorEn]) {
      const said = troubleReasons.map((reason): Said => words.trouble[reason]);
      expect(new Set(said.map(({ text }) => text)).size).toBe(troubleReasons.length);
      for (const { advice } of said) expect(advice).toMatch(/\w{3}/);
    }
  });
});
