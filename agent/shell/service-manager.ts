// Tells systemd that the agent watches, that it is still alive, and that it stops (sd_notify(3)): one datagram each to the
// socket that systemd named. Node has no datagram socket of the Unix kind, so the C library's call is used; where koffi has
// no build, the `systemd-notify` program. It must never keep the agent from watching: what fails is counted, no more.
import { execFile } from 'node:child_process';
import { loadKoffi } from '../../shared/icmp/koffi.ts';
import { abi, type Libc, loadLibc } from '../../shared/icmp/linux-libc.ts';
import { limits } from '../../shared/limits.ts';

/** What systemd put into the environment of the service. */
export interface ManagerWish {
  /** A path, or a name in the abstract space with `@` before it. */
  readonly socket: string;
  /** The service is ended when it was silent for this long; undefined = not watched. */
  readonly watchdogMs?: number;
}

export interface ServiceManager {
  /** The service is up; from now on it says that it is alive, three times in each `watchdogMs`. */
  ready(): void;
  /** Says so, and no more that it is alive. */
  stopping(): void;
  close(): void;
  counters(): { readonly told: number; readonly failed: number };
}

/** One message; false when it could not be handed over. */
export type Tell = (message: string) => boolean;

const family = 1;
/** `sun_path` of Linux, with the zero at the end of a path. */
const pathBytesMax = 108;

/** undefined = not started by systemd, or by one that waits for no word. Variables as sd_notify(3), sd_watchdog_enabled(3). */
export function managerWishOf(
  environment: Readonly<Record<string, string | undefined>>,
  processId: number,
): ManagerWish | undefined {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: given = '', WATCHDOG_PID: watched } = environment;
  if (!/^[/@]./.test(socket) || Buffer.byteLength(socket) >= pathBytesMax) return undefined;
  const watchdogMs = Number(given) / 1_000;
  const forUs = watched === undefined || watched === '' || Number(watched) === processId;
  return forUs && watchdogMs > 0 && watchdogMs <= limits.watchdogMsMax ? { socket, watchdogMs } : { socket };
}

export function createServiceManager(
  wish: ManagerWish | undefined,
  tell: Tell | undefined = wish === undefined ? undefined : tellOf(wish.socket),
): ServiceManager {
  const counters = { told: 0, failed: 0 };
  let timer: NodeJS.Timeout | undefined;
  const say = (message: string): void => {
    if (tell === undefined) return;
    if (tell(message)) counters.told += 1;
    else counters.failed += 1;
  };
  const quiet = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  return {
    ready: () => {
      say('READY=1');
      if (wish?.watchdogMs === undefined || timer !== undefined) return;
      timer = setInterval(() => say('WATCHDOG=1'), wish.watchdogMs / 3);
    },
    stopping: () => {
      quiet();
      say('STOPPING=1');
    },
    close: quiet,
    counters: () => ({ ...counters }),
  };
}

function tellOf(socket: string): Tell {
  const koffi = loadKoffi();
  if (!koffi.ok) return tellByProgram(socket);
  return tellByDatagram(loadLibc(koffi.value), socket);
}

/** A descriptor for each message: there is one every few seconds, and none is left behind. */
export function tellByDatagram(libc: Pick<Libc, 'socket' | 'sendTo' | 'close'>, socket: string): Tell {
  const address = addressOf(socket);
  return (message) => {
    const descriptor = libc.socket(family, abi.datagram | abi.nonBlockCloseExec, 0);
    if (descriptor < 0) return false;
    const bytes = Buffer.from(message, 'utf8');
    const sent = libc.sendTo(descriptor, bytes, address);
    libc.close(descriptor);
    return sent === bytes.length;
  };
}

/** `struct sockaddr_un`, unix(7): a path ends with a zero, an abstract name begins with one. */
function addressOf(socket: string): Uint8Array {
  const abstract = socket.startsWith('@');
  const name = Buffer.from(abstract ? `\0${socket.slice(1)}` : `${socket}\0`, 'utf8');
  const address = new Uint8Array(2 + name.length);
  new DataView(address.buffer).setUint16(0, family, true);
  address.set(name, 2);
  return address;
}

/** One program at a time. The unit takes word from any process of the service (`NotifyAccess=all`). */
function tellByProgram(socket: string): Tell {
  let underWay = false;
  return (message) => {
    if (underWay) return false;
    underWay = true;
    const options = {
      timeout: limits.watchdogProgramMs,
      env: { PATH: '/usr/bin:/bin', NOTIFY_SOCKET: socket },
    };
    execFile('systemd-notify', [message], options, () => {
      underWay = false;
    });
    return true;
  };
}
