// Native ICMP on Windows over pretended system calls: what is handed to the system and how its replies are read. The
// layouts are those of the Microsoft reference (ipexport.h), 64-bit.
import { describe, expect, it } from 'vitest';
import type { PingAnswer, PingRequest } from '../../../../shared/icmp/icmp.ts';
import { createWindowsIcmp } from '../../../../shared/icmp/windows.ts';
import type { WindowsIcmpCalls } from '../../../../shared/icmp/windows-calls.ts';

type Wish = Parameters<WindowsIcmpCalls['send']>[1];

interface Reply {
  readonly status: number;
  readonly rttMs: number;
  readonly from: readonly number[];
}

/** A system in which every ping is answered with `reply`, and what it was asked. */
function system(reply: Reply): { readonly calls: WindowsIcmpCalls; readonly asked: Wish[] } {
  const asked: Wish[] = [];
  const calls: WindowsIcmpCalls = {
    send: (family, wish) => {
      asked.push(wish);
      const view = new DataView(wish.reply.buffer);
      wish.reply.set(reply.from, family === 4 ? 0 : 6);
      view.setUint32(family === 4 ? 4 : 28, reply.status, true);
      view.setUint32(family === 4 ? 8 : 32, reply.rttMs, true);
      return 997;
    },
    parseReplies: () => 1,
    createEvent: () => ({}),
    setEvent: () => undefined,
    resetEvent: () => undefined,
    isSet: () => true,
    closeHandle: () => undefined,
    waitAny: (_events, _timeoutMs, done) => setImmediate(done),
  };
  return { calls, asked };
}

async function ask(reply: Reply, request: PingRequest): Promise<{ answer: PingAnswer; asked: Wish[] }> {
  const { calls, asked } = system(reply);
  const icmp = createWindowsIcmp(calls, 8);
  const answer = await icmp.ping(request);
  icmp.close();
  return { answer, asked };
}

const router4 = [10, 1, 2, 2];
const router6 = [0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];

describe('icmp: windows', () => {
  it('hands over the TTL as an option, and none where none was wished', async () => {
    const limited = await ask(
      { status: 11013, rttMs: 12, from: router4 },
      { address: '8.8.8.8', timeoutMs: 500, ttl: 3 },
    );
    expect(limited.asked[0]?.options?.[0]).toBe(3);
    expect(limited.answer).toEqual({ kind: 'expired', from: '10.1.2.2', rttMs: 12 });
    const plain = await ask({ status: 0, rttMs: 12, from: router4 }, { address: '8.8.8.8', timeoutMs: 500 });
    expect(plain.asked[0]?.options).toBeUndefined();
    expect(plain.answer).toEqual({ kind: 'answered', rttMs: 12 });
  });

  it('names an IPv6 router where the packed reply structure has it', async () => {
    const { answer } = await ask(
      { status: 11013, rttMs: 0, from: router6 },
      { address: '2001:4860:4860::8888', timeoutMs: 500, ttl: 1 },
    );
    expect(answer).toMatchObject({ kind: 'expired', from: '2001::9' });
  });

  it('takes an expiry without a wish for one, and "unreachable", for lost', async () => {
    const loop = await ask(
      { status: 11013, rttMs: 1, from: router4 },
      { address: '8.8.8.8', timeoutMs: 500 },
    );
    expect(loop.answer).toEqual({ kind: 'lost' });
    const dead = await ask(
      { status: 11003, rttMs: 1, from: router4 },
      { address: '8.8.8.8', timeoutMs: 500, ttl: 9 },
    );
    expect(dead.answer).toEqual({ kind: 'lost' });
  });

  it('sends as much as was wished and has room for the answer', async () => {
    for (const [payloadBytes, sent] of [
      [undefined, 32],
      [1_400, 1_400],
      [9_999, 1_472],
    ] as const) {
      const { asked } = await ask(
        { status: 0, rttMs: 3, from: router4 },
        { address: '8.8.8.8', timeoutMs: 500, payloadBytes },
      );
      expect(asked[0]?.payload.length).toBe(sent);
      expect(asked[0]?.reply.length).toBeGreaterThan(sent + 64);
    }
  });
});
