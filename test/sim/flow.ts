// One TCP connection between an agent's machine and the correlator. While its path is broken it stalls silently and
// keeps what was written; it goes on after the path heals unless an end gave up. A flow whose path moved away is
// `dead`: it hangs for ever and tells nobody, as after a router's failover.

import { assert } from '../../shared/assert.ts';
import type { Random } from '../../shared/random.ts';
import { cancel, type Kernel, type Timer } from './kernel.ts';
import { between } from './seeds.ts';

export type Direction = 'toServer' | 'toAgent';

interface Parcel {
  readonly readyAt: number;
  readonly deliver: () => void;
}

interface Lane {
  readonly parcels: Parcel[];
  pump: Timer | undefined;
  /** Parcels of one direction arrive in the order they were sent. */
  lastReadyAt: number;
}

export interface FlowOptions {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly latencyMs: number;
  /** Whether a packet gets through right now, both ends included. */
  readonly healthy: () => boolean;
}

/** Longest wait of a kernel's retransmission after a stall (RFC 6298 doubles up to 60 s; capped lower by most). */
const retransmitMsMax = 30_000;
/** Kernels give a connection up after about this long without an acknowledgement. */
const giveUpMs = 15 * 60_000;

export class Flow {
  readonly #options: FlowOptions;
  readonly #lanes: Readonly<Record<Direction, Lane>> = {
    toServer: { parcels: [], pump: undefined, lastReadyAt: 0 },
    toAgent: { parcels: [], pump: undefined, lastReadyAt: 0 },
  };
  #dead = false;
  #stalledAt: number | undefined;

  constructor(options: FlowOptions) {
    this.#options = options;
  }

  /** Hands one parcel to the kernel. Nobody learns here whether it ever arrives. */
  send(direction: Direction, deliver: () => void): void {
    if (this.#dead) return;
    const lane = this.#lanes[direction];
    const { kernel, latencyMs, random } = this.#options;
    const readyAt = Math.max(lane.lastReadyAt, kernel.now() + latencyMs * between(random, 1, 1.3));
    lane.lastReadyAt = readyAt;
    lane.parcels.push({ readyAt, deliver });
    this.#schedule(lane, readyAt);
  }

  /** Call whenever anything about the path changed. */
  pathChanged(): void {
    if (this.#dead) return;
    const { kernel, random } = this.#options;
    if (!this.#options.healthy()) {
      this.#stalledAt ??= kernel.now();
      return;
    }
    if (this.#stalledAt === undefined) return;
    const stalledMs = kernel.now() - this.#stalledAt;
    this.#stalledAt = undefined;
    if (stalledMs > giveUpMs) return this.kill();
    const resumeAt = kernel.now() + between(random, 0, Math.min(stalledMs, retransmitMsMax)) + 50;
    for (const lane of [this.#lanes.toServer, this.#lanes.toAgent]) {
      lane.lastReadyAt = Math.max(lane.lastReadyAt, resumeAt);
      cancel(lane.pump);
      lane.pump = undefined;
      if (lane.parcels.length > 0) this.#schedule(lane, resumeAt);
    }
  }

  /** The path is gone for good; both ends hear nothing any more. */
  kill(): void {
    this.#dead = true;
    for (const lane of [this.#lanes.toServer, this.#lanes.toAgent]) lane.parcels.length = 0;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Nothing is under way that could arrive before the path changes. */
  idle(): boolean {
    const { toServer, toAgent } = this.#lanes;
    if (this.#dead || !this.#options.healthy()) return true;
    return toServer.parcels.length === 0 && toAgent.parcels.length === 0;
  }

  #schedule(lane: Lane, time: number): void {
    if (lane.pump !== undefined || !this.#options.healthy()) return;
    lane.pump = this.#options.kernel.at(time, () => {
      lane.pump = undefined;
      this.#pump(lane);
    });
  }

  #pump(lane: Lane): void {
    if (this.#dead || !this.#options.healthy()) return;
    const now = this.#options.kernel.now();
    if (this.#stalledAt !== undefined) return;
    for (let first = lane.parcels[0]; first !== undefined; first = lane.parcels[0]) {
      if (first.readyAt > now || this.#dead) break;
      lane.parcels.shift();
      first.deliver();
    }
    const next = lane.parcels[0];
    if (next !== undefined) {
      assert(next.readyAt >= now, 'a parcel left behind is not yet ready');
      this.#schedule(lane, next.readyAt);
    }
  }
}
