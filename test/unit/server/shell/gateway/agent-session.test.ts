// One session over a socket without a network: hello, receipts after commit only, refusals, half-open sockets.
import { describe, expect, it } from 'vitest';
import { createSessionView } from '../../../../../server/shell/gateway/session-view.ts';
import { agentId, sessionId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { instant } from '../../../../../shared/time.ts';
import { encodeMessage } from '../../../../../shared/wire/codec.ts';
import { closeCodes } from '../../../../../shared/wire/messages.ts';
import { beat, changes, findings, hello, rollups } from '../../../../fakes/agent-side.ts';
import { settled } from '../../../../fakes/manual-clock.ts';
import { createSessionBench } from '../../../../fakes/session-bench.ts';

const bench = createSessionBench;

describe('a session opens', () => {
  it('with welcome and assignment, after the commit only', async () => {
    const { correlator, socket, say, clock } = bench();
    correlator.hold();
    say(hello());
    await settled();
    expect(socket.sent).toEqual([]);
    correlator.release();
    await settled();
    expect(correlator.inputsOf('session.opened')).toMatchObject([
      { agent: 'agt-1', egress: '198.51.100.7', bootId: 'boot-1', version: '0.1.0', spoolDepth: 3 },
    ]);
    expect(socket.sent.map((message) => message.kind)).toEqual(['welcome', 'assignment']);
    expect(socket.sent[0]).toMatchObject({
      agentClockMs: 12.5,
      serverAt: clock.now(),
      egress: '198.51.100.7',
      heartbeatMs: 10_000,
      epoch: 5,
      changesUpTo: 0,
      rollupsUpTo: 0,
    });
  });

  it('with the receipts of what was committed before', async () => {
    const first = bench();
    await first.open();
    first.say(changes([1, 2, 3]));
    first.say(rollups([1, 2]));
    await settled();
    const second = first.another();
    second.say(hello());
    await settled();
    expect(second.socket.sent[0]).toMatchObject({ kind: 'welcome', changesUpTo: 3, rollupsUpTo: 2 });
  });

  it('and tells the core of an agent that only the registry knows', async () => {
    const { correlator, open } = bench({ known: false });
    await open();
    expect(correlator.inputs.map((input) => input.kind)).toEqual(['agent.enrolled', 'session.opened']);
  });

  it('not for an agent that was revoked since its upgrade', async () => {
    const { registry, socket, say, correlator, agent, clock } = bench();
    registry.revoke(agent, clock.now());
    say(hello());
    expect(socket.closes).toEqual([closeCodes.revoked]);
    expect(correlator.inputs).toEqual([]);
  });

  it('not without a hello in ten seconds', () => {
    const { socket, clock, correlator } = bench();
    clock.advance(9_999);
    expect(socket.closes).toEqual([]);
    clock.advance(1);
    expect(socket.closes).toEqual([closeCodes.noHello]);
    expect(correlator.inputs).toEqual([]);
  });

  it('not with anything before hello, nor with two of them', async () => {
    const early = bench();
    early.say(beat(1));
    expect(early.socket.closes).toEqual([{ code: 4003, reason: 'message refused: "beat" before hello' }]);
    const twice = bench();
    await twice.open();
    twice.say(hello());
    expect(twice.socket.closes).toEqual([{ code: 4003, reason: 'message refused: a second hello' }]);
    expect(twice.correlator.inputsOf('session.closed')).toMatchObject([{ by: 'local' }]);
  });

  it('again later when the inbox is full', async () => {
    const { correlator, socket, say } = bench();
    correlator.refuse(true);
    say(hello());
    await settled();
    expect(socket.closes).toEqual([closeCodes.overloaded]);
    expect(socket.sent).toEqual([]);
  });
});

describe('an open session', () => {
  it('answers a beat at once and keeps it from the core', async () => {
    const { open, say, socket, correlator, clock } = bench();
    await open();
    const inputs = correlator.inputs.length;
    correlator.hold();
    say(beat(7));
    expect(socket.sent.at(-1)).toEqual({
      kind: 'beat.reply',
      n: 7,
      agentClockMs: 70_000,
      serverAt: clock.now(),
    });
    expect(correlator.inputs).toHaveLength(inputs);
  });

  it('shows what the agent tells of itself', async () => {
    const { open, say, session, clock } = bench();
    await open();
    clock.advance(4_000);
    say(beat(1, { spoolDepth: 9, clockOffsetMs: -86_400_000, load: { uptimeMs: 5, disks: [] } }));
    say(beat(2, { spoolDepth: 8 }));
    expect(session.view.facts()).toMatchObject({
      connected: true,
      egress: '198.51.100.7',
      version: '0.1.0',
      spoolDepth: 8,
      clockOffsetMs: -86_400_000,
      load: { uptimeMs: 5 },
      lastHeardAt: clock.now(),
    });
  });

  it('sends a receipt only after the commit', async () => {
    const { open, say, socket, correlator } = bench();
    await open();
    correlator.hold();
    say(changes([1, 2]));
    await settled();
    expect(socket.sent.filter((message) => message.kind === 'receipt')).toEqual([]);
    correlator.release();
    await settled();
    expect(socket.sent.at(-1)).toEqual({ kind: 'receipt', epoch: 5, changesUpTo: 2, rollupsUpTo: 0 });
  });

  it('sends no receipt for what was refused, and lets the agent come back', async () => {
    const { open, say, socket, correlator } = bench();
    await open();
    correlator.refuse(true);
    say(changes([1]));
    await settled();
    expect(socket.sent.filter((message) => message.kind === 'receipt')).toEqual([]);
    expect(socket.closes).toEqual([closeCodes.overloaded]);
  });

  it('answers a repetition with the receipt it has, and leaves the rest to the core', async () => {
    const { open, say, socket, correlator } = bench();
    await open();
    say(changes([1, 2]));
    say(changes([1, 2]));
    await settled();
    expect(correlator.inputsOf('changes.received')).toHaveLength(2);
    expect(socket.sent.filter((message) => message.kind === 'receipt').map((m) => m.changesUpTo)).toEqual([
      2, 2,
    ]);
  });

  it('saves rollups beside the core and receipts them, repeated or not', async () => {
    const { open, say, socket, correlator, series } = bench();
    await open();
    const inputs = correlator.inputs.length;
    say(rollups([1, 2]));
    say(rollups([2, 3]));
    say(rollups([1]));
    expect(socket.sent.slice(-3)).toEqual([
      { kind: 'receipt', epoch: 5, changesUpTo: 0, rollupsUpTo: 2 },
      { kind: 'receipt', epoch: 5, changesUpTo: 0, rollupsUpTo: 3 },
      { kind: 'receipt', epoch: 5, changesUpTo: 0, rollupsUpTo: 3 },
    ]);
    const query = { from: instant(0), to: instant(1_000_000) };
    expect(series.read({ site: instantSite, link: 'vivo', ...query })).toHaveLength(3);
    expect(correlator.inputs).toHaveLength(inputs);
  });

  it('does not read on while too much waits for its commit, and is not silent meanwhile', async () => {
    const { open, say, socket, correlator, clock, heard } = bench();
    await open();
    correlator.hold();
    for (let seq = 1; seq <= 6; seq += 1) say(changes([seq]));
    expect(correlator.inputsOf('changes.received')).toHaveLength(limits.changesInFlightMax);
    expect(socket.isPaused()).toBe(true);
    heard.length = 0;
    clock.advance(60_000);
    expect(socket.closes).toEqual([]);
    expect(heard.length).toBeGreaterThan(2);
    correlator.release();
    await settled();
    expect(socket.isPaused()).toBe(false);
    expect(correlator.inputsOf('changes.received')).toHaveLength(6);
    expect(socket.sent.at(-1)).toMatchObject({ kind: 'receipt', changesUpTo: 6 });
  });

  it('sends the assignment anew when asked, with the inventory of that moment', async () => {
    const { open, session, socket, correlator } = bench();
    await open();
    correlator.adopt({ ...correlator.state().topology, revision: 8 });
    session.sendAssignment();
    expect(socket.sent.at(-1)).toMatchObject({ kind: 'assignment', revision: 8 });
  });

  it('skips and counts a message of a kind it does not know', async () => {
    const { open, session, socket, counters } = bench();
    await open();
    session.received('{"kind":"from.the.future","anything":[1]}');
    expect(socket.closes).toEqual([]);
    expect(counters.read()['session.unknown-kind']).toBe(1);
  });

  it.each([
    ['{"kind":"beat","n":1}', 'message refused: agentClockMs: '],
    ['not json', 'message refused: wanted: JSON text'],
    [
      encodeMessage({ ...beat(1), history: ['https://'] } as never),
      'message refused: history: unknown field',
    ],
    [encodeMessage(changes([2, 1])), 'message refused: items: wanted: seq rising'],
    [encodeMessage(changes([1, 1])), 'message refused: items: wanted: seq rising'],
    [undefined, 'message refused: wanted: JSON text, not binary'],
  ])('closes with one clear reason on %s', async (text, reason) => {
    const { open, session, socket, correlator, counters } = bench();
    await open();
    session.received(text);
    session.received(text);
    expect(socket.closes).toHaveLength(1);
    expect(socket.closes[0]?.code).toBe(4003);
    expect(socket.closes[0]?.reason).toContain(reason);
    expect(correlator.inputsOf('session.closed')).toMatchObject([{ by: 'local' }]);
    expect(counters.read()['session.bad-message']).toBe(1);
  });

  it('closes a peer that floods', async () => {
    const { open, say, socket, session } = bench();
    await open();
    for (let n = 0; n < 300; n += 1) n % 2 === 0 ? say(beat(n)) : session.pinged();
    expect(socket.closes).toEqual([closeCodes.flooding]);
  });

  it('gives up a peer that does not take what it is sent', async () => {
    const { open, say, socket, correlator } = bench();
    await open();
    socket.stall(limits.socketBufferedBytesMax + 1);
    say(beat(1));
    expect(socket.isDestroyed()).toBe(true);
    expect(correlator.inputsOf('session.closed')).toMatchObject([{ by: 'local' }]);
  });
});

describe('a session ends', () => {
  it.each([
    ['peer', 'peer'],
    ['lost', 'timeout'],
  ] as const)('once, and says how: %s', async (how, by) => {
    const { open, session, correlator, say, clock } = bench();
    await open();
    session.socketEnded(how);
    session.socketEnded('peer');
    say(beat(1));
    expect(correlator.inputsOf('session.closed')).toMatchObject([{ session: session.id, by }]);
    expect(clock.timers()).toBe(0);
  });

  it('as half-open when nothing comes for twenty seconds', async () => {
    const { open, say, socket, clock, correlator } = bench();
    await open();
    clock.advance(15_000);
    say(beat(1));
    clock.advance(19_999);
    expect(socket.closes).toEqual([]);
    clock.advance(1);
    expect(socket.closes).toEqual([closeCodes.silent]);
    expect(correlator.inputsOf('session.closed')).toMatchObject([{ by: 'timeout' }]);
  });

  it('not while pongs come', async () => {
    const { open, session, socket, clock } = bench();
    await open();
    for (let n = 0; n < 10; n += 1) {
      clock.advance(15_000);
      session.pinged();
    }
    expect(socket.closes).toEqual([]);
  });

  it('with a goodbye that goes to the core in its place, and nothing is expected any more', async () => {
    const { open, say, session, correlator, forgotten, agent } = bench();
    await open();
    correlator.hold();
    for (let seq = 1; seq <= 5; seq += 1) say(changes([seq]));
    say({ kind: 'goodbye', reason: 'shutdown' });
    expect(forgotten).toEqual([]);
    correlator.release();
    await settled();
    session.socketEnded('peer');
    expect(correlator.inputs.slice(-3).map((input) => input.kind)).toEqual([
      'changes.received',
      'goodbye.said',
      'session.closed',
    ]);
    expect(forgotten).toEqual([agent]);
  });

  it('when an agent lives on after its goodbye: only a new hello makes it live again', async () => {
    const { open, say, socket, clock } = bench();
    await open();
    say({ kind: 'goodbye', reason: 'restart' });
    clock.advance(5_000);
    say(beat(1));
    expect(socket.closes).toEqual([]);
    clock.advance(6_000);
    say(beat(2));
    expect(socket.closes).toHaveLength(1);
  });

  it('quietly when the server stops', async () => {
    const { open, session, socket, correlator } = bench();
    await open();
    session.close(closeCodes.goingAway, { quiet: true });
    expect(socket.closes).toEqual([closeCodes.goingAway]);
    expect(correlator.inputsOf('session.closed')).toEqual([]);
  });

  it('without a word to the core when it never said hello', () => {
    const { session, correlator, clock } = bench();
    session.socketEnded('peer');
    expect(correlator.inputs).toEqual([]);
    expect(clock.timers()).toBe(0);
  });
});

const instantSite = bench().record.site;

describe('what an agent found when it examined itself', () => {
  it('is kept for the screens, the latest only, and reaches neither the core nor a receipt', async () => {
    const { session, say, open, correlator, socket, clock } = bench();
    await open();
    const inputs = correlator.inputs.length;
    say(findings({ good: 3 }));
    say(findings({ good: 4, examinedAt: instant(950), items: [] }));
    await settled();
    expect(session.view.facts().findings).toEqual({
      ...{ examinedAt: Math.min(950, clock.now()), good: 4, more: 0, items: [] },
    });
    expect(correlator.inputs.length).toBe(inputs);
    expect(socket.sent.map(({ kind }) => kind)).toEqual(['welcome', 'assignment']);
    expect(socket.closes).toEqual([]);
  });

  it('is never of the future, whatever the agent believes', async () => {
    const { session, say, open, clock } = bench();
    await open();
    say(findings({ examinedAt: instant(clock.now() + 3_600_000) }));
    expect(session.view.facts().findings?.examinedAt).toBe(clock.now());
  });

  it('is not heard before hello, and refused beyond its limits', async () => {
    const early = bench();
    early.say(findings());
    expect(early.socket.closes).toMatchObject([{ code: closeCodes.badMessage.code }]);
    const { socket, say, open, session } = bench();
    await open();
    const [item] = findings().items;
    say(
      findings({
        items: Array.from({ length: limits.findingsMax + 1 }, () => item).filter(
          (each) => each !== undefined,
        ),
      }),
    );
    expect(socket.closes).toMatchObject([{ code: closeCodes.badMessage.code }]);
    expect(session.view.facts().findings).toBeUndefined();
  });

  it('is known on over a new session until that one tells anew', () => {
    const of = (session: string) =>
      createSessionView({ agent: agentId('agt-1'), session: sessionId(session), egress: '::1' });
    const [first, second] = [of('s1'), of('s2')];
    first.examined(findings({ good: 3 }), instant(2_000));
    second.follows(first.facts());
    expect(second.facts().findings?.good).toBe(3);
    second.examined(findings({ good: 4 }), instant(2_000));
    second.follows(first.facts());
    expect(second.facts().findings?.good).toBe(4);
  });
});
