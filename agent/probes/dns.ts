// Asks a DNS server over UDP, from the link's own source, for a name that certainly exists. Only a well-formed answer
// without an error counts: SERVFAIL could not reach what it needs, and NXDOMAIN or REFUSED for such a name is a server
// (or something in its place) that does not serve the internet's names.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { afterDeadline, elapsedSince } from './deadline.ts';
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
        const code = responseCode(bytes, id);
        if (code === undefined) return;
        if (code === noError) settle({ kind: 'answered', rttMs: elapsedSince(startMs) });
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

/** A recursive query for the A record of `name` (RFC 1035 section 4.1). */
export function buildQuery(id: number, name: string): Uint8Array {
  const labels = name.split('.').map((label) => new TextEncoder().encode(label));
  const length = 12 + labels.reduce((sum, label) => sum + 1 + label.length, 0) + 1 + 4;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, id);
  view.setUint16(2, 0x0100);
  view.setUint16(4, 1);
  let at = 12;
  for (const label of labels) {
    bytes[at] = label.length;
    bytes.set(label, at + 1);
    at += 1 + label.length;
  }
  view.setUint16(at + 1, 1);
  view.setUint16(at + 3, 1);
  return bytes;
}

/** The RCODE of an answer to our question; undefined = not a well-formed answer to it. */
export function responseCode(bytes: Uint8Array, id: number): number | undefined {
  if (bytes.length < 12) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint16(2);
  const isResponse = (flags & 0x8000) !== 0;
  return view.getUint16(0) === id && isResponse ? flags & 0x000f : undefined;
}

function withoutZone(address: string): string {
  return address.split('%')[0]?.toLowerCase() ?? address;
}
