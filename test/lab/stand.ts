// What the tests of outages stand on: one network, programs of their own for each group, a ledger of what opened since
// that server's start. Scenarios inside a group build on one server's history.
import { afterAll, afterEach, beforeAll } from 'vitest';
import { Lab } from './lab.ts';
import { type Expected, Ledger } from './ledger.ts';

/** Longest that a scenario waits for its ticket: the product's goals plus a busy machine's delay. */
export const withinMs = 60_000;
export const settleMs = 90_000;

export class Stand {
  #lab: Lab | undefined;
  #ledger: Ledger | undefined;

  get lab(): Lab {
    if (this.#lab === undefined) throw new Error('the lab is not open yet');
    return this.#lab;
  }

  get ledger(): Ledger {
    this.#ledger ??= new Ledger(this.lab);
    return this.#ledger;
  }

  /** A server and agents without a history. */
  async renew(): Promise<void> {
    this.ledger.clear();
    await this.lab.renew();
  }

  async open(): Promise<void> {
    this.#lab = await Lab.open();
  }

  close({ failed }: { readonly failed: boolean }): void {
    const lab = this.#lab;
    if (lab === undefined) return;
    console.log(`\nseconds after the fault:\n${this.ledger.table()}\n`);
    if (failed) console.log(`what the programs printed is kept in ${lab.network.folder}`);
    lab.close({ keep: failed });
  }
}

/** To be called in a `describe`: opens the lab, heals it after each test, closes it after all. */
export function openStand(): Stand {
  const stand = new Stand();
  let failed = false;
  beforeAll(() => stand.open());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') failed = true;
    await stand.lab.faults.healAll();
  });
  afterAll(() => stand.close({ failed }));
  return stand;
}

export function critical(label: string, goalMs: number): Expected {
  return { label, priority: 'critical', ticket: 'one', goalMs };
}
