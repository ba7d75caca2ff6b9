// The few C library calls that ICMP on Linux needs, with types. Stands under linux.ts. Every call is non-blocking
// except `poll`, which waits on a worker thread; none may ever block the event loop.
import { constants } from 'node:os';

/** Numbers of the Linux ABI; the same on x86-64, arm64 and arm (asm-generic). */
export const abi = {
  family4: 2,
  family6: 10,
  datagram: 2,
  raw: 3,
  nonBlockCloseExec: 0o4000 | 0o2000000,
  protocolIcmp4: 1,
  protocolIcmp6: 58,
  levelSocket: 1,
  bindToDevice: 25,
  levelRaw: 255,
  icmpFilter: 1,
  levelIcmp6: 58,
  icmp6Filter: 1,
  dontWait: 0x40,
  pollIn: 1,
  errorQueue: 0x2000,
  levelIp4: 0,
  levelIp6: 41,
  ttl4: 2,
  hops6: 16,
  mtuDiscover4: 10,
  mtuDiscover6: 23,
  receiveErrors4: 11,
  receiveErrors6: 25,
  packetStamp: 0x8907,
  clockRealtime: 0,
} as const;

export interface QueuedError {
  /** Of the packet that caused it, from its ICMP header on. */
  readonly quoted: Uint8Array;
  /** `struct cmsghdr`s, one after the other. */
  readonly control: Uint8Array;
}

export interface Libc {
  /** A descriptor, or the negative errno. */
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array): number;
  setOption(fd: number, option: { level: number; name: number; value: Uint8Array }): number;
  sendTo(fd: number, bytes: Uint8Array, address: Uint8Array): number;
  /** Bytes received, `from` filled in; negative errno (EAGAIN = nothing there). */
  receiveFrom(fd: number, into: Uint8Array, from: Uint8Array): number;
  /**
   * Takes one entry of the descriptor's error queue: what a router said about a packet sent. Its memory is used again by
   * the next call. undefined = the queue is empty (or this machine is not a 64-bit one).
   */
  receiveError(fd: number): QueuedError | undefined;
  /** How long ago the kernel got the packet last received on `fd`; 0 when it cannot say. */
  packetAgeMs(fd: number): number;
  interfaceIndex(name: string): number;
  eventFd(): number;
  wake(eventFd: number): void;
  clearWake(eventFd: number): void;
  close(fd: number): void;
  /** Waits on a worker thread until one of the descriptors is readable, `timeoutMs` at most. */
  poll(fds: readonly number[], timeoutMs: number, done: () => void): void;
}

/** Throws when a symbol is missing; the caller turns that into `probe.unavailable`. */
export function loadLibc(koffi: typeof import('koffi')): Libc {
  // null = the running program itself, which is linked to its C library, be it glibc or musl.
  const library = koffi.load(null);
  const socket = library.func('int socket(int, int, int)');
  const bind = library.func('int bind(int, const void *, unsigned int)');
  const setsockopt = library.func('int setsockopt(int, int, int, const void *, unsigned int)');
  const sendto = library.func('long sendto(int, const void *, size_t, int, const void *, unsigned int)');
  const recvfrom = library.func('long recvfrom(int, void *, size_t, int, void *, void *)');
  const ioctl = library.func('int ioctl(int, unsigned long, void *)');
  const clockGettime = library.func('int clock_gettime(int, void *)');
  const ifNametoindex = library.func('unsigned int if_nametoindex(const char *)');
  const eventfd = library.func('int eventfd(unsigned int, int)');
  const write = library.func('long write(int, const void *, size_t)');
  const read = library.func('long read(int, void *, size_t)');
  const close = library.func('int close(int)');

  const checked = (result: number): number => (result < 0 ? -koffi.errno() : result);
  const one = new Uint8Array(8);
  one[0] = 1;
  const scratch = new Uint8Array(8);
  const fromLength = new Uint8Array(4);
  const stamp = new Uint8Array(16);
  const now = new Uint8Array(16);

  return {
    socket: (family, type, protocol) => checked(socket(family, type, protocol)),
    bind: (fd, address) => checked(bind(fd, address, address.length)),
    setOption: (fd, { level, name, value }) => checked(setsockopt(fd, level, name, value, value.length)),
    sendTo: (fd, bytes, address) =>
      checked(sendto(fd, bytes, bytes.length, abi.dontWait, address, address.length)),
    receiveFrom: (fd, into, from) => {
      new DataView(fromLength.buffer).setUint32(0, from.length, true);
      return checked(recvfrom(fd, into, into.length, abi.dontWait, from, fromLength));
    },
    receiveError: errorQueueWith(koffi, library),
    packetAgeMs: (fd) => {
      if (checked(ioctl(fd, abi.packetStamp, stamp)) < 0) return 0;
      if (checked(clockGettime(abi.clockRealtime, now)) < 0) return 0;
      return timespecMs(now) - timespecMs(stamp);
    },
    interfaceIndex: (name) => ifNametoindex(name),
    eventFd: () => checked(eventfd(0, abi.nonBlockCloseExec)),
    wake: (fd) => void write(fd, one, 8),
    clearWake: (fd) => void read(fd, scratch, 8),
    close: (fd) => void close(fd),
    poll: pollWith(library),
  };
}

