// Notices that Windows is going down. A service or start-up task gets no signal there: libuv passes Ctrl+C, Ctrl+Break and
// the closing of a console on, but not CTRL_SHUTDOWN_EVENT, and a handler of our own would have to hold its thread. So the
// system is asked twice a second. (Written after Microsoft's GetSystemMetrics page: SM_SHUTTINGDOWN; not run on this side.)
import { platform } from 'node:os';
import { loadKoffi } from '../../shared/icmp/koffi.ts';
import { limits } from '../../shared/limits.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

export interface ShutdownWatch {
  end(): void;
}

/** True while the session is going down. */
export type ShuttingDown = () => boolean;

/**
 * `onShutdown` is called once at most. On another system, and where the question cannot be asked, it never is.
 * `load` throws when the library or the function is missing.
 */
export function watchWindowsShutdown(options: {
  readonly log: Log;
  readonly onShutdown: () => void;
  readonly system?: NodeJS.Platform;
  readonly load?: () => ShuttingDown;
}): ShutdownWatch {
  const { log, onShutdown, system = platform(), load = loadSystemMetrics } = options;
  if (system !== 'win32') return { end: () => undefined };
  try {
    const shuttingDown = load();
    const timer = setInterval(() => {
      if (!shuttingDown()) return;
      clearInterval(timer);
      onShutdown();
    }, limits.windowsShutdownEveryMs).unref();
    return { end: () => clearInterval(timer) };
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'a shutdown of Windows will not be noticed beforehand');
    return { end: () => undefined };
  }
}

/** "Nonzero if the current session is shutting down; otherwise, 0." */
const smShuttingDown = 0x2000;

function loadSystemMetrics(): ShuttingDown {
  const koffi = loadKoffi();
  if (!koffi.ok) throw new Error(koffi.failure.message);
  const getSystemMetrics = koffi.value.load('user32.dll').func('int __stdcall GetSystemMetrics(int)');
  return () => getSystemMetrics(smShuttingDown) !== 0;
}
