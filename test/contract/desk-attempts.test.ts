// Runs the contract of attempts at a desk on every adapter of that port.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryDeskAttempts } from '../../server/adapters/memory/desk-attempts.ts';
import {
  createSqliteDeskAttempts,
  deskAttemptMigrations,
} from '../../server/adapters/sqlite/desk-attempts.ts';
import { effectKey, incidentIdFrom } from '../../shared/ids.ts';
import { second } from '../../shared/time.ts';
import { deskAttemptsContract } from './desk-attempts.contract.ts';
import { at } from './samples.ts';
import { keptFile, keptValue, mustOpen } from './stores.ts';

deskAttemptsContract('memory', () => keptValue(createMemoryDeskAttempts()));
deskAttemptsContract('sqlite', () =>
  keptFile('deliveries.sqlite', deskAttemptMigrations, createSqliteDeskAttempts),
);

describe('two processes on one file of attempts', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vigia-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('agree on who has an incident, and each reads what the other wrote', () => {
    const open = () =>
      createSqliteDeskAttempts(mustOpen(join(directory, 'deliveries.sqlite'), deskAttemptMigrations));
    const [one, two] = [open(), open()];
    const incident = incidentIdFrom('inc-1-0');
    const key = effectKey('inc-1-0:open');
    const lease = one.acquire(incident, { owner: 'one', now: at(0), forMs: second });
    expect(two.acquire(incident, { owner: 'two', now: at(999), forMs: second })).toBeUndefined();
    if (lease === undefined) throw new Error('the first got no lease');
    one.keepAttempt(lease, { key, incident, state: { kind: 'sending' }, at: at(0), sent: 1, lies: 0 });
    expect(two.attempt(key)?.state).toEqual({ kind: 'sending' });
    expect(two.acquire(incident, { owner: 'two', now: at(1_000), forMs: second })?.fence).toBe(2);
    const late = { key, incident, state: { kind: 'waiting' }, at: at(1_001), sent: 1, lies: 0 } as const;
    expect(one.keepAttempt(lease, late)).toBe(false);
    expect(one.attempt(key)?.state).toEqual({ kind: 'sending' });
    one.close();
    two.close();
  });
});
