// The lab's little internet, all in network namespaces of this machine:
//
//   noc --- inet --- pa ---------- r1 --- h11 (.5 .20 .21)     site 1: 192.168.10.0/24, two links, own failover
//             |       `--- r2       | |-- h12 (.6)
//             |             |       | `-- hv (.30, guests .31 .32 .33)
//             `----- pb ------------'      r2 --- h21 (.5)     site 2: 192.168.20.0/24, one link
//
// `inet` owns the anchors 1.1.1.1, 8.8.8.8 and 9.9.9.9 with DNS and an HTTP 204 page. Providers drop what does not
// carry their own customer's address; NAT keeps the address a flow began with. Closed, nothing of it remains.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type LabProcess, Spaces, sweepLeftovers } from './namespaces.ts';

export const anchors = ['1.1.1.1', '8.8.8.8', '9.9.9.9'] as const;
export const serverAddress = '10.99.0.1';
/** The addresses that the providers gave to the sites. */
export const publicAddresses = { a: '198.51.100.10', b: '203.0.113.10', site2: '198.51.100.20' } as const;

export type Uplink = 'a' | 'b' | 'site2';
export type HostName = 'h11' | 'h12' | 'h21';

export const uplinks = {
  a: { provider: 'pa', providerDevice: 'r1a', router: 'r1', device: 'up-a' },
  b: { provider: 'pb', providerDevice: 'r1b', router: 'r1', device: 'up-b' },
  site2: { provider: 'pa', providerDevice: 'r2a', router: 'r2', device: 'wan' },
} as const;

export const hosts = {
  h11: {
    router: 'r1',
    gateway: '192.168.10.1',
    addresses: ['192.168.10.5', '192.168.10.20', '192.168.10.21'],
  },
  h12: { router: 'r1', gateway: '192.168.10.1', addresses: ['192.168.10.6'] },
  h21: { router: 'r2', gateway: '192.168.20.1', addresses: ['192.168.20.5'] },
} as const;

/** A hypervisor without an agent; its guests are further addresses of it, and die with it. */
export const hypervisor = {
  space: 'hv',
  address: '192.168.10.30',
  guests: ['192.168.10.31', '192.168.10.32', '192.168.10.33'],
} as const;

const folderPrefix = 'vigia-lab-';
const routedSpaces = ['inet', 'pa', 'pb', 'r1', 'r2'];

export interface Network {
  readonly spaces: Spaces;
  /** Scratch folder of this lab; removed by `close` unless `keep`. */
  readonly folder: string;
  /** A small Node program of this folder's `processes`, inside a space; resolves when it says it is ready. */
  startHelper(helper: {
    readonly space: string;
    readonly program: string;
    readonly args: readonly string[];
  }): Promise<LabProcess>;
  /** Routes of one host, again after its cable was down (a machine that boots sets them anew). */
  raiseHost(host: HostName): void;
  close(options?: { readonly keep: boolean }): void;
}

