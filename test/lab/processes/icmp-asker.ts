// Asks what it is told by native ICMP, by ARP and by the path probe, inside whatever namespace it was started in, and
// prints the answers as one line of JSON. It judges nothing.
import { createArpProbe } from '../../../agent/probes/arp.ts';
import { createPathProbe, type PathRequest } from '../../../agent/probes/path.ts';
import type { PingRequest } from '../../../shared/icmp/icmp.ts';
import { openIcmp } from '../../../shared/icmp/socket.ts';

export interface Wish {
  readonly paths?: readonly PathRequest[];
  /** Each list is asked at once, the lists one after the other. */
  readonly pings?: readonly (readonly PingRequest[])[];
  readonly arp?: readonly PingRequest[];
}

const wish: Wish = JSON.parse(process.argv[2] ?? '{}');
const icmp = openIcmp();
if (!icmp.ok) throw new Error(icmp.failure.message);
const askPath = createPathProbe((request) => icmp.value.ping(request));
const arp = createArpProbe();

const paths: unknown[] = [];
for (const path of wish.paths ?? []) paths.push(await askPath(path));
const cpu = process.cpuUsage();
const pings: unknown[] = [];
for (const list of wish.pings ?? [])
  pings.push(await Promise.all(list.map((request) => icmp.value.ping(request))));
const { user, system } = process.cpuUsage(cpu);
const neighbours: unknown[] = [];
for (const request of wish.arp ?? []) neighbours.push(await arp?.(request));
const cpuMs = (user + system) / 1_000;
console.log(JSON.stringify({ paths, pings, neighbours, cpuMs, counters: icmp.value.counters() }));
icmp.value.close();
