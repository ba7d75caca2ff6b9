// Two machines that claim to be one agent, over real WebSockets on loopback and virtual time: a cloned disk, and a machine
// that comes back while its old socket is half-open.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { contest, createCloneSightings, type Origin } from '../../../../../server/shell/gateway/claim.ts';
import { agentId } from '../../../../../shared/ids.ts';
import { limits } from '../../../../../shared/limits.ts';
import { instant } from '../../../../../shared/time.ts';
import { closeCodes } from '../../../../../shared/wire/messages.ts';
import { beat, changes, hello } from '../../../../fakes/agent-side.ts';
import { type GatewayBench, type Peer, startGatewayBench } from '../../../../fakes/gateway-bench.ts';

const original = { machine: 'machine-of-the-original', bootId: 'boot-1' };
const clone = { machine: 'machine-of-the-cloned-one', bootId: 'boot-9' };

let bench: GatewayBench;
beforeEach(async () => {
  bench = await startGatewayBench();
});
afterEach(() => bench.stop());

interface Opened extends Peer {
  readonly agent: string;
  readonly key: Parameters<GatewayBench['connect']>[1];
}

async function opened(origin: Origin, more: { readonly autoPong?: boolean } = {}): Promise<Opened> {
  const { agent, key } = await bench.enrolled();
  const peer = await bench.connect(agent, key, more);
  peer.send(hello(origin));
  await peer.heard('assignment');
  return { ...peer, agent, key };
}

/** Another socket of the same agent has said hello and the gateway has taken it in. */
async function claiming(of: Opened, origin: Origin): Promise<Peer> {
  const hellos = bench.counters.read()['message.hello'];
  const peer = await bench.connect(of.agent, of.key);
  peer.send(hello(origin));
  await vi.waitFor(() => expect(bench.counters.read()['message.hello']).toBe(hellos + 1));
  return peer;
}

function kinds(): string[] {
  return bench.correlator.inputs.map((input) => input.kind);
}

describe('a cloned disk', () => {
  it('is refused while its original lives, and the original notices nothing', async () => {
    const first = await opened(original);
    const second = await claiming(first, clone);
    expect((await second.closed).code).toBe(closeCodes.cloned.code);
    expect(second.received).toEqual([]);
    first.send(beat(1));
    await first.heard('beat.reply');
    expect(kinds().filter((kind) => kind.startsWith('session.'))).toEqual(['session.opened']);
    expect(bench.correlator.inputsOf('agent.cloned')).toMatchObject([
      { agent: first.agent, address: '127.0.0.1', times: 1 },
    ]);
    expect(bench.counters.read()).toMatchObject({ 'session.cloned': 1, 'session.replaced': 0 });
    expect(bench.gateway.live(agentId(first.agent))).toMatchObject({ connected: true });
  });

  it('is refused on equal hardware too, told by its own boot', async () => {
    const first = await opened({ bootId: 'boot-1' });
    const second = await claiming(first, { bootId: 'boot-2' });
    expect((await second.closed).code).toBe(closeCodes.cloned.code);
    expect(bench.gateway.sessionCount()).toBe(1);
  });

  it('that was there first gives way to its original at once', async () => {
    const first = await opened(original);
    first.webSocket.close(1000);
    await vi.waitFor(() => expect(bench.gateway.sessionCount()).toBe(0));
    const intruder = await claiming(first, clone);
    await intruder.heard('welcome');
    const back = await claiming(first, { ...original, bootId: 'boot-2' });
    await back.heard('welcome');
    expect((await intruder.closed).code).toBe(closeCodes.cloned.code);
    expect(bench.correlator.inputsOf('agent.cloned')).toHaveLength(1);
    expect(bench.gateway.sessionCount()).toBe(1);
  });

  it('that keeps dialling is refused each time, and told to the core in sums', async () => {
    const first = await opened(original);
    for (let n = 0; n < 5; n += 1) {
      const again = await claiming(first, clone);
      expect((await again.closed).code).toBe(closeCodes.cloned.code);
    }
    expect(bench.correlator.inputsOf('agent.cloned')).toMatchObject([{ times: 1 }]);
    expect(bench.counters.read()['session.cloned']).toBe(5);
  });

  it('cannot speak, nor count as a sign of life, while its original is asked', async () => {
    const first = await opened(original, { autoPong: false });
    const second = await claiming(first, clone);
    await bench.clock.advanceAsync(1_000);
    second.webSocket.ping();
    second.send(changes([1]));
    expect(await second.closed).toEqual({
      code: closeCodes.badMessage.code,
      reason: 'message refused: "changes" before welcome',
    });
    expect(bench.correlator.inputsOf('changes.received')).toEqual([]);
    first.send(beat(1));
    await first.heard('beat.reply');
    expect(bench.gateway.sessionCount()).toBe(1);
  });

  it('is told to come back later when too many claim at once', async () => {
    const first = await opened(original, { autoPong: false });
    const waiting: Peer[] = [];
    for (let n = 0; n < limits.claimsPerAgentMax; n += 1) waiting.push(await claiming(first, clone));
    const surplus = await claiming(first, clone);
    expect((await surplus.closed).code).toBe(closeCodes.overloaded.code);
    first.send(beat(1));
    const codes = await Promise.all(waiting.map(async ({ closed }) => (await closed).code));
    expect(codes).toEqual(waiting.map(() => closeCodes.cloned.code));
  });
});

