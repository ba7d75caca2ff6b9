// One ICMP socket of Linux, opened and bound, and what its errors mean. Stands between linux.ts and the C library.
// It must never fall back from a bound socket to an unbound one: the ping would measure another link.
import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { fail, ok, type Result } from '../result.ts';
import { parseAddress, socketAddress } from './address.ts';
import type { LocalFailure } from './icmp.ts';
import { abi, errno, type Libc } from './linux-libc.ts';
import type { IpFamily } from './packet.ts';

export interface EchoSocket {
  readonly fd: number;
  readonly family: IpFamily;
  /** Raw IPv4 sockets give the IP header along. */
  readonly ipHeader: boolean;
  /** Echo id to send with; the kernel overwrites it on datagram sockets. */
  readonly id: number;
  readonly openedMs: number;
  readonly raw: boolean;
  outstanding: number;
  /** Has an error queue: a datagram socket that has sent a TTL-limited ping. */
  hearsErrors: boolean;
}

interface SocketWish {
  readonly family: IpFamily;
  readonly source?: string;
  readonly interface?: string;
}

/** Fails with the positive errno of the call that refused. */
export function openEchoSocket(libc: Libc, wish: SocketWish): Result<EchoSocket, number> {
  const { fd, raw } = openEither(libc, wish.family);
  if (fd < 0) return fail(-fd);
  const refusal = prepare(libc, fd, { ...wish, raw });
  if (refusal !== 0) {
    libc.close(fd);
    return fail(refusal);
  }
  // The first question for a stamp fails (no packet yet) and makes the kernel stamp from now on.
  libc.packetAgeMs(fd);
  const openedMs = Number(process.hrtime.bigint()) / 1e6;
  return ok({
    fd,
    family: wish.family,
    raw,
    ipHeader: raw && wish.family === 4,
    id: randomInt(0x1_0000),
    openedMs,
    outstanding: 0,
    hearsErrors: false,
  });
}

/**
 * Sets the TTL of what is sent next; undefined = the system's own again. One socket serves both kinds of ping on
 * purpose: a kernel's datagram socket has one ICMP id, and routers that balance load or translate addresses tell flows
 * of pings apart by that id, so a TTL-limited ping goes the way of the ordinary pings beside it. Returns 0 or the
 * negative errno.
 */
export function limitHops(libc: Libc, socket: EchoSocket, ttl: number | undefined): number {
  const four = socket.family === 4;
  // A raw socket hears routers as it hears answers; a datagram socket is told only if it asks. It asks late, because
  // from then on a router's word about one ping fails the next call on the socket.
  if (ttl !== undefined && !socket.raw && !socket.hearsErrors) {
    const option = four
      ? { level: abi.levelIp4, name: abi.receiveErrors4, value: int(1) }
      : { level: abi.levelIp6, name: abi.receiveErrors6, value: int(1) };
    const heard = libc.setOption(socket.fd, option);
    if (heard < 0) return heard;
    socket.hearsErrors = true;
  }
  return libc.setOption(socket.fd, {
    level: four ? abi.levelIp4 : abi.levelIp6,
    name: four ? abi.ttl4 : abi.hops6,
    // -1 = the system's own.
    value: int(ttl ?? -1),
  });
}

/** What the errno of a bind or send says about THIS machine; undefined = it says nothing of that sort. */
export function localFailureOf(
  code: number,
  wish: { readonly source?: string; readonly interface?: string },
): LocalFailure | undefined {
  switch (code) {
    case errno.EADDRNOTAVAIL:
      return 'no-address';
    case errno.EINVAL:
      // A source that left the machine after the socket was bound to it.
      return wish.source === undefined ? undefined : 'no-address';
    case errno.ENETDOWN:
    case errno.ENODEV:
    case errno.ENXIO:
      return 'interface-down';
    case errno.ENETUNREACH:
    case errno.EHOSTUNREACH:
      return wish.interface !== undefined && !isUp(wish.interface) ? 'interface-down' : 'no-route';
    default:
      return undefined;
  }
}

function openEither(libc: Libc, family: IpFamily): { readonly fd: number; readonly raw: boolean } {
  const domain = family === 4 ? abi.family4 : abi.family6;
  const protocol = family === 4 ? abi.protocolIcmp4 : abi.protocolIcmp6;
  const datagram = libc.socket(domain, abi.datagram | abi.nonBlockCloseExec, protocol);
  if (datagram >= 0) return { fd: datagram, raw: false };
  return { fd: libc.socket(domain, abi.raw | abi.nonBlockCloseExec, protocol), raw: true };
}

/** Fragments, filter, device, source. Returns 0 or the positive errno. */
function prepare(libc: Libc, fd: number, wish: SocketWish & { readonly raw: boolean }): number {
  // Large pings ask whether large packets pass, not whether every router tells its MTU: none says "do not fragment".
  // Where the kernel refuses, its default serves too.
  const level = wish.family === 4 ? abi.levelIp4 : abi.levelIp6;
  const name = wish.family === 4 ? abi.mtuDiscover4 : abi.mtuDiscover6;
  libc.setOption(fd, { level, name, value: int(0) });
  if (wish.raw) {
    const filtered = wish.family === 4 ? onlyAnswers4 : onlyAnswers6;
    const result = libc.setOption(fd, filtered);
    if (result < 0) return -result;
  }
  if (wish.interface !== undefined) {
    const value = new TextEncoder().encode(`${wish.interface}\0`);
    const result = libc.setOption(fd, { level: abi.levelSocket, name: abi.bindToDevice, value });
    if (result < 0) return -result;
  }
  if (wish.source !== undefined) {
    const source = parseAddress(wish.source);
    // A source of the other family can never be an address of this socket.
    if (source === undefined || source.family !== wish.family) return errno.EADDRNOTAVAIL;
    const scope = source.zone === undefined ? undefined : libc.interfaceIndex(source.zone);
    const result = libc.bind(fd, socketAddress(source, { family6: abi.family6, scope }));
    if (result < 0) return -result;
  }
  return 0;
}

/** Set bits are types that do NOT pass (linux/icmp.h, linux/icmpv6.h). Echo replies and time exceeded pass. */
const onlyAnswers4 = {
  level: abi.levelRaw,
  name: abi.icmpFilter,
  value: new Uint8Array([0b1111_1110, 0b1111_0111, 0xff, 0xff]),
};
const onlyAnswers6 = {
  level: abi.levelIcmp6,
  name: abi.icmp6Filter,
  value: new Uint8Array(32)
    .fill(0xff)
    .with(3 >> 3, 0xff & ~(1 << (3 & 7)))
    .with(129 >> 3, 0xff & ~(1 << (129 & 7))),
};

function int(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

/** Node lists only interfaces that are up and have an address. */
function isUp(name: string): boolean {
  return name in networkInterfaces();
}
