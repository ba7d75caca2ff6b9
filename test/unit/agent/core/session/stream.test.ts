// The spool to the server: order, window, receipts lost and doubled, sessions cut anywhere, clocks wrong.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredRecord } from '../../../../../agent/core/record.ts';
import { limits } from '../../../../../shared/limits.ts';
import { day, minute } from '../../../../../shared/time.ts';
import { FakeServer } from '../fake-server.ts';
import { Rig, type RigOptions } from '../rig.ts';

const offsetMs = new FakeServer().offsetMs;

/** A spool with `count` link changes of an earlier boot. */
const spoolOf = (count: number, evidence = 1): { changes: StoredRecord[]; lastChangeSeq: number } => ({
  lastChangeSeq: count,
  changes: Array.from({ length: count }, (_, index): StoredRecord => {
    const at = { bootId: 'boot-0', monoMs: index * 1_000, wallMs: offsetMs - 1e9 + index * 1_000 };
    return {
      queue: 'changes',
      seq: index + 1,
      change: {
        at,
        since: at,
        body: {
          kind: 'link.changed',
          seq: index + 1,
          link: 'vivo',
          status: 'up',
          recovering: false,
          evidence: Array.from({ length: evidence }, (_each, target) => ({
            target: `${'x'.repeat(110)}${target}`,
            role: 'anchor',
            method: 'icmp',
            sent: 1,
            lost: 0,
          })),
        },
      },
    };
  }),
});
const withServer = (faults: Partial<FakeServer>, options: RigOptions = {}): Rig =>
  new Rig({ ...options, server: Object.assign(new FakeServer(), faults) });
const seqsSent = (rig: Rig): number[] =>
  rig
    .of('socket.send')
    .flatMap(({ output: { message } }) =>
      message.kind === 'changes' ? message.items.map(({ seq }) => seq) : [],
    );
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const toggle = (rig: Rig): void => {
  rig.world = () => undefined;
  rig.run(20_000);
  rig.world = () => ({ rttMs: 20 });
  rig.run(20_000);
};

describe('changes', () => {
  test('go out in the step in which they are recorded, after the append', () => {
    const rig = new Rig();
    rig.run(60_000);
    const before = rig.outputs.length;
    rig.world = (_link, { role }) => (role === 'gateway' ? { rttMs: 1 } : undefined);
    rig.run(12_000);
    const kinds = rig.outputs
      .slice(before)
      .filter(
        ({ output }) =>
          output.kind === 'spool.append' ||
          (output.kind === 'socket.send' && output.message.kind === 'changes'),
      )
      .map(({ atMs, output }) => [atMs, output.kind]);
    expect(kinds.map(([, kind]) => kind)).toEqual(['spool.append', 'socket.send']);
    expect(kinds[0]?.[0]).toBe(kinds[1]?.[0]);
    expect(rig.of('spool.read').length).toBe(rig.server.rollupsMessages.length + 1);
  });

  test('of a long absence arrive in order, each once, with what remains', () => {
    const rig = new Rig({ spool: spoolOf(1_000) });
    rig.run(10_000);
    expect(seqsSent(rig)).toEqual(upTo(rig.changes.at(-1)?.seq ?? 0));
    const first = rig.server.changesMessages[0];
    // The first of a backlog are small, in case the link is poor; quick receipts make them grow.
    const sizes = rig.server.changesMessages.map(({ items }) => items.length);
    expect(sizes[0]).toBeLessThan(30);
    expect(Math.max(...sizes)).toBeGreaterThan(100);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(limits.changesPerMessageMax);
    expect(first?.remaining).toBeGreaterThanOrEqual(800);
    expect(rig.server.changesMessages.at(-1)?.remaining).toBe(0);
    expect(rig.spool.filter(({ queue }) => queue === 'changes')).toEqual([]);
  });

  test('whose numbers have a hole arrive all the same, and the window moves on', () => {
    const rig = new Rig({ spool: { ...spoolOf(1_500), lastChangeSeq: 9_000 } });
    rig.run(10_000);
    expect(seqsSent(rig)).toEqual([...upTo(1_500), ...rig.changes.map(({ seq }) => seq)]);
    expect(rig.changes[0]?.seq).toBe(9_001);
    expect(rig.server.hellos[0]?.spoolDepth).toBe(1_501);
    expect(rig.core.counters().resends).toBe(0);
    expect(rig.spool).toEqual([]);
  });

  test('keep within the window while no receipt comes', () => {
    const rig = withServer({ receipts: 'drop' }, { spool: spoolOf(2_000) });
    rig.run(10_000);
    expect(rig.server.changesMessages.length).toBe(limits.streamWindowMessages);
    expect(rig.spool.filter(({ queue }) => queue === 'changes').length).toBeGreaterThan(2_000);
  });

  test('with much evidence make more, smaller messages', () => {
    const rig = new Rig({ spool: spoolOf(200, 32) });
    rig.run(10_000);
    const sizes = rig.server.changesMessages.map((message) => JSON.stringify(message).length);
    expect(Math.max(...sizes)).toBeLessThan(limits.messageBytesMax);
    expect(sizes.length).toBeGreaterThan(4);
    expect(seqsSent(rig)).toEqual(upTo(rig.changes.at(-1)?.seq ?? 0));
  });

  test('never exceed the rate that the gateway takes', () => {
    const rig = new Rig({ spool: spoolOf(20_000) });
    const fromMs = rig.nowMs;
    rig.run(5_000);
    const sent = rig.of('socket.send').filter(({ atMs }) => atMs - fromMs <= 5_000).length;
    expect(sent).toBeLessThan((limits.messagesPerSecondMax * limits.messageRateWindowMs) / 1_000);
    rig.run(30_000);
    expect(rig.server.committed.size).toBeGreaterThanOrEqual(20_000);
  });
});

