// GET /providers over the API: what it counts, how long an answer is kept, what it refuses and what it leaves out.
import { describe, expect, test } from 'vitest';
import { providersAnswerSchema } from '../../../../../shared/api/providers.ts';
import { limits } from '../../../../../shared/limits.ts';
import { day, hour, instant, minute, plus } from '../../../../../shared/time.ts';
import { agent, incident } from '../../core/view/samples.ts';
import {
  agentRecord,
  auroraMatriz,
  bearer,
  type Harness,
  importInventory,
  startAt,
  startHarness,
} from './harness.ts';

async function providers(harness: Harness, query = '') {
  const answer = await harness.api.inject({ url: `/api/v1/providers${query}`, headers: bearer });
  expect(answer.statusCode).toBe(200);
  return providersAnswerSchema.parse(answer.json());
}

async function enrolled(harness: Harness): Promise<void> {
  await importInventory(harness);
  const digest = 'd'.repeat(64);
  harness.registry.saveToken({ digest, site: auroraMatriz, usesLeft: 1, expiresAt: plus(startAt, day) });
  harness.registry.enrol(digest, startAt, () => agentRecord('agent-1', plus(startAt, -100 * day)));
  await harness.commit([{ kind: 'agent.observed', agent: agent({}) }]);
}

const outage = (hoursAgo: number) => {
  const began = plus(startAt, -hoursAgo * hour);
  return incident({
    ...{ detectedAt: began, confirmedAt: began, openedAt: began, outageSince: began },
    timeline: [{ at: began, kind: 'first-evidence' }],
  });
};

describe('providers', () => {
  test('every provider of the inventory is ranked, and an outage that runs counts until now', async () => {
    const harness = await startHarness();
    await enrolled(harness);
    await harness.commit([{ kind: 'incident.opened', incident: outage(72) }]);
    const { items, days, from, to, truncated } = await providers(harness);
    expect({ days, truncated }).toEqual({ days: 30, truncated: false });
    expect(Date.parse(to) - Date.parse(from)).toBe(30 * day);
    expect(items.map(({ provider, downNow, outages }) => [provider, downNow, outages])).toEqual([
      ['claro', 0, 0],
      ['vivo', 1, 1],
    ]);
    expect(items[1]).toMatchObject({ mttrMs: 3 * day, availability: 0.9, links: 1, sites: 1, customers: 1 });
    const longer = await providers(harness, '?days=90');
    expect(longer.items[1]?.availability).toBeCloseTo(87 / 90, 10);
  });

  test('one answer serves everybody for a minute, then it is made anew', async () => {
    const harness = await startHarness();
    await enrolled(harness);
    const first = await providers(harness);
    await harness.commit([{ kind: 'incident.opened', incident: outage(1) }]);
    harness.clock.advance(limits.providersKeptMs - 1);
    expect(await providers(harness)).toEqual(first);
    harness.clock.advance(1);
    const { items } = await providers(harness);
    expect(items.find(({ provider }) => provider === 'vivo')?.outages).toBe(1);
  });

  test('an outage that began before the journal is looked at, but runs, still counts', async () => {
    const harness = await startHarness();
    await enrolled(harness);
    await harness.commit([
      { kind: 'incident.opened', incident: outage((limits.providersLookbackMs + 60 * day) / hour) },
    ]);
    const { items } = await providers(harness);
    expect(items.find(({ provider }) => provider === 'vivo')?.availability).toBe(0);
  });

  test('what ended before the days is left out', async () => {
    const harness = await startHarness();
    await enrolled(harness);
    const ended = plus(startAt, -31 * day);
    const closed = { ...outage(32 * 24), state: 'closed', recoveredAt: ended, resolvedAt: ended } as const;
    await harness.commit([
      { kind: 'incident.closed', incident: { ...closed, closedAt: instant(ended + minute) } },
    ]);
    const { items } = await providers(harness);
    expect(items.every(({ outages }) => outages === 0)).toBe(true);
  });

  test('a fleet without links answers with nothing', async () => {
    const harness = await startHarness();
    expect((await providers(harness)).items).toEqual([]);
  });

  test.each(['?days=31', '?days=-1', '?days=all', '?day=30'])('%s is refused by name', async (query) => {
    const harness = await startHarness();
    const answer = await harness.api.inject({ url: `/api/v1/providers${query}`, headers: bearer });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.code).toBe('input.invalid');
  });
});
