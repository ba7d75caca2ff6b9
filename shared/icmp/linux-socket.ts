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
  outstanding: number;
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
    ipHeader: raw && wish.family === 4,
    id: randomInt(0x1_0000),
    openedMs,
    outstanding: 0,
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

/** Filter, device, source. Returns 0 or the positive errno. */
function prepare(libc: Libc, fd: number, wish: SocketWish & { readonly raw: boolean }): number {
  if (wish.raw) {
    const filtered = wish.family === 4 ? onlyEchoReplies4 : onlyEchoReplies6;
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

/** Set bits are types that do NOT pass (linux/icmp.h, linux/icmpv6.h). Only echo replies pass. */
const onlyEchoReplies4 = {
  level: abi.levelRaw,
  name: abi.icmpFilter,
  value: new Uint8Array([0b1111_1110, 0xff, 0xff, 0xff]),
};
const onlyEchoReplies6 = {
  level: abi.levelIcmp6,
  name: abi.icmp6Filter,
  value: new Uint8Array(32).fill(0xff).with(129 >> 3, 0xff & ~(1 << (129 & 7))),
};

/** Node lists only interfaces that are up and have an address. */
function isUp(name: string): boolean {
  return name in networkInterfaces();
}
