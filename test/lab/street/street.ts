// A street of many small sites ("houses"), each with a provider, a router and a machine of its own in network
// namespaces, so that every kind of fault can hold at the same time without touching the neighbours:
//
//   noc --- inet --- core --- p<n> --- r<n> --- h<n> (agent)      one link
//                     |                  `----- n<n> (a machine without agent)
//                     `------ q<n> --- r<n>                      second link of a dual house
//
// Hops as the machine counts them: 1 = r<n>, 2 = p<n> (the provider's first), 3 = core, 4 = an anchor. Where the house
// has a switch of its own (s<n>) it stands between r<n>, h<n> and n<n>. Closed, nothing of it remains.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LabProcess, Spaces, sweepLeftovers } from '../namespaces.ts';
import { until } from '../until.ts';

export const anchors = ['1.1.1.1', '8.8.8.8', '9.9.9.9'] as const;
export const serverAddress = '10.99.0.1';

/**
 * `single`: one link. Two links: `bound` = the machine's second and third address leave by one each; `failover` = the
 * router alone decides, by a watchdog; `balanced` = the router spreads flows over both.
 */
export type HouseKind = 'single' | 'bound' | 'failover' | 'balanced';

export interface House {
  /** 1..200; names every space and address of the house. */
  readonly number: number;
  readonly name: string;
  readonly kind: HouseKind;
  readonly ownSwitch?: true;
  /** The inventory names the first routers of its providers. */
  readonly firstHops?: true;
}

export type Side = 'p' | 'q';

/** Everything that can be named of a house. */
export function placesOf({ number }: House) {
  return {
    machine: `h${number}`,
    neighbour: `n${number}`,
    router: `r${number}`,
    lanSwitch: `s${number}`,
    provider: (side: Side) => `${side}${number}`,
    publicAddress: (side: Side) => (side === 'p' ? `198.51.100.${number}` : `203.0.113.${number}`),
    firstHop: (side: Side) => (side === 'p' ? `100.64.${number}.1` : `100.65.${number}.1`),
    gateway: `192.168.${number}.1`,
    address: `192.168.${number}.5`,
    /** What leaves by the first and by the second link in a `bound` house. */
    source: (side: Side) => `192.168.${number}.${side === 'p' ? 20 : 21}`,
    neighbourAddress: `192.168.${number}.6`,
  };
}

export function sidesOf({ kind }: House): readonly Side[] {
  return kind === 'single' ? ['p'] : ['p', 'q'];
}

export class Street {
  readonly spaces: Spaces;
  readonly folder: string;
  #helpers = 0;

  private constructor(folder: string) {
    this.folder = folder;
    this.spaces = new Spaces(folder);
  }

  /** Builds everything; on any failure removes what stood already. */
  static async open(houses: readonly House[]): Promise<Street> {
    sweepLeftovers();
    const street = new Street(mkdtempSync(join(tmpdir(), `vigia-lab-${process.pid}-`)));
    process.once('exit', street.#remove);
    try {
      street.#buildCore();
      for (const house of houses) street.#buildHouse(house);
      await street.helper({ space: 'inet', program: 'internet', args: anchors });
      for (const house of houses) if (house.kind === 'failover') await street.#startWatchdog(house);
      return street;
    } catch (error) {
      street.close();
      throw error;
    }
  }

  /** A small program of the lab's `processes`, inside a space; resolves when it says `ready`. */
  async helper(wish: { space: string; program: string; args: readonly string[] }): Promise<LabProcess> {
    this.#helpers += 1;
    const file = fileURLToPath(new URL(`../processes/${wish.program}.ts`, import.meta.url));
    const name = `${wish.space}-${wish.program}-${this.#helpers}`;
    const argv = [process.execPath, file, ...wish.args];
    const helper = this.spaces.start({ space: wish.space, name, argv });
    await until(
      `${name} is ready`,
      20_000,
      () => helper.output().includes('ready'),
      () => helper.output(),
    );
    return helper;
  }

  close(options?: { readonly keep: boolean }): void {
    process.removeListener('exit', this.#remove);
    this.#remove();
    if (options?.keep !== true) rmSync(this.folder, { recursive: true, force: true });
  }

  readonly #remove = (): void => this.spaces.close();

  #buildCore(): void {
    const { spaces } = this;
    spaces.add('noc', anchors[0]);
    for (const space of ['inet', 'core']) this.#router(space);
    spaces.cable({ space: 'noc', device: 'wan' }, { space: 'inet', device: 'noc' });
    spaces.cable({ space: 'core', device: 'wan' }, { space: 'inet', device: 'core' });
    spaces.ip('noc', [`addr add ${serverAddress}/30 dev wan`, 'route add default via 10.99.0.2']);
    spaces.ip('inet', [
      ...anchors.map((anchor) => `addr add ${anchor}/32 dev lo`),
      'addr add 10.99.0.2/30 dev noc',
      'addr add 10.99.1.1/30 dev core',
      'route add 198.51.100.0/24 via 10.99.1.2',
      'route add 203.0.113.0/24 via 10.99.1.2',
    ]);
    spaces.ip('core', ['addr add 10.99.1.2/30 dev wan', 'route add default via 10.99.1.1']);
    this.#faultTable('core');
  }

  #buildHouse(house: House): void {
    const places = placesOf(house);
    this.#router(places.router);
    for (const side of sidesOf(house)) this.#buildProvider(house, side);
    this.#buildLan(house);
    const snat = sidesOf(house).map((side) => `oifname "up-${side}" snat to ${places.publicAddress(side)}`);
    this.spaces.nft(
      places.router,
      `table ip nat {
        chain out { type nat hook postrouting priority 100; ${snat.join('; ')}; }
      }`,
    );
    this.#faultTable(places.router);
    this.#routesOf(house);
  }

