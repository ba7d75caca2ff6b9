// Loop and worker together, with the real core, on SQLite.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryDesk, type MemoryDesk } from '../../../../../server/adapters/memory/desk.ts';
import { openStores, type Stores } from '../../../../../server/adapters/sqlite/stores.ts';
import { defaultPolicy } from '../../../../../server/core/policy.ts';
import type { Core } from '../../../../../server/shell/runtime/core.ts';
import { recover } from '../../../../../server/shell/runtime/recover.ts';
import { createRuntime, type Runtime } from '../../../../../server/shell/runtime/runtime.ts';
import { agentId } from '../../../../../shared/ids.ts';
import { seededRandom } from '../../../../../shared/random.ts';
import { at, matriz } from '../../../../contract/samples.ts';
import { createManualClock, type ManualClock, settled } from '../../../../fakes/manual-clock.ts';
import { tinyCore } from '../../../../fakes/tiny-core.ts';

describe('the runtime', () => {
  let directory: string;
  let stores: Stores;
  let desk: MemoryDesk;
  let clock: ManualClock;
  let fatal: unknown[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'vigia-'));
    desk = createMemoryDesk();
    clock = createManualClock(at(0));
    fatal = [];
    open();
  });
  afterEach(() => {
    stores.close();
    rmSync(directory, { recursive: true });
    expect(fatal).toEqual([]);
  });

  const open = (): void => {
    const opened = openStores(directory);
    if (!opened.ok) throw new Error(opened.failure.message);
    stores = opened.value;
  };
  const make = (core?: Core): Runtime =>
    createRuntime({
      journal: stores.journal,
      outbox: stores.outbox,
      desk,
      clock,
      random: seededRandom(1),
      state: recover(stores.journal, core).state,
      release: '1.2.3',
      policy: defaultPolicy,
      anchorsGoodAt: () => undefined,
      onFatal: (error) => fatal.push(error),
      core,
    });
  const enrol = (runtime: Runtime, name: string) =>
    runtime.correlator.submit({
      kind: 'agent.enrolled',
      at: clock.now(),
      agent: agentId(name),
      site: matriz,
      host: name,
    });
  const tickets = () => desk.tickets().map(({ title, effects }) => `${title}: ${effects.length}`);

  it('says with the real core that the server has started', async () => {
    const runtime = make();
    expect((await runtime.start()).seq).toBe(1);
    const [first] = stores.journal.read(0);
    expect(first?.input.input).toEqual({
      kind: 'server.started',
      at: at(0),
      release: '1.2.3',
      policy: defaultPolicy,
    });
    expect(runtime.correlator.state().seq).toBe(1);
    await runtime.stop();
  });

  it('makes a ticket of an input, brings the protocol back, and sends what follows from it', async () => {
    const runtime = make(tinyCore);
    await runtime.start();
    await enrol(runtime, 'a');
    expect(desk.calls()).toHaveLength(1);
    await settled();
    expect(tickets()).toEqual(['a: 2']);
    const [incident] = stores.journal.incidents({ limit: 10 });
    expect(incident?.ticket).toMatchObject({ state: 'registered', protocol: 'MEM-1' });
    expect(runtime.counters().outbox).toMatchObject({ waiting: 0, delivered: 2 });
    await runtime.stop();
  });

  it('delivers after a restart what the desk could not take before, and opens nothing twice', async () => {
    desk.setMood('down');
    const before = make(tinyCore);
    await before.start();
    await enrol(before, 'a');
    await enrol(before, 'b');
    await settled();
    await before.stop();
    stores.close();
    open();
    desk.setMood('up');
    clock.advance(60_000);

    const after = make(tinyCore);
    await after.start();
    expect((await enrol(after, 'a')).changes).toEqual([]);
    await settled();
    expect(tickets()).toEqual(['a: 2', 'b: 2']);
    await after.stop();
  });

  it('replays nothing after an orderly stop', async () => {
    const runtime = make(tinyCore);
    await runtime.start();
    await enrol(runtime, 'a');
    await settled();
    const { seq } = runtime.correlator.state();
    await runtime.stop();
    await expect(enrol(runtime, 'b')).rejects.toMatchObject({ code: 'unavailable' });
    expect(recover(stores.journal, tinyCore)).toMatchObject({ fromSeq: seq, replayed: 0 });
  });

  it('takes ten thousand inputs in group commits (figure printed, not judged)', async () => {
    const runtime = make(tinyCore);
    await runtime.start();
    const count = 10_000;
    const startMs = performance.now();
    const heard = { kind: 'agent.heard' as const, at: at(1), agent: agentId('a') };
    await Promise.all(Array.from({ length: count }, () => runtime.correlator.submit(heard)));
    const ms = performance.now() - startMs;
    console.log(
      `${count} inputs committed in ${ms.toFixed(0)} ms: ${Math.round((count / ms) * 1_000)} per second`,
    );
    expect(runtime.counters().correlator).toMatchObject({ inputs: count + 1, commits: 41, snapshots: 1 });
    await runtime.stop();
  });
});
