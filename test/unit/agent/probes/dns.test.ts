// The DNS probe against a real UDP socket on loopback that answers as each test wants.
import { createSocket, type Socket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDnsProbe } from '../../../../agent/probes/dns.ts';

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

/** The query, turned into an answer with this code and these addresses (4 or 16 bytes each). */
function answering(code: number, addresses: readonly (readonly number[])[] = [[142, 250, 79, 4]]) {
  return (query: Uint8Array): Uint8Array => {
    const head = new Uint8Array(query);
    head[2] = 0x81;
    head[3] = 0x80 | code;
    head[7] = code === 0 ? addresses.length : 0;
    const records = addresses.flatMap((address) => {
      const type = address.length === 4 ? 1 : 28;
      return [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, address.length, ...address];
    });
    return new Uint8Array([...head, ...(code === 0 ? records : [])]);
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

  it('takes an answer without an address, or with none that can be on the internet, for a lie', async () => {
    const lies = [
      [],
      [[0, 0, 0, 0]],
      [[127, 0, 0, 1]],
      [
        [192, 168, 1, 1],
        [10, 0, 0, 1],
      ],
      [[100, 64, 0, 1]],
    ];
    for (const addresses of lies) {
      reply = answering(0, addresses);
      expect(await createDnsProbe(port)({ address: '127.0.0.1', timeoutMs: 2_000 })).toEqual({
        kind: 'lost',
      });
    }
    reply = answering(0, [
      [192, 168, 1, 1],
      [142, 250, 79, 4],
    ]);
    expect((await createDnsProbe(port)({ address: '127.0.0.1', timeoutMs: 2_000 })).kind).toBe('answered');
  });
});
