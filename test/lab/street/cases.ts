// The faults of the matrix with what may and what must be said of each. `allowed` names every word that is not a lie;
// `wanted` names what must have been said by the end. Written from the glossary of layers, not from the code.

import type { House, HouseKind, Street } from './street.ts';
import * as faults from './street-faults.ts';

type Link = 'um' | 'dois';

export interface Case {
  readonly title: string;
  readonly house: House;
  /** Links that must be up before anything is broken. */
  readonly settled: readonly Link[];
  readonly happens: (ailing: {
    readonly street: Street;
    readonly house: House;
    readonly healed: () => void;
  }) => void | Promise<void>;
  /** Without a word on a link: `up` and `unknown`. */
  readonly allowed: Partial<Record<Link, readonly string[]>>;
  readonly wanted: readonly string[];
  /** The server must have opened `link-down` for this link by the end. */
  readonly incident?: Link;
}

interface Wish extends Pick<Case, 'happens' | 'allowed' | 'wanted' | 'incident'> {
  readonly settled?: readonly Link[];
  readonly kind?: HouseKind;
  readonly ownSwitch?: true;
  readonly firstHops?: true;
}

let houses = 0;

function fault(title: string, wish: Wish): Case {
  houses += 1;
  const kind = wish.kind ?? 'single';
  const settled = wish.settled ?? (kind === 'bound' ? ['um', 'dois'] : ['um']);
  const house = {
    number: houses,
    name: `casa-${houses}`,
    kind,
    ownSwitch: wish.ownSwitch,
    firstHops: wish.firstHops,
  };
  const { happens, allowed, wanted, incident } = wish;
  return { title, house, settled, happens, allowed, wanted, incident };
}

const onlyOne = (said: string): Pick<Case, 'allowed' | 'wanted'> => ({
  allowed: { um: ['up', said] },
  wanted: [`um ${said}`],
});

export const cases: readonly Case[] = [
  fault('nothing', { happens: () => undefined, allowed: {}, wanted: [] }),
  fault('carrier of the modem lost', { happens: faults.cutCarrier, ...onlyOne('down:provider') }),
  fault('black hole in the provider', { happens: (at) => faults.blackHole(at), ...onlyOne('down:provider') }),
  fault("provider's first router dead", { happens: faults.killFirstHop, ...onlyOne('down:provider') }),
  fault('internet gone behind the provider', { happens: faults.breakInternet, ...onlyOne('down:internet') }),
  fault('gateway dead', { ownSwitch: true, happens: faults.killGateway, ...onlyOne('down:gateway') }),
  fault('switch dead', { ownSwitch: true, happens: faults.killSwitch, ...onlyOne('down:lan') }),
  fault('5 % loss', { happens: (at) => faults.lose(at, 5), allowed: {}, wanted: [] }),
  fault('20 % loss', { happens: (at) => faults.lose(at, 20), ...onlyOne('degraded:loss') }),
  fault('40 % loss', { happens: (at) => faults.lose(at, 40), ...onlyOne('degraded:loss') }),
  fault('30 % loss on the way up only', {
    happens: (at) => faults.lose(at, 30, 'up'),
    ...onlyOne('degraded:loss'),
  }),
  fault('+400 ms', { happens: (at) => faults.delay(at, 400), ...onlyOne('degraded:latency') }),
  fault('jitter of 300 ms', {
    happens: (at) => faults.delay(at, 320, 300),
    allowed: { um: ['up', 'degraded:jitter', 'degraded:latency+jitter', 'degraded:latency'] },
    wanted: ['um degraded:jitter'],
  }),
  fault('DNS only', { happens: faults.killDns, ...onlyOne('degraded:dns') }),
  fault('captive portal', { happens: faults.capture, ...onlyOne('degraded:captive-portal') }),
  fault('large packets vanish (MTU black hole)', {
    happens: faults.swallowLargePackets,
    ...onlyOne('degraded:provider+large-packets'),
  }),
  fault('backup link only', {
    kind: 'bound',
    happens: (at) => faults.blackHole(at, 'q'),
    allowed: { dois: ['up', 'down:provider'] },
    wanted: ['dois down:provider'],
  }),
  fault('blip of 3 s', { happens: blip, allowed: {}, wanted: [] }),
  fault('flapping, 25 s down and 25 s up', {
    happens: flap,
    allowed: { um: ['up', 'down:provider', 'down:provider recovering', 'degraded:loss'] },
    wanted: ['um down:provider', 'um up'],
  }),
  fault('primary dead, host leaves by both (bound)', {
    kind: 'bound',
    happens: (at) => faults.blackHole(at),
    allowed: { um: ['up', 'down:provider'] },
    wanted: ['um down:provider'],
  }),
  fault('primary dead, failover router', {
    kind: 'failover',
    happens: (at) => faults.blackHole(at),
    allowed: { um: ['unknown', 'down:provider'], dois: ['up', 'unknown'] },
    wanted: ['dois up'],
    // Where the router moves on before four rounds were bad, the server concludes it from the new way and the dead address.
    incident: 'um',
  }),
  fault('primary dead, load-balancing router', {
    kind: 'balanced',
    settled: [],
    happens: (at) => faults.blackHole(at),
    allowed: { um: ['up', 'unknown', 'down:provider'], dois: ['up', 'unknown'] },
    wanted: [],
  }),
  fault('the same, first hops in the inventory', {
    kind: 'balanced',
    firstHops: true,
    settled: [],
    happens: (at) => faults.blackHole(at),
    allowed: { um: ['up', 'unknown', 'down:provider'], dois: ['up', 'unknown'] },
    wanted: [],
  }),
];

function blip(at: Parameters<Case['happens']>[0]): void {
  faults.blackHole(at);
  setTimeout(() => {
    faults.fillBlackHole(at);
    at.healed();
  }, 3_000);
}

function flap(at: Parameters<Case['happens']>[0]): void {
  const down = (): void => {
    faults.blackHole(at);
    setTimeout(() => faults.fillBlackHole(at), 25_000);
  };
  down();
  setTimeout(down, 50_000);
  setTimeout(down, 100_000);
}
