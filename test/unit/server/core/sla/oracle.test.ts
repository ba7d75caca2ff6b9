// The engine against the minute-by-minute oracle, a bounded number of cases; `node test/sla-oracle/main.ts` asks a million.
import { describe, expect, it } from 'vitest';
import { compare } from '../../../../sla-oracle/cases.ts';

describe('sla: the oracle', () => {
  it('agrees in 30,000 random cases, and each hard circumstance is among them', () => {
    const { cases, differences, seen } = compare(5, 30_000, 250);
    expect(differences).toEqual([]);
    expect(cases).toBe(30_000);
    for (const what of ['at-once', 'running', 'outside-hours', 'paused', 'met', 'missed'])
      expect(seen.get(`state ${what}`) ?? 0, what).toBeGreaterThan(200);
    for (const zone of ['Sao_Paulo', 'Manaus', 'Rio_Branco', 'Noronha'])
      expect(seen.get(`America/${zone}`) ?? 0, zone).toBeGreaterThan(1_000);
    expect(seen.get('Synthetic/Future') ?? 0).toBeGreaterThan(1_000);
    expect(seen.get('with pauses') ?? 0).toBeGreaterThan(5_000);
  });
});
