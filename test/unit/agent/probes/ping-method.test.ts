// Choosing how to ping, and the ping program, with ways that work or do not.
import { describe, expect, it } from 'vitest';
import { choosePingMethod } from '../../../../agent/probes/ping-method.ts';
import { createPingProgram } from '../../../../agent/probes/ping-program.ts';
import type { Probe, ProbeAnswer } from '../../../../agent/probes/probe.ts';
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
  const counters = { sent: 0, answered: 0, lost: 0, expired: 0, local: 0, unasked: 0 };
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

const repliedText = '40 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=3 ms';

describe('probe: ping method at work', () => {
  const refused: PingAnswer = { kind: 'unasked', reason: 'refused-by-system' };

  it('says why it is not the best one, and nothing when it is', async () => {
    const best = await choosePingMethod({
      openIcmp: () => ok(fakeIcmp(answered)),
      program: always(answered),
      tcp: always(answered),
    });
    expect(best.reason()).toBeUndefined();
    const openIcmp = (): ReturnType<typeof noIcmp> =>
      fail(failure('probe.unavailable', 'native ICMP on Linux: no ICMP socket (EPERM)'));
    const second = await choosePingMethod({ openIcmp, program: always(answered), tcp: always(answered) });
    expect(second.reason()).toBe('native ICMP on Linux: no ICMP socket (EPERM)');
    const third = await choosePingMethod({ openIcmp, program: always(refused), tcp: always(answered) });
    expect(third.reason()).toBe(
      'native ICMP on Linux: no ICMP socket (EPERM); ping program: not found, or not allowed',
    );
    const deaf = await choosePingMethod({
      openIcmp: () => ok(fakeIcmp(lost)),
      program: always(answered),
      tcp: always(answered),
    });
    expect(deaf.reason()).toBe('native ICMP: no answer from this machine itself');
  });

  it('leaves native ICMP when the system refuses it again and again, and comes back', async () => {
    let answer: PingAnswer = answered;
    const icmp = { ...fakeIcmp(answered), ping: () => Promise.resolve(answer) };
    let changes = 0;
    const methods = await choosePingMethod({
      openIcmp: () => ok(icmp),
      program: always(answered),
      tcp: always(answered),
    });
    methods.onChange(() => {
      changes += 1;
    });
    answer = refused;
    for (let at = 1; at < limits.pingRefusalsMax; at += 1)
      await methods.ping({ address: '192.0.2.1', timeoutMs: 100 });
    expect(methods.method()).toBe('icmp');
    await methods.ping({ address: '192.0.2.1', timeoutMs: 100 });
    await expect.poll(() => changes).toBe(1);
    expect(methods.method()).toBe('ping');
    expect(methods.reason()).toBe('native ICMP: not found, or not allowed');
    answer = answered;
    expect(await methods.lookAgain()).toBe(true);
    expect(methods.method()).toBe('icmp');
    expect(changes).toBe(2);
  });

  it('stays when the refusals are not in a row, or only limits', async () => {
    let answer: PingAnswer = answered;
    const icmp = { ...fakeIcmp(answered), ping: () => Promise.resolve(answer) };
    const methods = await choosePingMethod({
      openIcmp: () => ok(icmp),
      program: always(answered),
      tcp: always(answered),
    });
    for (let at = 0; at < limits.pingRefusalsMax * 3; at += 1) {
      answer = at % 10 === 0 ? lost : at % 2 === 0 ? refused : { kind: 'unasked', reason: 'limit' };
      await methods.ping({ address: '192.0.2.1', timeoutMs: 100 });
    }
    expect(methods.method()).toBe('icmp');
    expect(await methods.lookAgain()).toBe(false);
  });

  it('never asks another method what only native ICMP can', async () => {
    const methods = await choosePingMethod({
      openIcmp: noIcmp,
      program: always(refused),
      tcp: always(answered),
    });
    expect(methods.method()).toBe('tcp');
    expect(await methods.ping({ address: '192.0.2.1', timeoutMs: 100, ttl: 3 })).toEqual(refused);
    expect(await methods.ping({ address: '192.0.2.1', timeoutMs: 100, payloadBytes: 1_400 })).toEqual(
      refused,
    );
  });

  it('looks once at a time, and opens nothing after its end', async () => {
    let opened = 0;
    const icmps: { closed: boolean }[] = [];
    const methods = await choosePingMethod({
      openIcmp: () => {
        opened += 1;
        if (opened === 1) return noIcmp();
        const icmp = fakeIcmp(answered);
        icmps.push(icmp);
        return ok(icmp);
      },
      program: always(answered),
      tcp: always(answered),
    });
    const looks = [methods.lookAgain(), methods.lookAgain()];
    methods.close();
    expect(await Promise.all(looks)).toEqual([false, false]);
    expect(opened).toBe(2);
    expect(icmps.map(({ closed }) => closed)).toEqual([true]);
  });
});

describe('probe: ping program', () => {
  it('asks this machine and reads its answer, where the program is installed', async () => {
    const answer = await createPingProgram()({ address: '127.0.0.1', timeoutMs: 5_000 });
    expect(['answered', 'unasked']).toContain(answer.kind);
  });

  it('takes a program that only complains for unasked, and silence with statistics for lost', async () => {
    const saying = (text: string): Promise<ProbeAnswer> =>
      createPingProgram(() => Promise.resolve({ text }))({ address: '127.0.0.1', timeoutMs: 500 });
    expect(await saying('ping: socket: Operation not permitted')).toEqual({
      kind: 'unasked',
      reason: 'refused-by-system',
    });
    expect(await saying('PING 127.0.0.1\n1 packets transmitted, 100% packet loss')).toEqual(lost);
    expect(await saying('ping: connect: Network is unreachable')).toEqual({
      kind: 'local',
      local: 'no-route',
    });
  });

  it('cannot limit hops or send large packets, and says so instead of pretending', async () => {
    const probe = createPingProgram(() => Promise.resolve({ text: repliedText }));
    for (const more of [{ ttl: 1 }, { payloadBytes: 1_400 }]) {
      expect(await probe({ address: '127.0.0.1', timeoutMs: 500, ...more })).toEqual({
        kind: 'unasked',
        reason: 'refused-by-system',
      });
    }
  });

  it('ends the process when its time is over', async () => {
    let ended = false;
    const probe = createPingProgram(
      (_address, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            ended = true;
            reject(new Error('aborted'));
          });
        }),
    );
    expect(await probe({ address: '127.0.0.1', timeoutMs: 40 })).toEqual(lost);
    expect(ended).toBe(true);
  });

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
    const probe = createPingProgram(() => gate.then(() => ({ text: repliedText })));
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
      return Promise.resolve({ text: repliedText });
    });
    expect(await probe({ address: '192.0.2.1', source: '198.51.100.77', timeoutMs: 100 })).toEqual({
      kind: 'local',
      local: 'no-address',
    });
    expect(started).toBe(0);
  });
});
