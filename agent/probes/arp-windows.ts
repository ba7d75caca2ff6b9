// ARP on Windows by ResolveIpNetEntry2 of iphlpapi.dll, which forgets what the table says and asks anew. The call
// waits up to some three seconds where nobody answers, so it runs on worker threads, few at once: they are shared
// with the disk and the pings. (Written after the Microsoft reference; layout numbers are of 64-bit Windows.)
import { parseAddress, socketAddress } from '../../shared/icmp/address.ts';
import type { Koffi } from '../../shared/icmp/koffi.ts';
import { limits } from '../../shared/limits.ts';
import type { ArpWish, AskWire } from './arp.ts';
import { afterDeadline } from './deadline.ts';
import type { ProbeAnswer } from './probe.ts';

const family6 = 23;
/** MIB_IPNET_ROW2: address 0, interface's index 28, length of the hardware address 72, state 76. */
const rowBytes = 88;
const row = { interfaceIndex: 28, hardwareLength: 72, state: 76 } as const;
/** NlnsPermanent: somebody wrote the entry by hand, nobody was asked. */
const permanent = 6;
const noError = 0;
/** ERROR_BAD_NET_NAME: nobody answered for this address. */
const badNetName = 67;

/** Our own code for a call that never happened; the system has none below 0. */
const callFailed = -1;

/** Asks the system; gives its error code and fills `entry` in. */
export type Resolve = (entry: Uint8Array, done: (code: number) => void) => void;

/** undefined where the library does not load. */
export function createWindowsArp(koffi: Koffi): AskWire | undefined {
  try {
    const ip = koffi.load('iphlpapi.dll');
    const bestInterface = ip.func('uint32_t __stdcall GetBestInterfaceEx(void *, void *)');
    const resolveEntry = ip.func('uint32_t __stdcall ResolveIpNetEntry2(void *, void *)');
    return createResolveQueue((entry, done) => {
      const index = new Uint8Array(4);
      const code: number = bestInterface(entry.subarray(0, 16), index);
      if (code !== noError) return done(code);
      entry.set(index, row.interfaceIndex);
      resolveEntry.async(entry, null, (error: unknown, result: number) => done(error ? callFailed : result));
    });
  } catch {
    return undefined;
  }
}

interface Waiting {
  readonly entry: Uint8Array;
  readonly settle: (answer: ProbeAnswer) => void;
}

/** A few questions at once; the rest wait their turn, and whoever's time ends in the queue was not asked. */
export function createResolveQueue(resolve: Resolve): AskWire {
  const queue: Waiting[] = [];
  let running = 0;
  const next = (): void => {
    while (running < limits.arpCallsMax) {
      const waiting = queue.shift();
      if (waiting === undefined) return;
      running += 1;
      // `waiting` stays reachable from here, and with it the memory that the worker thread writes to.
      resolve(waiting.entry, (code) => {
        running -= 1;
        waiting.settle(answerOf(code, waiting.entry));
        next();
      });
    }
  };
  return ({ address, timeoutMs }: ArpWish) => {
    const target = parseAddress(address);
    if (target?.family !== 4) return Promise.resolve({ kind: 'unasked', reason: 'not-an-address' });
    if (queue.length >= limits.arpOutstandingMax)
      return Promise.resolve({ kind: 'unasked', reason: 'limit' });
    return new Promise((answer) => {
      const startMs = performance.now();
      const entry = new Uint8Array(rowBytes);
      entry.set(socketAddress(target, { family6 }));
      const cancel = afterDeadline(timeoutMs, () => {
        const place = queue.indexOf(waiting);
        if (place >= 0) queue.splice(place, 1);
        answer(place < 0 ? { kind: 'lost' } : { kind: 'unasked', reason: 'limit' });
      });
      const settle = (said: ProbeAnswer): void => {
        cancel();
        const rttMs = performance.now() - startMs;
        answer(said.kind === 'answered' ? { ...said, rttMs } : said);
      };
      const waiting: Waiting = { entry, settle };
      queue.push(waiting);
      next();
    });
  };
}

function answerOf(code: number, entry: Uint8Array): ProbeAnswer {
  if (code === badNetName) return { kind: 'lost' };
  const view = new DataView(entry.buffer);
  const told = view.getUint32(row.hardwareLength, true) > 0 && view.getUint32(row.state, true) !== permanent;
  return code === noError && told
    ? { kind: 'answered', rttMs: 0 }
    : { kind: 'unasked', reason: 'refused-by-system' };
}
