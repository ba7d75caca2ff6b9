// Finds a link's default gateway by itself, where the inventory names none. Reads the kernel's routes on Linux and
// asks systeminformation elsewhere. It must never guess: a wrong gateway would put the fault in the wrong layer.
import { readFile } from 'node:fs/promises';
import { networkInterfaces, platform } from 'node:os';

export interface DefaultRoute {
  /** Link-local IPv6 carries its zone. */
  readonly gateway: string;
  readonly interface: string;
  readonly metric: number;
  readonly family: 4 | 6;
}

/** The gateway a link leaves by; IPv4 before IPv6. undefined = none found. Never rejects. */
export async function findGateway(link: {
  readonly source?: string;
  readonly interface?: string;
}): Promise<string | undefined> {
  if (platform() !== 'linux') return (await gatewayElsewhere()) ?? undefined;
  const routes = [
    ...parseIpv4Routes(await textOf('/proc/net/route')),
    ...parseIpv6Routes(await textOf('/proc/net/ipv6_route')),
  ];
  const device = link.interface ?? (link.source === undefined ? undefined : interfaceWith(link.source));
  // A source that no interface has leaves nowhere.
  if (link.source !== undefined && device === undefined) return undefined;
  return chooseRoute(routes, device)?.gateway;
}

/** Lowest metric wins, IPv4 first; `device` undefined = any interface. */
export function chooseRoute(routes: readonly DefaultRoute[], device?: string): DefaultRoute | undefined {
  return routes
    .filter((route) => device === undefined || route.interface === device)
    .toSorted((a, b) => a.family - b.family || a.metric - b.metric)[0];
}

const flagUp = 0x1;
const flagGateway = 0x2;

/** Default routes of /proc/net/route (addresses are little-endian hexadecimal). */
export function parseIpv4Routes(text: string): DefaultRoute[] {
  return text.split('\n').flatMap((line) => {
    const [device, destination, gateway, flags, , , metric, mask] = line.trim().split(/\s+/);
    if (device === undefined || destination !== '00000000' || mask !== '00000000') return [];
    const bits = Number.parseInt(flags ?? '', 16);
    if ((bits & flagUp) === 0 || (bits & flagGateway) === 0 || !/^[0-9A-Fa-f]{8}$/.test(gateway ?? ''))
      return [];
    const bytes = Buffer.from(gateway ?? '', 'hex').reverse();
    return [{ gateway: [...bytes].join('.'), interface: device, metric: Number(metric), family: 4 as const }];
  });
}

/** Default routes of /proc/net/ipv6_route. */
export function parseIpv6Routes(text: string): DefaultRoute[] {
  return text.split('\n').flatMap((line) => {
    const [destination, prefix, , , gateway, metric, , , flags, device] = line.trim().split(/\s+/);
    if (device === undefined || prefix !== '00' || !/^0{32}$/.test(destination ?? '')) return [];
    const bits = Number.parseInt(flags ?? '', 16);
    if ((bits & flagUp) === 0 || (bits & flagGateway) === 0 || !/^[0-9A-Fa-f]{32}$/.test(gateway ?? ''))
      return [];
    const address = (gateway ?? '').match(/.{4}/g)?.join(':') ?? '';
    // fe80::/10 means something only together with its interface.
    const zone = /^fe[89ab]/i.test(address) ? `%${device}` : '';
    return [
      {
        gateway: `${address}${zone}`,
        interface: device,
        metric: Number.parseInt(metric ?? '', 16),
        family: 6 as const,
      },
    ];
  });
}

function interfaceWith(address: string): string | undefined {
  const found = Object.entries(networkInterfaces()).find(([, entries]) =>
    entries?.some((entry) => entry.address === address),
  );
  return found?.[0];
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // A kernel without IPv6 has no such file.
    return '';
  }
}

async function gatewayElsewhere(): Promise<string | undefined> {
  try {
    const { networkGatewayDefault } = await import('systeminformation');
    const answer = await networkGatewayDefault();
    return answer === '' ? undefined : answer;
  } catch {
    return undefined;
  }
}
