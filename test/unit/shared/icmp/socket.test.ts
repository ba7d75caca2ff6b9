// Real ICMP on loopback. Needs root, CAP_NET_RAW or an open ping_group_range; elsewhere the refusal itself is tested.
import { afterAll, describe, expect, it } from 'vitest';
import { openIcmp } from '../../../../shared/icmp/socket.ts';

const opened = openIcmp();

describe('icmp: socket', () => {
  it('opens, or says why native ICMP is not possible here', () => {
    if (!opened.ok) expect(opened.failure).toMatchObject({ code: 'probe.unavailable', retryable: false });
    else expect(opened.value.counters().sent).toBe(0);
  });
});

describe.runIf(opened.ok)('icmp: ping', () => {
  if (!opened.ok) return;
  const icmp = opened.value;
  afterAll(() => icmp.close());

  it('answers from loopback in both families with a round trip below its timeout', async () => {
    for (const address of ['127.0.0.1', '::1']) {
      const answer = await icmp.ping({ address, timeoutMs: 1_000 });
      expect(answer).toMatchObject({ kind: 'answered' });
      if (answer.kind === 'answered') expect(answer.rttMs).toBeLessThan(1_000);
    }
  });

  it('leaves by the source address it was told', async () => {
    expect(await icmp.ping({ address: '127.0.0.1', source: '127.0.0.7', timeoutMs: 1_000 })).toMatchObject({
      kind: 'answered',
    });
  });

  it('says no-address when the source is not on this machine, or of the other family', async () => {
    for (const source of ['198.51.100.77', '::1', 'nonsense']) {
      expect(await icmp.ping({ address: '127.0.0.1', source, timeoutMs: 300 })).toEqual({
        kind: 'local',
        local: 'no-address',
      });
    }
  });

  it('says interface-down for an interface that is not there', async () => {
    expect(await icmp.ping({ address: '127.0.0.1', interface: 'vigia-none', timeoutMs: 300 })).toEqual({
      kind: 'local',
      local: 'interface-down',
    });
    expect(await icmp.ping({ address: 'fe80::1%vigia-none', timeoutMs: 300 })).toEqual({
      kind: 'local',
      local: 'interface-down',
    });
  });

  it('leaves by the interface it was told', async () => {
    expect(await icmp.ping({ address: '127.0.0.1', interface: 'lo', timeoutMs: 1_000 })).toMatchObject({
      kind: 'answered',
    });
  });

  it('asks nothing for what is no address', async () => {
    expect(await icmp.ping({ address: 'example.org', timeoutMs: 300 })).toEqual({
      kind: 'unasked',
      reason: 'not-an-address',
    });
  });

  it('answers every ping of a burst larger than a socket buffer', async () => {
    const pings = Array.from({ length: 1_000 }, (_, at) => `127.0.${at >> 8}.${1 + (at % 250)}`);
    const answers = await Promise.all(pings.map((address) => icmp.ping({ address, timeoutMs: 5_000 })));
    expect(answers.filter((answer) => answer.kind !== 'answered')).toEqual([]);
  });

  it('reads the answers that came in while the program stood still, with their true round trip', async () => {
    const answer = icmp.ping({ address: '127.0.0.1', timeoutMs: 150 });
    await new Promise((resolve) => setImmediate(resolve));
    const endMs = performance.now() + 400;
    while (performance.now() < endMs);
    const got = await answer;
    expect(got.kind).toBe('answered');
    if (got.kind === 'answered') expect(got.rttMs).toBeLessThan(150);
  });

  it('refuses more than its limit, and at its end, without calling anything lost', async () => {
    const own = openIcmp({ outstandingMax: 20 });
    if (!own.ok) throw new Error(own.failure.message);
    const wish = { address: '127.0.0.1', timeoutMs: 20_000 };
    const asked = Array.from({ length: 25 }, () => own.value.ping(wish));
    own.value.close();
    const answers = await Promise.all(asked);
    const reasons = answers.map((answer) => (answer.kind === 'unasked' ? answer.reason : answer.kind));
    expect(reasons).toEqual([...Array(20).fill('closed'), ...Array(5).fill('limit')]);
    expect(await own.value.ping(wish)).toEqual({ kind: 'unasked', reason: 'closed' });
    expect(own.value.counters()).toMatchObject({ sent: 20, lost: 0, unasked: 26 });
  });
});
