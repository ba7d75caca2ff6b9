// An event loop with nothing to do, in a thread of its own: how late it wakes is the machine's doing, so what a busy loop does
// beyond it is its own. Run as a worker by console-probes.ts; each message asks for the figures since the last one.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parentPort } from 'node:worker_threads';

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
parentPort?.on('message', () => {
  parentPort?.postMessage({ maxMs: delay.max / 1e6, p99Ms: delay.percentile(99) / 1e6 });
  delay.reset();
});
