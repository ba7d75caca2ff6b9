// Choosing how to ping, and the ping program, with ways that work or do not.
import { describe, expect, it } from 'vitest';
import { choosePingMethod } from '../../../../agent/probes/ping-method.ts';
import { createPingProgram } from '../../../../agent/probes/ping-program.ts';
import type { Probe } from '../../../../agent/probes/probe.ts';
import { failure } from '../../../../shared/failure.ts';
import type { Icmp, PingAnswer } from '../../../../shared/icmp/icmp.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok } from '../../../../shared/result.ts';

const answered: PingAnswer = { kind: 'answered', rttMs: 1 };
const lost: PingAnswer = { kind: 'lost' };
const always =
  (answer: PingAnswer): Probe =>
  () =>
    Promise.resolve(answer);

function fakeIcmp(answer: PingAnswer): Icmp & { closed: boolean } {
  const counters = { sent: 0, answered: 0, lost: 0, local: 0, unasked: 0 };
  return {
    closed: false,
    ping: () => Promise.resolve(answer),
    counters: () => counters,
    close() {
      this.closed = true;
    },
  };
}
const noIcmp = () => fail(failure('probe.unavailable', 'no right'));

describe('probe: ping method', () => {
  it('is native where native answers on loopback', async () => {
    const methods = await choosePingMethod({
      openIcmp: () => ok(fakeIcmp(answered)),
      program: always(answered),
      tcp: always(answered),
    });
    expect(methods.method()).toBe('icmp');
    expect(await methods.lookAgain()).toBe(false);
  });

  it('is the program where native may not run or does not work, and closes what did not work', async () => {
    const deaf = fakeIcmp(lost);
    for (const openIcmp of [noIcmp, () => ok(deaf)]) {
      const methods = await choosePingMethod({ openIcmp, program: always(answered), tcp: always(answered) });
      expect(methods.method()).toBe('ping');
    }
    expect(deaf.closed).toBe(true);
  });

  it('is TCP where no ping program is installed', async () => {
    const program = createPingProgram(() => Promise.reject(new Error('ENOENT')));
    const methods = await choosePingMethod({ openIcmp: noIcmp, program, tcp: always(answered) });
    expect(methods.method()).toBe('tcp');
    expect(await methods.ping({ address: '192.0.2.1', timeoutMs: 100 })).toEqual(answered);
  });

  it('moves to a better way when one appears', async () => {
    let allowed = false;
    const methods = await choosePingMethod({
      openIcmp: () => (allowed ? ok(fakeIcmp(answered)) : noIcmp()),
      program: always(lost),
      tcp: always(answered),
    });
    expect(methods.method()).toBe('tcp');
    expect(await methods.lookAgain()).toBe(false);
    allowed = true;
    expect(await methods.lookAgain()).toBe(true);
    expect(methods.method()).toBe('icmp');
  });
});

describe('probe: ping program', () => {
  it('never takes a program that does not start for a lost ping', async () => {
    const probe = createPingProgram(() => Promise.reject(new Error('ENOENT')));
    expect(await probe({ address: '127.0.0.1', timeoutMs: 500 })).toEqual({
      kind: 'unasked',
      reason: 'refused-by-system',
    });
  });

  it('answers at its own deadline when the program dawdles', async () => {
    const probe = createPingProgram(() => new Promise(() => undefined));
    expect(await probe({ address: '127.0.0.1', timeoutMs: 60 })).toEqual(lost);
  });

  it('runs a limited number of processes at once and counts the rest as unasked', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const probe = createPingProgram(() => gate.then(() => ({ alive: true, rttMs: 3 })));
    const asked = Array.from({ length: limits.pingProcessesMax + 2 }, () =>
      probe({ address: '127.0.0.1', timeoutMs: 5_000 }),
    );
    release();
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => answer.kind === 'answered')).toHaveLength(limits.pingProcessesMax);
    expect(answers.slice(-2)).toEqual([
      { kind: 'unasked', reason: 'limit' },
      { kind: 'unasked', reason: 'limit' },
    ]);
  });

  it('tells a source that is not on this machine without starting anything', async () => {
    let started = 0;
    const probe = createPingProgram(() => {
      started += 1;
      return Promise.resolve({ alive: true });
    });
    expect(await probe({ address: '192.0.2.1', source: '198.51.100.77', timeoutMs: 100 })).toEqual({
      kind: 'local',
      local: 'no-address',
    });
    expect(started).toBe(0);
  });
});
