// Asks a machine on the same wire by ARP: no firewall filters it, so it tells a silent machine from a dead one. It
// asks anew each time; a system's table of neighbours keeps a dead machine for up to a minute, and only its "no" is
// believed. It must never say "lost" of a machine that is not on this wire.
import { isIP } from 'node:net';
import { platform } from 'node:os';
import { loadKoffi } from '../../shared/icmp/koffi.ts';
import { createLinuxArp } from './arp-linux.ts';
import { readNeighbourTable } from './arp-table.ts';
import { createWindowsArp } from './arp-windows.ts';
import { type Wire, wireTo } from './local-address.ts';
import type { Probe, ProbeAnswer } from './probe.ts';

/** Asks over that wire; answers at `timeoutMs` at the latest; never rejects. */
export type AskWire = (wish: ArpWish) => Promise<ProbeAnswer>;

export interface ArpWish {
  /** IPv4. */
  readonly address: string;
  readonly wire: Wire;
  readonly timeoutMs: number;
}

/** undefined where there is no way to ask. `ask` and `wireOf` are for tests of this file. */
export function createArpProbe(
  ask: AskWire | undefined = askBySystem(),
  wireOf: (address: string) => Wire | undefined = wireTo,
): Probe | undefined {
  if (ask === undefined) return undefined;
  return async ({ address, timeoutMs }) => {
    const wire = isIP(address) === 4 ? wireOf(address) : undefined;
    if (wire === undefined) return { kind: 'unasked', reason: 'not-an-address' };
    return ask({ address, wire, timeoutMs });
  };
}

function askBySystem(): AskWire | undefined {
  const system = platform();
  if (system !== 'linux' && system !== 'win32') return undefined;
  const koffi = loadKoffi();
  const native = !koffi.ok
    ? undefined
    : system === 'linux'
      ? createLinuxArp(koffi.value)
      : createWindowsArp(koffi.value);
  return native ?? (system === 'linux' ? readNeighbourTable : undefined);
}
