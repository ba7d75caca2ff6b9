// Chooses how this machine pings: native ICMP, else the `ping` program, else TCP. The choice is made by trying each
// on loopback, is visible with its reason, and is made again from time to time while it is not the best one, and at
// once when the system starts to refuse the way in use.
import type { Icmp } from '../../shared/icmp/icmp.ts';
import { limits } from '../../shared/limits.ts';
import type { Result } from '../../shared/result.ts';
import type { ProbeMethod } from '../../shared/words.ts';
import { icmpProbe } from './icmp.ts';
import type { Probe, ProbeAnswer, ProbeRequest } from './probe.ts';

export interface PingWays {
  readonly openIcmp: () => Result<Icmp>;
  readonly program: Probe;
  readonly tcp: Probe;
}

export type PingMethod = Extract<ProbeMethod, 'icmp' | 'ping' | 'tcp'>;

export interface PingMethods {
  method(): PingMethod;
  /** Why not a better one; undefined while the best is in use. At most 200 characters. */
  reason(): string | undefined;
  /**
   * By the method chosen now. What only native ICMP can ask (`ttl`, `payloadBytes`) is `unasked` while another one is
   * in use.
   */
  readonly ping: Probe;
  /** Tries the better ways again; true when method or reason changed. Cheap when the best one is in use and works. */
  lookAgain(): Promise<boolean>;
  /** Called whenever method or reason changed, also in the middle, because the system began to refuse the method. */
  onChange(listener: () => void): void;
  close(): void;
}

const trialMs = 1_000;
const loopbacks = ['127.0.0.1', '::1'] as const;
const reasonCharsMax = 200;

/** Never fails: TCP needs no right and no program. */
export async function choosePingMethod(ways: PingWays): Promise<PingMethods> {
  const methods = new Methods(ways);
  await methods.lookAgain();
  return {
    method: () => methods.chosen.method,
    reason: () => methods.chosen.reason,
    ping: (request) => methods.ping(request),
    lookAgain: () => methods.lookAgain(),
    onChange: (listener) => methods.onChange(listener),
    close: () => methods.close(),
  };
}

interface Chosen {
  readonly method: PingMethod;
  readonly reason: string | undefined;
  readonly probe: Probe;
  readonly close: () => void;
}

class Methods {
  readonly #ways: PingWays;
  #changed: () => void = () => undefined;
  #chosen: Chosen;
  /** Answers in a row by which the system refused the method in use. */
  #refusals = 0;
  #looking: Promise<boolean> | undefined;
  #closed = false;

  constructor(ways: PingWays) {
    this.#ways = ways;
    this.#chosen = { method: 'tcp', reason: undefined, probe: ways.tcp, close: () => undefined };
  }

  get chosen(): Chosen {
    return this.#chosen;
  }

  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  async ping(request: ProbeRequest): Promise<ProbeAnswer> {
    const asked = this.#chosen;
    const onlyNative = request.ttl !== undefined || request.payloadBytes !== undefined;
    if (onlyNative && asked.method !== 'icmp') return { kind: 'unasked', reason: 'refused-by-system' };
    const answer = await asked.probe(request);
    if (asked === this.#chosen) this.#weigh(answer);
    return answer;
  }

  /** One look at a time; a second asker waits for the first one's result. */
  lookAgain(): Promise<boolean> {
    if (this.#chosen.method === 'icmp' && this.#refusals < limits.pingRefusalsMax)
      return Promise.resolve(false);
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  close(): void {
    this.#closed = true;
    this.#chosen.close();
  }

  #weigh(answer: ProbeAnswer): void {
    const refused = answer.kind === 'unasked' && answer.reason === 'refused-by-system';
    // A full limit or a bad address says nothing of the method.
    if (!refused) {
      if (answer.kind !== 'unasked') this.#refusals = 0;
      return;
    }
    this.#refusals += 1;
    if (this.#refusals !== limits.pingRefusalsMax || this.#chosen.method === 'tcp') return;
    void this.lookAgain();
  }

  async #look(): Promise<boolean> {
    const before = this.#chosen;
    const next = await best(this.#ways);
    if (this.#closed) {
      next.close();
      return false;
    }
    this.#refusals = 0;
    this.#chosen = next;
    before.close();
    const changed = next.method !== before.method || next.reason !== before.reason;
    if (changed) this.#changed();
    return changed;
  }
}

async function best(ways: PingWays): Promise<Chosen> {
  const why: string[] = [];
  const because = (): string => why.join('; ').slice(0, reasonCharsMax);
  const opened = ways.openIcmp();
  if (opened.ok) {
    const icmp = opened.value;
    const probe = icmpProbe(icmp);
    const trial = await trouble(probe);
    if (trial === undefined) return { method: 'icmp', reason: undefined, probe, close: () => icmp.close() };
    icmp.close();
    why.push(`native ICMP: ${trial}`);
  } else why.push(opened.failure.message);
  const trial = await trouble(ways.program);
  if (trial === undefined)
    return { method: 'ping', reason: because(), probe: ways.program, close: () => undefined };
  why.push(`ping program: ${trial}`);
  return { method: 'tcp', reason: because(), probe: ways.tcp, close: () => undefined };
}

/** Why a way does not work on loopback; undefined = it works. */
async function trouble(probe: Probe): Promise<string | undefined> {
  let why = '';
  for (const address of loopbacks) {
    const answer = await probe({ address, timeoutMs: trialMs });
    if (answer.kind === 'answered') return undefined;
    // The first address is the one that every machine has.
    why ||= inWords(answer);
  }
  return why;
}

function inWords(answer: Exclude<ProbeAnswer, { readonly kind: 'answered' }>): string {
  if (answer.kind === 'unasked')
    return answer.reason === 'refused-by-system' ? 'not found, or not allowed' : answer.reason;
  return answer.kind === 'local' ? answer.local : 'no answer from this machine itself';
}
