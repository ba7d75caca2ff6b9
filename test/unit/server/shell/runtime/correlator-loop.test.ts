// The order of the loop, its refusals, its timer and its end, around a tiny core.
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryJournal } from '../../../../../server/adapters/memory/journal.ts';
import { createMemoryOutbox } from '../../../../../server/adapters/memory/outbox.ts';
import { initialState } from '../../../../../server/core/evolve.ts';
import type { Input } from '../../../../../server/core/input.ts';
import type { Journal } from '../../../../../server/ports/journal.ts';
import {
  CorrelatorLoop,
  type CorrelatorOptions,
} from '../../../../../server/shell/runtime/correlator-loop.ts';
import { agentId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { instant, plus } from '../../../../../shared/time.ts';
import { at, matriz, timeAdvanced } from '../../../../contract/samples.ts';
import { createManualClock, type ManualClock, settled } from '../../../../fakes/manual-clock.ts';
import { stubbornCore, tinyCore } from '../../../../fakes/tiny-core.ts';

const enrolled = (name: string, ms = 0): Input => ({
  kind: 'agent.enrolled',
  at: at(ms),
  agent: agentId(name),
  site: matriz,
  host: name,
});
const heard = (ms = 0): Input => ({ kind: 'agent.heard', at: at(ms), agent: agentId('a') });
const wakeAt = (ms: number): Input => ({
  kind: 'agent.suspected',
  at: at(0),
  agent: agentId(`site-${ms}`),
  lastHeardAt: at(ms),
});

describe('the correlator loop', () => {
  let clock: ManualClock;
  let journal: Journal;
  let log: string[];
  let fatal: unknown;

  beforeEach(() => {
    clock = createManualClock(at(0));
    const inner = createMemoryJournal({ outbox: createMemoryOutbox() });
    log = [];
    fatal = undefined;
    journal = {
      ...inner,
      commit: (entries) => {
        log.push(`commit ${entries.map(({ input }) => input.seq).join(',')}`);
        inner.commit(entries);
      },
      saveSnapshot: (snapshot) => {
        log.push(`snapshot ${snapshot.seq}`);
        inner.saveSnapshot(snapshot);
      },
    };
  });

  /** Started, with nothing in the log. Turns happen when the test drains. */
  const started = (more: Partial<CorrelatorOptions> = {}): CorrelatorLoop => {
    const loop = new CorrelatorLoop({
      core: tinyCore,
      journal,
      clock,
      state: initialState(),
      anchorsGoodAt: () => at(-1),
      wakeOutbox: () => log.push('perform'),
      onFatal: (error) => {
        fatal = error;
        log.push('fatal');
      },
      schedule: () => {},
      ...more,
    });
    void loop.start(timeAdvanced());
    loop.drain();
    log.length = 0;
    return loop;
  };

  it('commits before it receipts, publishes, performs and hints, in this order', async () => {
    const loop = started();
    loop.onCommitted(({ seq, changes }) => log.push(`publish ${seq}: ${changes.map(({ kind }) => kind)}`));
    loop.onHint(({ kind }) => log.push(`hint ${kind}`));
    const receipt = loop.submit(enrolled('a')).then(({ seq }) => log.push(`receipt ${seq}`));
    void loop.submit(heard());
    expect(log).toEqual([]);
    loop.drain();
    expect(log).toEqual([
      'commit 2,3',
      'publish 2: agent.observed,incident.opened',
      'publish 3: ',
      'perform',
      'hint agent.challenge',
    ]);
    await receipt;
    expect(log.at(-1)).toBe('receipt 2');
  });

  it('decides an input with those before it in the batch already applied', async () => {
    const loop = started();
    const both = [loop.submit(enrolled('a')), loop.submit(enrolled('a'))];
    loop.drain();
    expect(log).toEqual(['commit 2,3', 'perform']);
    const [first, second] = await Promise.all(both);
    expect(first?.changes).toHaveLength(2);
    expect(second?.changes).toEqual([]);
  });

  it('drains at most a batch in one commit', () => {
    const loop = started();
    for (let n = 0; n < limits.batchInputsMax + 1; n += 1) loop.offer(heard());
    loop.drain();
    expect(log).toHaveLength(2);
    expect(loop.counters()).toMatchObject({ commits: 3, batchMax: limits.batchInputsMax });
  });

  it('raises the instant of an input that would run backwards', () => {
    const loop = started();
    for (const ms of [500, 100, 700]) loop.offer(heard(ms));
    loop.drain();
    expect([...journal.read(1)].map(({ input }) => input.input.at)).toEqual([at(500), at(500), at(700)]);
    expect(loop.state().at).toBe(at(700));
  });

  it('refuses when the inbox is full, and loses nothing that it took', async () => {
    const loop = started({ inboxCapacity: 2 });
    const taken = [loop.submit(heard()), loop.submit(heard())];
    expect(loop.offer(heard())).toMatchObject({
      ok: false,
      failure: { code: 'limit.reached', retryable: true },
    });
    await expect(loop.submit(heard())).rejects.toMatchObject({ code: 'limit.reached', retryable: true });
    loop.drain();
    expect((await Promise.all(taken)).map(({ seq }) => seq)).toEqual([2, 3]);
    expect(loop.counters().inbox).toMatchObject({ refused: 2, waitingMax: 2 });
  });

  it('refuses before the start and after the stop', async () => {
    const loop = new CorrelatorLoop({
      core: tinyCore,
      journal,
      clock,
      state: initialState(),
      anchorsGoodAt: () => undefined,
      wakeOutbox: () => {},
      onFatal: () => {},
      schedule: () => {},
    });
    expect(loop.offer(heard())).toMatchObject({ failure: { code: 'unavailable' } });
    void loop.start(heard());
    loop.stop();
    await expect(loop.submit(heard())).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('dies of a failed commit: nobody is receipted, told or served, and its state is not to be read', async () => {
    const disk = { full: false };
    const inner = journal;
    journal = {
      ...inner,
      commit: (entries) => {
        if (disk.full) throw new Error('disk full');
        inner.commit(entries);
      },
    };
    const loop = started();
    loop.onCommitted(() => log.push('publish'));
    disk.full = true;
    const refused = Promise.allSettled([loop.submit(enrolled('a')), loop.submit(enrolled('b'))]);
    loop.drain();
    expect(log).toEqual(['fatal']);
    expect(fatal).toMatchObject({ message: 'disk full' });
    for (const one of await refused) {
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'storage.failed' } });
    }
    expect(() => loop.state()).toThrow('not committed');
    disk.full = false;
    expect(loop.offer(heard())).toMatchObject({ failure: { code: 'unavailable' } });
    loop.drain();
    loop.stop();
    expect(log).toEqual(['fatal']);
    expect([...journal.read(1)]).toEqual([]);
  });

  it('dies of a core that throws, without a commit of anything in that batch', () => {
    const loop = started();
    loop.offer(enrolled('a'));
    loop.offer({ kind: 'agent.revoked', at: at(0), agent: agentId('a'), by: 'ana' });
    loop.drain();
    expect(log).toEqual(['fatal']);
    expect(fatal).toMatchObject({ message: 'a bug in the core' });
    expect([...journal.read(1)]).toEqual([]);
  });

  it('saves a snapshot every so many inputs, after all else, and one at the stop', () => {
    const loop = started();
    for (let n = 1; n < limits.snapshotEveryInputs; n += 1) loop.offer(heard());
    loop.drain();
    expect(log.at(-1)).toBe(`snapshot ${limits.snapshotEveryInputs}`);
    loop.stop();
    expect(log.filter((line) => line.startsWith('snapshot'))).toHaveLength(1);

    const next = started({ state: loop.state() });
    next.offer(enrolled('a'));
    next.stop();
    expect(log).toEqual(['commit 5002', 'perform', 'snapshot 5002']);
    expect(clock.timers()).toBe(0);
  });

  it('stops telling a listener that left', () => {
    const loop = started();
    const leave = loop.onCommitted(() => log.push('told'));
    loop.offer(heard());
    loop.drain();
    leave();
    loop.offer(heard());
    loop.drain();
    expect(log.filter((line) => line === 'told')).toHaveLength(1);
  });

  it('takes its turns by itself', async () => {
    const loop = started({ schedule: undefined });
    await Promise.all(Array.from({ length: 1_000 }, () => loop.submit(heard())));
    expect(loop.counters()).toMatchObject({ inputs: 1_001, commits: 5 });
  });

  describe('its timer', () => {
    const times = (): number[] =>
      [...journal.read(1)].flatMap(({ input: { input } }) =>
        input.kind === 'time.advanced' ? [input.at - at(0)] : [],
      );
    const immediately = (turn: () => void): void => void turn();

    it('tells the core the time when its deadline has come, with the last proof of its own internet', () => {
      const loop = started({ schedule: immediately, anchorsGoodAt: () => at(777) });
      loop.offer(wakeAt(5_000));
      loop.offer(wakeAt(2_000));
      clock.advance(1_999);
      expect(times()).toEqual([]);
      clock.advance(1);
      expect(times()).toEqual([2_000]);
      clock.advance(60_000);
      expect(times()).toEqual([2_000, 5_000]);
      expect([...journal.read(0)].at(-1)?.input.input).toMatchObject({ anchorsGoodAt: at(777) });
      expect(clock.timers()).toBe(0);
      expect(loop.counters().deadlinesStuck).toBe(0);
    });

    it('puts the word on time behind what was learned before it, and even into a full inbox', () => {
      const loop = started({ inboxCapacity: 1 });
      loop.offer(wakeAt(1_000));
      loop.drain();
      loop.offer(heard(900));
      clock.advance(5_000);
      expect(loop.offer(heard(1_500)).ok).toBe(false);
      loop.drain();
      expect([...journal.read(2)].map(({ input }) => input.input)).toMatchObject([
        { kind: 'agent.heard', at: at(900) },
        { kind: 'time.advanced', at: at(1_000) },
      ]);
    });

    it('does not spin on a deadline that the core will not let go of', () => {
      const loop = started({ core: stubbornCore, schedule: immediately });
      loop.offer(wakeAt(100));
      clock.advance(1_100);
      expect(times()).toHaveLength(1 + 1_000 / limits.deadlineFloorMs);
      expect(loop.counters().deadlinesStuck).toBeGreaterThan(1);
    });

    it('waits on when its timer ran faster than its clock, or was cut at the longest wait', () => {
      let slowBy = 300;
      const slow = { ...clock, now: () => instant(clock.now() - slowBy) };
      const loop = started({ schedule: immediately, clock: slow });
      loop.offer(wakeAt(limits.timerMsMax + 1_000));
      clock.advance(limits.timerMsMax + 1_299);
      expect(times()).toEqual([]);
      slowBy = 0;
      clock.advance(1);
      expect(times()).toHaveLength(1);
    });

    it('tells no time before the start is committed, whatever the state before wanted', async () => {
      const state = tinyCore.evolve(initialState(), { seq: 1, input: heard() }, [
        { kind: 'site.observed', site: { ...emptySite, wakeAt: plus(at(0), -60_000) } },
      ]);
      journal.commit([{ input: { seq: 1, input: heard() }, changes: [], effects: [] }]);
      const loop = new CorrelatorLoop({
        core: tinyCore,
        journal,
        clock,
        state,
        anchorsGoodAt: () => undefined,
        wakeOutbox: () => {},
        onFatal: () => {},
      });
      await clock.advanceAsync(1_000);
      expect(times()).toEqual([]);
      await loop.start(heard(1_000));
      await clock.advanceAsync(0);
      await settled();
      expect([...journal.read(1)].map(({ input }) => input.input.kind)).toEqual([
        'agent.heard',
        'time.advanced',
      ]);
    });
  });
});

const emptySite = { id: matriz, agents: [], incidents: [], past: [], links: [], hosts: [], addresses: [] };