describe('receipts', () => {
  test('that come twice trim once', () => {
    const rig = withServer({ receipts: 'double' });
    rig.run(5_000);
    toggle(rig);
    const trims = rig.of('spool.trim').map(({ output }) => output.changesUpTo);
    expect(
      trims.filter((value, index) => value === trims[index - 1] && index > 0).length,
    ).toBeLessThanOrEqual(1);
    expect(seqsSent(rig)).toEqual(upTo(rig.changes.length));
  });

  test('that are lost make the agent send again in the same session, and the spool keeps everything', () => {
    const rig = withServer({ receipts: 'drop' });
    rig.run(5_000);
    expect(seqsSent(rig)).toEqual([1, 2]);
    rig.run(limits.receiptWaitMs);
    expect(rig.core.counters().resends).toBe(1);
    expect(seqsSent(rig)).toEqual([1, 2, 1, 2]);
    rig.server.receipts = 'send';
    rig.run(2 * limits.receiptWaitMs);
    expect(rig.spool.filter(({ queue }) => queue === 'changes')).toEqual([]);
    expect(rig.of('socket.open').length).toBe(1);
  });

  test('of another epoch change nothing, beyond every number no more than there is', () => {
    const rig = withServer({ receipts: 'drop' });
    rig.run(10_000);
    const receipt = (epoch: number, changesUpTo: number) =>
      rig.feed({
        kind: 'message.received',
        clock: rig.clock(),
        socket: 1,
        message: { kind: 'receipt', epoch, changesUpTo, rollupsUpTo: 0 },
      });
    expect(receipt(2, 2).map(({ kind }) => kind)).toEqual(['wake.at']);
    expect(receipt(1, 900)[0]).toMatchObject({ kind: 'spool.trim', changesUpTo: 2 });
    rig.server.receipts = 'send';
    toggle(rig);
    expect(seqsSent(rig).slice(2, 5)).toEqual([3, 4, 5]);
  });
});

