// Asks a DNS server over UDP, from the link's own source, for a name that certainly exists. Only a well-formed answer
// with an address that can be on the internet counts: SERVFAIL could not reach what it needs; NXDOMAIN, REFUSED, an
// empty answer or a private address for such a name is a server (or something in its place) that lies.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { afterDeadline, elapsedSince } from './deadline.ts';
import { buildQuery, isPublicAddress, readAnswer } from './dns-message.ts';
import { errorCode, localAddressFor, localFailureOf } from './local-address.ts';
import type { Probe, ProbeAnswer } from './probe.ts';

/**
 * A name that exists, belongs to nobody's customer, is never blocked, and lives so short in caches (5 min) that the
 * server must go on reaching the internet to know it.
 */
const askedName = 'www.google.com';
const noError = 0;

/** `port` other than 53 is for tests of this file. */
export function createDnsProbe(port = 53): Probe {
  return async (request) => {
    const family = isIP(request.address);
    if (family === 0) return { kind: 'unasked', reason: 'not-an-address' };
    const source = localAddressFor(request.address, request);
    if (!source.ok) return { kind: 'local', local: source.failure };
    return new Promise((resolve) => {
      const id = randomInt(0x1_0000);
      const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
      const startMs = performance.now();
      let settled = false;
      const settle = (answer: ProbeAnswer): void => {
        if (settled) return;
        settled = true;
        cancel();
        socket.close();
        resolve(answer);
      };
      const cancel = afterDeadline(request.timeoutMs, () => settle({ kind: 'lost' }));
      const failed = (error: unknown): void => {
        const local = localFailureOf(errorCode(error));
        settle(local === undefined ? { kind: 'lost' } : { kind: 'local', local });
      };
      socket.on('error', failed);
      socket.on('message', (bytes, from) => {
        if (from.port !== port || withoutZone(from.address) !== withoutZone(request.address)) return;
        const said = readAnswer(bytes, id);
        if (said === undefined) return;
        if (said.code === noError && said.addresses.some(isPublicAddress))
          settle({ kind: 'answered', rttMs: elapsedSince(startMs) });
        else settle({ kind: 'lost' });
      });
      socket.bind({ port: 0, address: source.value, exclusive: true }, () => {
        socket.send(buildQuery(id, askedName), port, request.address, (error) => {
          if (error !== null) failed(error);
        });
      });
    });
  };
}

function withoutZone(address: string): string {
  return address.split('%')[0]?.toLowerCase() ?? address;
}
