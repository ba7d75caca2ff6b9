// The service manager's end of sd_notify(3): a datagram socket of the Unix kind. Node has none, so it is made of the same
// C library calls that the agent uses.
import { loadKoffi } from '../../shared/icmp/koffi.ts';
import { abi, loadLibc } from '../../shared/icmp/linux-libc.ts';

export interface NotifySocket {
  /** The next message that came, '' when there is none. */
  hear(): string;
  close(): void;
}

const familyUnix = 1;

/** `address`: a path, or `@` and a name in the abstract space. Throws where it cannot be bound. */
export function listenAt(address: string): NotifySocket {
  const koffi = loadKoffi();
  if (!koffi.ok) throw new Error(koffi.failure.message);
  const libc = loadLibc(koffi.value);
  const name = Buffer.from(address.startsWith('@') ? `\0${address.slice(1)}` : `${address}\0`);
  const descriptor = libc.socket(familyUnix, abi.datagram | abi.nonBlockCloseExec, 0);
  const bound = libc.bind(descriptor, Buffer.concat([Buffer.from([familyUnix, 0]), name]));
  if (bound !== 0) throw new Error(`bind ${address}: ${bound}`);
  const into = new Uint8Array(200);
  const from = new Uint8Array(110);
  return {
    hear: () => {
      const length = libc.receiveFrom(descriptor, into, from);
      return length < 0 ? '' : Buffer.from(into.subarray(0, length)).toString();
    },
    close: () => libc.close(descriptor),
  };
}