/** Builds everything; on any failure removes what stood already. Throws with the tool's own words. */
export async function openNetwork(): Promise<Network> {
  sweepLeftovers();
  sweepFolders();
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const spaces = new Spaces(folder);
  const janitor = startJanitor(folder);
  const closeOnExit = (): void => spaces.close();
  const closeOnSignal = (): void => {
    spaces.close();
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('exit', closeOnExit);
  process.once('SIGINT', closeOnSignal);
  process.once('SIGTERM', closeOnSignal);
  const network: Network = {
    spaces,
    folder,
    startHelper: (helper) => startHelper(spaces, helper),
    raiseHost: (host) => raiseHost(spaces, host),
    close: (options) => {
      process.removeListener('exit', closeOnExit);
      process.removeListener('SIGINT', closeOnSignal);
      process.removeListener('SIGTERM', closeOnSignal);
      spaces.close();
      janitor.stdin.end();
      if (options?.keep !== true) rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    buildCore(spaces);
    buildProviders(spaces);
    buildSite1(spaces);
    buildSite2(spaces);
    await network.startHelper({ space: 'inet', program: 'internet', args: anchors });
    const ways = (['a', 'b'] as const).flatMap((key) => [
      uplinks[key].device,
      providerGateway(key),
      publicAddresses[key],
    ]);
    await network.startHelper({ space: 'r1', program: 'failover', args: ways });
    return network;
  } catch (error) {
    network.close();
    throw error;
  }
}

/** For the ends that this process cannot handle itself; see processes/janitor.ts. */
function startJanitor(folder: string): ChildProcessByStdio<Writable, null, null> {
  const argv = [helperFile('janitor'), String(process.pid), folder];
  const janitor = spawn(process.execPath, argv, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  janitor.unref();
  return janitor;
}

function helperFile(program: string): string {
  return fileURLToPath(new URL(`processes/${program}.ts`, import.meta.url));
}

/** A failed run's folder stays for its reader until the next run. */
function sweepFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(folderPrefix) ? name.slice(folderPrefix.length).split('-')[0] : undefined;
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function buildCore(spaces: Spaces): void {
  for (const space of ['noc', hypervisor.space, ...Object.keys(hosts)]) spaces.add(space, anchors[0]);
  for (const space of routedSpaces) {
    spaces.add(space);
    spaces.run(space, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  }
  spaces.cable({ space: 'noc', device: 'wan' }, { space: 'inet', device: 'noc' });
  spaces.cable({ space: 'pa', device: 'wan' }, { space: 'inet', device: 'pa' });
  spaces.cable({ space: 'pb', device: 'wan' }, { space: 'inet', device: 'pb' });
  spaces.ip('noc', [`addr add ${serverAddress}/30 dev wan`, 'route add default via 10.99.0.2']);
  spaces.nft(
    'noc',
    `table inet lab {
      chain faults { }
      chain in { type filter hook input priority 0; jump faults; }
      chain out { type filter hook output priority 0; jump faults; }
    }`,
  );
  spaces.ip('inet', [
    ...anchors.map((anchor) => `addr add ${anchor}/32 dev lo`),
    'addr add 10.99.0.2/30 dev noc',
    'addr add 10.99.1.1/30 dev pa',
    'addr add 10.99.2.1/30 dev pb',
    'route add 198.51.100.0/24 via 10.99.1.2',
    'route add 203.0.113.0/24 via 10.99.2.2',
    'route add blackhole default',
  ]);
}

/** The blackhole keeps packets for a customer without carrier from bouncing back to the core. */
function buildProviders(spaces: Spaces): void {
  spaces.ip('pa', ['addr add 10.99.1.2/30 dev wan', 'route add default via 10.99.1.1']);
  spaces.ip('pb', ['addr add 10.99.2.2/30 dev wan', 'route add default via 10.99.2.1']);
  spaces.ip('pa', ['route add blackhole 198.51.100.0/24']);
  spaces.ip('pb', ['route add blackhole 203.0.113.0/24']);
  for (const [provider, customers] of [
    ['pa', ['a', 'site2']],
    ['pb', ['b']],
  ] as const) {
    for (const customer of customers) connectCustomer(spaces, customer);
    const spoofed = customers.map(
      (key) => `iifname "${uplinks[key].providerDevice}" ip saddr != ${publicAddresses[key]} drop`,
    );
    spaces.nft(
      provider,
      `table inet lab {
        chain faults { }
        chain through { type filter hook forward priority 0; ${spoofed.join('; ')}; jump faults; }
      }`,
    );
  }
}

function connectCustomer(spaces: Spaces, key: Uplink): void {
  const { provider, providerDevice, router, device } = uplinks[key];
  const own = publicAddresses[key];
  const gateway = providerGateway(key);
  spaces.cable({ space: provider, device: providerDevice }, { space: router, device });
  spaces.ip(provider, [`addr add ${gateway} peer ${own} dev ${providerDevice}`]);
  spaces.ip(router, [`addr add ${own} peer ${gateway} dev ${device}`]);
}

/** First address of the provider's range. */
export function providerGateway(key: Uplink): string {
  return key === 'b' ? '203.0.113.1' : '198.51.100.1';
}

/** Two uplinks: .20 always by A, .21 always by B, the rest by the default route that the watchdog moves. */
function buildSite1(spaces: Spaces): void {
  buildLan(spaces, 'r1', '192.168.10.1/24', ['h11', 'h12']);
  const { space, address, guests } = hypervisor;
  spaces.cable({ space: 'r1', device: space }, { space, device: 'eth0' });
  spaces.ip('r1', [`link set ${space} master lan`]);
  spaces.ip(
    space,
    [address, ...guests].map((own) => `addr add ${own}/24 dev eth0`),
  );
  spaces.ip('r1', [
    `route add default via ${providerGateway('a')} dev up-a`,
    `route add default via ${providerGateway('a')} dev up-a table 101`,
    `route add default via ${providerGateway('b')} dev up-b table 102`,
    `rule add from 192.168.10.20 table 101`,
    `rule add from ${publicAddresses.a} table 101`,
    `rule add from 192.168.10.21 table 102`,
    `rule add from ${publicAddresses.b} table 102`,
  ]);
  addNat(spaces, 'r1', ['a', 'b']);
}

function buildSite2(spaces: Spaces): void {
  buildLan(spaces, 'r2', '192.168.20.1/24', ['h21']);
  spaces.ip('r2', [`route add default via ${providerGateway('site2')} dev wan`]);
  addNat(spaces, 'r2', ['site2']);
}

function buildLan(spaces: Spaces, router: string, address: string, members: readonly HostName[]): void {
  spaces.ip(router, ['link add lan type bridge', 'link set lan up', `addr add ${address} dev lan`]);
  for (const host of members) {
    spaces.cable({ space: router, device: host }, { space: host, device: 'eth0' });
    spaces.ip(router, [`link set ${host} master lan`]);
    spaces.ip(
      host,
      hosts[host].addresses.map((own) => `addr add ${own}/24 dev eth0`),
    );
    raiseHost(spaces, host);
  }
}

function raiseHost(spaces: Spaces, host: HostName): void {
  spaces.ip(host, ['link set eth0 up', `route replace default via ${hosts[host].gateway}`]);
}

/**
 * `snat`, not `masquerade`: masquerade forgets a flow whose way out changed, while the boxes at customers keep the
 * old address on it, so that an old session hangs in silence. That silence is what must be survived.
 */
function addNat(spaces: Spaces, router: string, keys: readonly Uplink[]): void {
  const rules = keys.map((key) => `oifname "${uplinks[key].device}" snat to ${publicAddresses[key]}`);
  spaces.nft(
    router,
    `table ip nat {
      chain out { type nat hook postrouting priority 100; ${rules.join('; ')}; }
    }`,
  );
}

/** Each start writes its own output file, or an old `ready` would speak for a new program. */
let helpersStarted = 0;

async function startHelper(
  spaces: Spaces,
  { space, program, args }: { space: string; program: string; args: readonly string[] },
): Promise<LabProcess> {
  helpersStarted += 1;
  const name = `${space}-${program}-${helpersStarted}`;
  const helper = spaces.start({ space, name, argv: [process.execPath, helperFile(program), ...args] });
  const deadline = Date.now() + 20_000;
  while (!helper.output().includes('ready')) {
    if (!helper.running() || Date.now() > deadline) {
      throw new Error(`the helper ${program} in ${space} did not start:\n${helper.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return helper;
}
