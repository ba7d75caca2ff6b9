// A network for the outside-in probes: each address answers, is lost or says nothing, as the test wills; every probe takes
// its time on the test's clock.
import type { ProbeAnswer } from '../../server/shell/outside-in/probe-answer.ts';
import type { ProbeWire } from '../../server/shell/outside-in/probe-wire.ts';
import type { ManualClock } from './manual-clock.ts';

export interface WireProbe {
  readonly atMs: number;
  readonly address: string;
  /** `icmp` or the TCP port. */
  readonly how: 'icmp' | number;
}

export interface FakeWire extends ProbeWire {
  readonly probes: readonly WireProbe[];
  /** What asking `address` this way gives from now on; without `how`, any way. Default: lost. */
  set(address: string, answer: ProbeAnswer, how?: 'icmp' | number): void;
  readonly inFlight: () => number;
}

const rttMs = 20;

export function createFakeWire(clock: ManualClock, options: { readonly icmp?: boolean } = {}): FakeWire {
  const probes: WireProbe[] = [];
  const answers = new Map<string, ProbeAnswer>();
  let inFlight = 0;
  const ask = (address: string, how: 'icmp' | number, timeoutMs: number): Promise<ProbeAnswer> => {
    probes.push({ atMs: clock.now(), address, how });
    const answer = answers.get(`${address} ${how}`) ?? answers.get(address) ?? 'lost';
    inFlight += 1;
    return new Promise((resolve) => {
      clock.after(answer === 'lost' ? timeoutMs : rttMs, () => {
        inFlight -= 1;
        resolve(answer);
      });
    });
  };
  return {
    probes,
    set(address, answer, how) {
      answers.set(how === undefined ? address : `${address} ${how}`, answer);
    },
    inFlight: () => inFlight,
    icmp: options.icmp === false ? undefined : (address, timeoutMs) => ask(address, 'icmp', timeoutMs),
    tcp: (address, port, timeoutMs) => ask(address, port, timeoutMs),
    resolver: (address, timeoutMs) => ask(address, 53, timeoutMs),
  };
}