describe('a machine that comes back', () => {
  it('in the same boot takes its own old socket over at once, also a half-open one', async () => {
    const first = await opened(original, { autoPong: false });
    const second = await claiming(first, original);
    await second.heard('welcome');
    expect((await first.closed).code).toBe(closeCodes.replaced.code);
    expect(bench.counters.read()['session.contested']).toBe(0);
  });

  it.each([
    ['with the machine told', original, { ...original, bootId: 'boot-2' }],
    ['without it', { bootId: 'boot-1' }, { bootId: 'boot-2' }],
    [
      'after new hardware was put in',
      original,
      { ...original, machine: 'a-mainboard-of-today', bootId: 'b' },
    ],
  ])('after a boot waits for its half-open socket to prove dead: %s', async (_name, before, after) => {
    const first = await opened(before, { autoPong: false });
    const second = await claiming(first, after);
    await bench.clock.advanceAsync(limits.challengeMs - 1);
    expect(second.received).toEqual([]);
    await bench.clock.advanceAsync(1);
    await second.heard('welcome');
    expect((await first.closed).code).toBe(closeCodes.replaced.code);
    expect(bench.correlator.inputsOf('agent.cloned')).toEqual([]);
    expect(kinds().slice(-3)).toEqual(['session.opened', 'session.closed', 'session.opened']);
  });

  it('takes its place as soon as the old socket ends, without the whole wait', async () => {
    const first = await opened(original, { autoPong: false });
    const second = await claiming(first, { ...original, bootId: 'boot-2' });
    first.raw().resetAndDestroy();
    await second.heard('welcome');
    expect(bench.correlator.inputsOf('agent.cloned')).toEqual([]);
  });

  it('is not held up by the socket over which it said goodbye', async () => {
    const first = await opened(original);
    first.send({ kind: 'goodbye', reason: 'restart' });
    await vi.waitFor(() => expect(bench.correlator.inputsOf('goodbye.said')).toHaveLength(1));
    const second = await claiming(first, { ...original, bootId: 'boot-2' });
    await second.heard('welcome');
    expect(bench.correlator.inputsOf('agent.cloned')).toEqual([]);
  });

  it('is told to come back later when this server did not read the old socket', async () => {
    const first = await opened(original);
    bench.correlator.hold();
    for (let seq = 1; seq <= limits.changesInFlightMax; seq += 1) first.send(changes([seq]));
    await vi.waitFor(() => expect(bench.counters.read()['session.paused']).toBe(1));
    const second = await claiming(first, clone);
    await bench.clock.advanceAsync(limits.challengeMs);
    expect((await second.closed).code).toBe(closeCodes.overloaded.code);
    expect(bench.correlator.inputsOf('agent.cloned')).toEqual([]);
    expect(first.webSocket.readyState).toBe(first.webSocket.OPEN);
  });

  it('does not open a session while the server stops', async () => {
    const first = await opened(original, { autoPong: false });
    const second = await claiming(first, clone);
    bench.gateway.close();
    expect((await second.closed).code).not.toBe(1006);
    expect(bench.correlator.inputsOf('session.opened')).toHaveLength(1);
  });

  it('does not open a session when its agent is revoked meanwhile', async () => {
    const first = await opened(original, { autoPong: false });
    const second = await claiming(first, { ...original, bootId: 'boot-2' });
    const id = agentId(first.agent);
    bench.registry.revoke(id, bench.clock.now());
    bench.gateway.cut(id);
    expect((await second.closed).code).toBe(closeCodes.revoked.code);
    expect(bench.correlator.inputsOf('session.opened')).toHaveLength(1);
    expect(bench.gateway.sessionCount()).toBe(0);
  });
});

describe('a contest', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const told = fc.record({ machine: name, bootId: name });
  const origin: fc.Arbitrary<Origin> = fc.oneof(told, fc.record({ bootId: name }));

  it('ends a living session unasked only for the same run, or for the machine that was first', () => {
    fc.assert(
      fc.property(origin, origin, fc.option(name, { nil: undefined }), (present, newcomer, home) => {
        const outcome = contest({ present, newcomer, home });
        const mayDiffer = present.machine !== undefined && newcomer.machine !== undefined;
        if (outcome === 'take') {
          expect(newcomer.bootId).toBe(present.bootId);
          if (mayDiffer) expect(newcomer.machine).toBe(present.machine);
        }
        if (outcome === 'oust') {
          expect(newcomer.machine).toBe(home);
          expect(present.machine).not.toBe(home);
          expect(present.machine).toBeDefined();
        }
      }),
    );
  });

  it('never lets two machines oust each other in turn', () => {
    fc.assert(
      fc.property(told, told, fc.option(name, { nil: undefined }), (one, two, home) => {
        const there = contest({ present: one, newcomer: two, home });
        const back = contest({ present: two, newcomer: one, home });
        expect([there, back]).not.toEqual(['oust', 'oust']);
      }),
    );
  });
});

describe('clones seen', () => {
  it('are told at once, then summed for a minute', () => {
    const told: unknown[] = [];
    const sightings = createCloneSightings({ submit: (input) => told.push(input) });
    const agent = agentId('agt-1');
    for (const atMs of [0, 10_000, 59_999, 60_000]) sightings.seen(agent, instant(atMs), '203.0.113.9');
    expect(told).toEqual([
      { kind: 'agent.cloned', at: 0, agent, address: '203.0.113.9', times: 1 },
      { kind: 'agent.cloned', at: 60_000, agent, address: '203.0.113.9', times: 3 },
    ]);
  });
});