describe('a new session', () => {
  test('resumes above what welcome says is committed', () => {
    const rig = withServer({ receipts: 'drop' }, { spool: spoolOf(10) });
    rig.run(2_000);
    const sentBefore = seqsSent(rig).length;
    rig.cut();
    rig.server.receipts = 'send';
    toggle(rig);
    const again = seqsSent(rig).slice(sentBefore);
    expect(Math.min(...again)).toBeGreaterThan(11);
    expect(rig.of('spool.trim')[0]?.output.changesUpTo).toBe(11);
  });

  test('that finds everything committed although the receipts were lost says so by a new hello', () => {
    const rig = withServer({ receipts: 'drop' }, { spool: spoolOf(3) });
    rig.run(5_000);
    rig.server.receipts = 'send';
    rig.cut();
    rig.run(500);
    expect(rig.server.remaining).toBe(5);
    rig.run(1_500);
    expect(rig.server.remaining).toBe(0);
    expect(rig.server.hellos.map(({ spoolDepth }) => spoolDepth)).toEqual([4, 5, 0]);
    rig.run(10 * minute);
    expect(rig.server.hellos.length).toBe(3);
    expect(rig.core.counters().resyncs).toBe(1);
  });

  test('with a server that knows another epoch starts from the oldest record', () => {
    const rig = withServer({ welcomeEpoch: 9, welcomeChangesUpTo: 500 }, { spool: spoolOf(10) });
    rig.run(2_000);
    expect(seqsSent(rig)).toEqual(upTo(11));
  });

  test('while a read of the old one is under way skips nothing', () => {
    const rig = new Rig({ spool: spoolOf(900) });
    while (rig.of('spool.read').length < 3) rig.run(1);
    rig.server.welcomeChangesUpTo = 150;
    rig.server.committed.clear();
    rig.cut();
    rig.run(1_000);
    rig.server.welcomeChangesUpTo = undefined;
    rig.run(10_000);
    const committed = [...rig.server.committed.keys()].sort((a, b) => a - b);
    // The spool trimmed what the first session receipted; all the rest must be there, without a hole.
    const first = committed[0] ?? 0;
    expect(committed).toEqual(upTo(rig.changes.at(-1)?.seq ?? 0).slice(first - 1));
    expect(first).toBeLessThanOrEqual(401);
  });

  test('that finds the server ahead of the spool numbers above it, so that news is not taken for a duplicate', () => {
    const rig = withServer({ welcomeChangesUpTo: 500 });
    rig.run(20_000);
    expect(rig.core.counters().seqJumps).toBe(1);
    expect(rig.linkChanges()[0]?.body.seq).toBe(501);
    expect(rig.server.committed.has(501)).toBe(true);
  });
});

describe('a spool', () => {
  test('that gives nothing is asked again without haste, and news still goes out', () => {
    const rig = new Rig({ spool: { changes: spoolOf(5).changes, lastChangeSeq: 5 } });
    rig.spool = rig.spool.filter(({ seq }) => seq > 5);
    rig.run(60_000);
    expect(rig.of('spool.read').length).toBeLessThan(20);
    expect(rig.server.committed.has(rig.changes.at(-1)?.seq ?? 0)).toBe(true);
  });

  test('that dropped records says so, once a minute, in sums', () => {
    const rig = new Rig();
    rig.run(1_000);
    const drop = () => rig.feed({ kind: 'spool.dropped', clock: rig.clock(), rollups: 2, changes: 1 });
    drop();
    drop();
    drop();
    rig.run(2 * minute);
    const lost = rig.server.story().filter(({ kind }) => kind === 'spool.lost');
    expect(lost).toMatchObject([
      { rollups: 2, changes: 1 },
      { rollups: 4, changes: 2 },
    ]);
  });

  test('an answer that nobody asked for is counted and dropped', () => {
    const rig = new Rig();
    rig.run(1_000);
    const before = seqsSent(rig).length;
    rig.feed({ kind: 'spool.gave', clock: rig.clock(), records: spoolOf(3).changes });
    expect(seqsSent(rig).length).toBe(before);
    expect(rig.core.counters().readsStray).toBe(1);
  });
});

describe('rollups', () => {
  test('follow the changes, at most one message a second, and are trimmed', () => {
    const server = Object.assign(new FakeServer(), { dials: 'refuse' });
    const rig = new Rig({ server });
    rig.run(30 * minute);
    rig.server.dials = 'open';
    rig.run(2 * minute);
    const messages = rig.server.rollupsMessages;
    expect(messages[0]?.message.items.length).toBe(30);
    const times = messages.map(({ atMs }) => atMs);
    expect(
      times.every((atMs, index) => index === 0 || atMs - (times[index - 1] ?? 0) >= limits.rollupsEveryMs),
    ).toBe(true);
    expect(rig.spool).toEqual([]);
    const minutes = messages.flatMap(({ message }) => message.items.map(({ at }) => at));
    expect(minutes.every((at) => at % minute === 0)).toBe(true);
    expect(new Set(minutes).size).toBe(minutes.length);
  });

  test('wait while a change waits', () => {
    const rig = withServer({ receipts: 'drop' }, { spool: spoolOf(2_000) });
    rig.run(10 * minute);
    expect(rig.server.rollupsMessages).toEqual([]);
  });
});

