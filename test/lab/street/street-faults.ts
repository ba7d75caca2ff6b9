// What can go wrong in a house of the street. Each fault is applied by one function; nothing here knows of agents or
// of what they should say. Faults are never healed one by one: the street is closed after its run.
import { type House, placesOf, type Side, type Street } from './street.ts';

export interface Ailing {
  readonly street: Street;
  readonly house: House;
}

/** The provider's end of the cable loses its light. */
export function cutCarrier({ street, house }: Ailing): void {
  street.spaces.ip(placesOf(house).provider('p'), ['link set cust down']);
}

/** The provider's first router lives, nothing behind it answers; without a word. */
export function blackHole({ street, house }: Ailing, side: Side = 'p'): void {
  drop(street, placesOf(house).provider(side), 'faults', ['drop']);
}

/** Anchors cannot be reached by this house's address, although its provider's routers all answer. */
export function breakInternet({ street, house }: Ailing): void {
  const own = placesOf(house).publicAddress('p');
  drop(street, 'core', 'faults', [`ip saddr ${own} drop`, `ip daddr ${own} drop`]);
}

/** The provider's first router is dead: it neither forwards nor speaks. */
export function killFirstHop({ street, house }: Ailing): void {
  drop(street, placesOf(house).provider('p'), 'deaf', ['drop']);
}

/** Loses `percent` of what comes down, or of what goes up. */
export function lose({ street, house }: Ailing, percent: number, way: 'down' | 'up' = 'down'): void {
  const device = way === 'down' ? 'oifname "cust"' : 'iifname "cust"';
  drop(street, placesOf(house).provider('p'), 'faults', [
    `${device} numgen random mod 100 < ${percent} drop`,
  ]);
}

/** `addedMs` more on each round trip, give or take `jitterMs`. */
export async function delay({ street, house }: Ailing, addedMs: number, jitterMs = 0): Promise<void> {
  const provider = placesOf(house).provider('p');
  street.spaces.ip(provider, ['tuntap add dev delay0 mode tun', 'link set delay0 up']);
  const args = ['delay0', String(addedMs / 2), String(jitterMs / 2)];
  await street.helper({ space: provider, program: 'delay-line', args });
  street.spaces.ip(provider, [
    'route add default dev delay0 table 200',
    'rule add iif cust table 200',
    'rule add iif wan table 200',
  ]);
}

export function killDns({ street, house }: Ailing): void {
  drop(street, placesOf(house).provider('p'), 'faults', ['udp dport 53 drop', 'tcp dport 53 drop']);
}

/** The provider's login page answers in the internet's place, for every web page. */
export async function capture({ street, house }: Ailing): Promise<void> {
  const provider = placesOf(house).provider('p');
  await street.helper({ space: provider, program: 'portal', args: [] });
  street.spaces.nft(
    provider,
    `table ip portal {
      chain in { type nat hook prerouting priority -100; iifname "cust" tcp dport 80 redirect to :8080; }
    }`,
  );
}

/** Large packets vanish in silence: nobody says "fragmentation needed". */
export function swallowLargePackets({ street, house }: Ailing): void {
  drop(street, placesOf(house).provider('p'), 'faults', ['meta length > 1000 drop']);
}

/** The router is dead for its LAN; the machines beside it live. */
export function killGateway({ street, house }: Ailing): void {
  const { router } = placesOf(house);
  street.spaces.ip(router, ['addr flush dev lan']);
  drop(street, router, 'deaf', ['iifname "lan" drop', 'oifname "lan" drop']);
}

/** The switch loses power: every cable in it goes dark. */
export function killSwitch({ street, house }: Ailing): void {
  const places = placesOf(house);
  street.spaces.ip(places.lanSwitch, [
    'link set router down',
    `link set ${places.machine} down`,
    `link set ${places.neighbour} down`,
  ]);
}

/** Undoes `blackHole`. */
export function fillBlackHole({ street, house }: Ailing): void {
  street.spaces.nft(placesOf(house).provider('p'), 'flush chain inet lab faults');
}

function drop(street: Street, space: string, chain: 'faults' | 'deaf', rules: readonly string[]): void {
  street.spaces.nft(space, rules.map((rule) => `add rule inet lab ${chain} ${rule}`).join('\n'));
}