/** Bytes of a quoted packet: routers quote 8 to some 500; only the first 24 matter. */
const quotedBytesMax = 1_024;
const controlBytesMax = 512;
const messageHeaderBytes = 56;

/** `struct msghdr` and `struct iovec` of a 64-bit Linux, glibc or musl: 8-byte pointers, lengths padded to 8. */
function errorQueueWith(
  koffi: typeof import('koffi'),
  library: ReturnType<typeof import('koffi')['load']>,
): Libc['receiveError'] {
  const recvmsg = library.func('long recvmsg(int, void *, int)');
  if (koffi.sizeof('void *') !== 8) return () => undefined;
  // Memory of the C heap, because the structures point at each other: the garbage collector may move a small array.
  const native = (size: number): { readonly at: bigint; readonly bytes: Uint8Array } => {
    const at = koffi.alloc('uint8_t', size);
    return { at, bytes: new Uint8Array(koffi.view(at, size)) };
  };
  const quoted = native(quotedBytesMax);
  const control = native(controlBytesMax);
  const vector = native(16);
  const header = native(messageHeaderBytes);
  const toVector = new DataView(vector.bytes.buffer, vector.bytes.byteOffset);
  const toHeader = new DataView(header.bytes.buffer, header.bytes.byteOffset);
  return (fd) => {
    toVector.setBigUint64(0, quoted.at, true);
    toVector.setBigUint64(8, BigInt(quotedBytesMax), true);
    header.bytes.fill(0);
    toHeader.setBigUint64(16, vector.at, true);
    toHeader.setBigUint64(24, 1n, true);
    toHeader.setBigUint64(32, control.at, true);
    toHeader.setBigUint64(40, BigInt(controlBytesMax), true);
    const length = recvmsg(fd, header.at, abi.errorQueue | abi.dontWait);
    if (length < 0) return undefined;
    const controlBytes = Math.min(controlBytesMax, toHeader.getUint32(40, true));
    return {
      quoted: quoted.bytes.subarray(0, Math.min(quotedBytesMax, Number(length))),
      control: control.bytes.subarray(0, controlBytes),
    };
  };
}

function pollWith(library: ReturnType<typeof import('koffi')['load']>): Libc['poll'] {
  const poll = library.func('int poll(void *, unsigned long, int)');
  return (fds, timeoutMs, done) => {
    const entries = new Uint8Array(fds.length * 8);
    const view = new DataView(entries.buffer);
    fds.forEach((fd, at) => {
      view.setInt32(at * 8, fd, true);
      view.setInt16(at * 8 + 4, abi.pollIn, true);
    });
    // The result does not matter: every descriptor is drained until it says EAGAIN. Naming `entries` in the
    // callback keeps its memory alive while the worker thread writes to it.
    poll.async(entries, fds.length, timeoutMs, () => {
      entries.fill(0);
      done();
    });
  };
}

/** `struct timespec` of a 64-bit Linux, in milliseconds. */
function timespecMs(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer);
  return Number(view.getBigInt64(0, true)) * 1_000 + Number(view.getBigInt64(8, true)) / 1e6;
}

/** errno by name, positive. */
export const errno = constants.errno;
