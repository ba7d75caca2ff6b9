// The built-in desk beyond the contract: protocols, listing, and a file that cannot be written.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localDeskConfigSchema } from '../../../../../../server/adapters/desks/local/config.ts';
import { createLocalDesk, type LocalDesk } from '../../../../../../server/adapters/desks/local/desk.ts';
import { localDeskMigrations } from '../../../../../../server/adapters/desks/local/schema.ts';
import type { Database } from '../../../../../../server/adapters/sqlite/database.ts';
import type { TicketEffect } from '../../../../../../server/core/effect.ts';
import { incidentIdFrom } from '../../../../../../shared/ids.ts';
import { fromIso, type Instant } from '../../../../../../shared/time.ts';
import { closeEffect, noteEffect, openEffect, reopenEffect } from '../../../../../contract/samples.ts';
import { mustOpen } from '../../../../../contract/stores.ts';

describe('the built-in desk', () => {
  let database: Database;
  let desk: LocalDesk;

  beforeEach(() => {
    database = mustOpen(':memory:', localDeskMigrations);
    desk = createLocalDesk({ config: localDeskConfigSchema.parse({ kind: 'local' }), database });
  });
  afterEach(() => database.close());

  const perform = async (effect: TicketEffect): Promise<string> => {
    const answer = await desk.perform(effect);
    return answer.ok ? answer.value.protocol : answer.failure.code;
  };

  it('numbers protocols by year, from one, without a gap', async () => {
    expect(await perform(openEffect('a'))).toBe('VIG-2026-000001');
    expect(await perform(noteEffect('nobody', 1))).toBe('desk.refused');
    expect(await perform(openEffect('b'))).toBe('VIG-2026-000002');
    const next = openEffect('c', { notBefore: iso('2027-06-01T12:00:00Z') });
    expect(await perform(next)).toBe('VIG-2027-000001');
    expect(await perform(openEffect('d'))).toBe('VIG-2026-000003');
  });

  it('turns the year over at midnight of its own time zone', async () => {
    expect(await perform(openEffect('a', { notBefore: iso('2027-01-01T02:59:59Z') }))).toBe(
      'VIG-2026-000001',
    );
    expect(await perform(openEffect('b', { notBefore: iso('2027-01-01T03:00:00Z') }))).toBe(
      'VIG-2027-000001',
    );
  });

  it('shows a ticket with its notes in order', async () => {
    const protocol = await perform(openEffect('a', { priority: 'priority' }));
    await perform(noteEffect('a', 1));
    await perform(closeEffect('a'));
    const { text, detectedAt, notBefore } = openEffect('a');
    expect(desk.ticket(protocol)).toEqual({
      protocol,
      incident: 'a',
      ...text,
      priority: 'priority',
      customer: 'aurora',
      site: 'aurora/matriz',
      detectedAt,
      openedAt: notBefore,
      open: false,
      closedAt: closeEffect('a').notBefore,
      notes: [
        { kind: 'note', at: noteEffect('a', 1).notBefore, text: 'Observação 1' },
        { kind: 'close', at: closeEffect('a').notBefore, text: 'Voltou.' },
      ],
    });
    await perform(reopenEffect('a'));
    expect(desk.ticket(protocol)).toMatchObject({ open: true, closedAt: undefined });
    expect(desk.ticket('VIG-2026-999999')).toBeUndefined();
  });

  it('does not write a repeated note twice', async () => {
    const protocol = await perform(openEffect('a'));
    await perform(noteEffect('a', 1));
    await perform(noteEffect('a', 1));
    expect(desk.ticket(protocol)?.notes).toHaveLength(1);
  });

  it('lists the newest first, by customer, open or closed, a page at a time', async () => {
    for (const id of ['a', 'b', 'c']) await perform(openEffect(id));
    await perform({ ...openEffect('d'), customer: 'borba' });
    await perform(closeEffect('b'));
    const incidents = (query: Parameters<LocalDesk['tickets']>[0]) =>
      desk.tickets(query).map(({ incident }) => incident);
    expect(incidents({})).toEqual(['d', 'c', 'b', 'a']);
    expect(incidents({ limit: 2 })).toEqual(['d', 'c']);
    expect(incidents({ customer: 'aurora', open: true })).toEqual(['c', 'a']);
    expect(incidents({ open: false })).toEqual(['b']);
  });

  it('says that it is unavailable, not that it refuses, when its file cannot be written', async () => {
    database.sql.exec('PRAGMA query_only = ON');
    const answer = await desk.perform(openEffect('a'));
    expect(answer).toMatchObject({ ok: false, failure: { code: 'desk.unavailable', retryable: true } });
    database.sql.exec('PRAGMA query_only = OFF');
    expect(await perform(openEffect('a'))).toBe('VIG-2026-000001');
    expect((await desk.find(incidentIdFrom('a'))).ok).toBe(true);
  });

  it('refuses a configuration with an unknown key or time zone', () => {
    expect(localDeskConfigSchema.safeParse({ kind: 'local', url: 'x' }).success).toBe(false);
    expect(localDeskConfigSchema.safeParse({ kind: 'local', timeZone: 'Marte/Olimpo' }).success).toBe(false);
  });
});

function iso(text: string): Instant {
  const parsed = fromIso(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}