describe('clocks', () => {
  test('a wall clock a day wrong, and stepping, moves no instant', () => {
    const rig = new Rig({ wallErrorMs: day });
    rig.run(20_000);
    rig.wallErrorMs = -3 * day;
    toggle(rig);
    rig.wallErrorMs = 5;
    toggle(rig);
    for (const { seq, change } of rig.changes) {
      const item = rig.server.committed.get(seq);
      expect(Math.abs((item?.at ?? 0) - (change.at.monoMs + offsetMs))).toBeLessThanOrEqual(
        item?.atErrorMs ?? 0,
      );
      expect(item?.atErrorMs).toBeLessThan(50);
      if (item?.kind === 'link.changed')
        expect(item.since - item.at).toBe(Math.round(change.since.monoMs - change.at.monoMs));
    }
  });

  test('what was recorded before the first session of a boot is exact, too', () => {
    const server = Object.assign(new FakeServer(), { dials: 'refuse' });
    const rig = new Rig({ server, wallErrorMs: -day });
    rig.run(10 * minute);
    rig.server.dials = 'open';
    rig.run(minute);
    const [boot, up] = rig.server.story();
    expect(boot).toMatchObject({ kind: 'run.started', bootId: 'boot-1' });
    expect(Math.abs((up?.at ?? 0) - (rig.changes[1]?.change.at.monoMs ?? 0) - offsetMs)).toBeLessThan(50);
  });

  test('records of an earlier boot use its saved offset, or else its wall clock with a minute of doubt', () => {
    const offsets = [{ bootId: 'boot-0', monoMs: 1_000, offsetMs: 777_000, errorMs: 4 }];
    const known = new Rig({ spool: spoolOf(2), offsets, wallErrorMs: day });
    known.run(2_000);
    expect(known.server.story()[1]).toMatchObject({ at: 778_000, atErrorMs: 5 });
    const unknown = new Rig({ spool: spoolOf(2) });
    unknown.run(2_000);
    expect(unknown.server.story()[1]).toMatchObject({ at: offsetMs - 1e9 + 1_000, atErrorMs: 60_001 });
  });

  test('the start tells boot, boot time and how the last run was left', () => {
    const clock = { bootId: 'boot-0', monoMs: 5_000, wallMs: offsetMs + 990_000 };
    const rig = new Rig({ previous: { clock, stoppedInOrder: false } });
    rig.run(2_000);
    const [boot] = rig.server.story();
    expect(boot).toMatchObject({
      kind: 'run.started',
      previous: { bootId: 'boot-0', stoppedInOrder: false },
    });
    if (boot?.kind !== 'run.started') throw new Error('no start');
    expect(Math.abs(boot.bootAt - offsetMs)).toBeLessThan(50);
    // Its wall clock claims a time after this boot began; that cannot be.
    expect(boot.previous?.lastAliveAt).toBe(boot.bootAt);
  });
});

test('whatever is cut, lost, doubled or hung, the server ends with every change once, in order', () => {
  const fault = fc.constantFrom('cut', 'hang', 'drop', 'double', 'heal', 'dead', 'alive', 'refuse', 'open');
  const script = fc.array(fc.tuple(fault, fc.integer({ min: 1, max: 30_000 })), { maxLength: 25 });
  fc.assert(
    fc.property(
      script,
      fc.integer({ min: 0, max: 900 }),
      fc.record({ seed: fc.integer({ min: 1, max: 1e6 }), hole: fc.constantFrom(0, 3_000) }),
      (steps, backlog, { seed, hole }) => {
        const rig = new Rig({ spool: { ...spoolOf(backlog), lastChangeSeq: backlog + hole }, seed });
        for (const [kind, durationMs] of steps) {
          if (kind === 'cut') rig.cut();
          if (kind === 'hang') rig.server.hung = true;
          if (kind === 'drop' || kind === 'double') rig.server.receipts = kind;
          if (kind === 'heal') rig.server.hung = false;
          if (kind === 'refuse' || kind === 'open') rig.server.dials = kind;
          if (kind === 'dead') rig.world = () => undefined;
          if (kind === 'alive') rig.world = () => ({ rttMs: 20 });
          rig.run(durationMs);
        }
        Object.assign(rig.server, { hung: false, receipts: 'send', dials: 'open' });
        rig.run(90_000);
        const last = rig.changes.at(-1)?.seq ?? 0;
        const recorded = upTo(last).slice(backlog + hole);
        expect(rig.changes.map(({ seq }) => seq)).toEqual(recorded);
        expect(rig.server.story().map(({ seq }) => seq)).toEqual([...upTo(backlog), ...recorded]);
        expect(rig.spool.filter(({ queue }) => queue === 'changes')).toEqual([]);
        expect(rig.server.remaining).toBe(0);
        for (const item of rig.server.story()) {
          if (item.kind === 'link.changed') expect(item.since).toBeLessThanOrEqual(item.at);
        }
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