  #buildProvider(house: House, side: Side): void {
    const places = placesOf(house);
    const provider = places.provider(side);
    const own = places.publicAddress(side);
    const hop = places.firstHop(side);
    const net = side === 'p' ? 101 : 102;
    this.#router(provider);
    this.spaces.cable({ space: provider, device: 'wan' }, { space: 'core', device: provider });
    this.spaces.cable({ space: provider, device: 'cust' }, { space: places.router, device: `up-${side}` });
    this.spaces.ip('core', [
      `addr add 10.${net}.${house.number}.1/30 dev ${provider}`,
      `route add ${own}/32 via 10.${net}.${house.number}.2`,
      `route add ${hop}/32 via 10.${net}.${house.number}.2`,
    ]);
    this.spaces.ip(provider, [
      `addr add 10.${net}.${house.number}.2/30 dev wan`,
      `addr add ${hop} peer ${own} dev cust`,
      `route add default via 10.${net}.${house.number}.1`,
    ]);
    this.spaces.ip(places.router, [`addr add ${own} peer ${hop} dev up-${side}`]);
    this.#faultTable(provider, `iifname "cust" ip saddr != ${own} drop; `);
  }

  #buildLan(house: House): void {
    const places = placesOf(house);
    const { spaces } = this;
    const bridge = house.ownSwitch === true ? places.lanSwitch : places.router;
    if (house.ownSwitch === true) {
      spaces.add(places.lanSwitch);
      spaces.ip(places.lanSwitch, ['link add lan type bridge', 'link set lan up']);
      spaces.cable({ space: places.lanSwitch, device: 'router' }, { space: places.router, device: 'lan' });
      spaces.ip(places.lanSwitch, ['link set router master lan']);
    } else {
      spaces.ip(places.router, ['link add lan type bridge', 'link set lan up']);
    }
    spaces.ip(places.router, [`addr add ${places.gateway}/24 dev lan`]);
    for (const [space, addresses] of [
      [places.machine, [places.address, places.source('p'), places.source('q')]],
      [places.neighbour, [places.neighbourAddress]],
    ] as const) {
      spaces.add(space, anchors[0]);
      spaces.cable({ space: bridge, device: space }, { space, device: 'eth0' });
      spaces.ip(bridge, [`link set ${space} master lan`]);
      spaces.ip(space, [
        ...addresses.map((address) => `addr add ${address}/24 dev eth0`),
        `route add default via ${places.gateway}`,
      ]);
    }
  }

  #routesOf(house: House): void {
    const places = placesOf(house);
    const by = (side: Side): string => `via ${places.firstHop(side)} dev up-${side}`;
    if (house.kind === 'balanced') {
      this.spaces.run(places.router, ['sysctl', '-qw', 'net.ipv4.fib_multipath_hash_policy=1']);
      const ways = sidesOf(house).map((side) => `nexthop ${by(side)} weight 1`);
      this.spaces.run(places.router, ['ip', 'route', 'add', 'default', ...ways.join(' ').split(' ')]);
      return;
    }
    this.spaces.ip(places.router, [
      `route add default ${by('p')}`,
      ...sidesOf(house).flatMap((side, index) => [
        `route add default ${by(side)} table ${101 + index}`,
        `rule add from ${places.publicAddress(side)} table ${101 + index}`,
        ...(house.kind === 'bound' ? [`rule add from ${places.source(side)} table ${101 + index}`] : []),
      ]),
    ]);
  }

  /** The dual-WAN router's own watchdog. */
  async #startWatchdog(house: House): Promise<void> {
    const places = placesOf(house);
    const args = sidesOf(house).flatMap((side) => [
      `up-${side}`,
      places.firstHop(side),
      places.publicAddress(side),
    ]);
    await this.helper({ space: places.router, program: 'failover', args });
  }

  #router(space: string): void {
    this.spaces.add(space);
    this.spaces.run(space, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
    // Routers answer every probe that dies in them; the kernel's usual limit is one a second to each asker.
    this.spaces.run(space, ['sysctl', '-qw', 'net.ipv4.icmp_ratelimit=0']);
  }

  #faultTable(space: string, always = ''): void {
    this.spaces.nft(
      space,
      `table inet lab {
        chain faults { }
        chain deaf { }
        chain through { type filter hook forward priority 0; ${always}jump faults; jump deaf; }
        chain in { type filter hook input priority 0; jump deaf; }
        chain out { type filter hook output priority 0; jump deaf; }
      }`,
    );
  }
}
