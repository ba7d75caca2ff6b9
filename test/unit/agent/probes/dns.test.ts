// The DNS probe against a real UDP socket on loopback that answers as each test wants.
import { createSocket, type Socket } from 'node:dgram';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildQuery, createDnsProbe, responseCode } from '../../../../agent/probes/dns.ts';

let server: Socket;
let port = 0;
let reply: (query: Buffer) => Uint8Array | undefined = () => undefined;
let askedFrom = '';

beforeAll(async () => {
  server = createSocket('udp4');
  server.on('message', (query, from) => {
    askedFrom = from.address;
    const answer = reply(query);
    if (answer !== undefined) server.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  port = server.address().port;
});

afterAll(() => {
  server.close();
});

function answering(code: number): (query: Buffer) => Uint8Array {
  return (query) => {
    const answer = new Uint8Array(query);
    answer[2] = 0x81;
    answer[3] = 0x80 | code;
    return answer;
  };
}

describe('probe: dns', () => {
  it('takes a well-formed answer without an error', async () => {
    reply = answering(0);
    const answer = await createDnsProbe(port)({ address: '127.0.0.1', timeoutMs: 2_000 });
    expect(answer).toMatchObject({ kind: 'answered' });
  });

  it('takes "no such name" and "refused" for lost: the asked name exists', async () => {
    for (const code of [3, 5]) {
      reply = answering(code);
      expect(await createDnsProbe(port)({ address: '127.0.0.1', timeoutMs: 2_000 })).toEqual({
        kind: 'lost',
      });
    }
  });

  it('takes a server failure for lost: it could not reach what it needs', async () => {
    reply = answering(2);
    expect(await createDnsProbe(port)({ address: '127.0.0.1', timeoutMs: 2_000 })).toEqual({ kind: 'lost' });
  });

  it('takes silence, noise and the answer to another question for lost', async () => {
    const other = (query: Buffer): Uint8Array => {
      const answer = answering(0)(query);
      answer[0] = (answer[0] ?? 0) ^ 1;
      return answer;
    };
    for (const silent of [() => undefined, () => new Uint8Array(5), other]) {
      reply = silent;
      expect(await createDnsProbe(port)({ address: '127.0.0.1', timeoutMs: 120 })).toEqual({ kind: 'lost' });
    }
  });

  it('leaves by the source it was told, and says so when that is not here', async () => {
    reply = answering(0);
    await createDnsProbe(port)({ address: '127.0.0.1', source: '127.0.0.9', timeoutMs: 2_000 });
    expect(askedFrom).toBe('127.0.0.9');
    expect(
      await createDnsProbe(port)({ address: '127.0.0.1', source: '198.51.100.77', timeoutMs: 500 }),
    ).toEqual({ kind: 'local', local: 'no-address' });
  });

  it('builds a query whose own bytes are not an answer, and never throws on noise', () => {
    expect(responseCode(buildQuery(7, 'www.example.com'), 7)).toBeUndefined();
    expect([...buildQuery(7, 'a.bc')].slice(12)).toEqual([1, 97, 2, 98, 99, 0, 0, 1, 0, 1]);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => void responseCode(noise, 7)));
  });
});
