// Which machine this is, by what a cloned disk does not carry along: the firmware's own identity, else the network cards'
// burnt-in addresses. Told to the server as a hash salted with the agent's id, so that it serves for nothing else.
// It must never take anything from the disk (machine-id, MachineGuid: a clone has the same).
import { createHash } from 'node:crypto';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';

/** As `hello` wants it: 16 to 64 characters. */
const fingerprintChars = 32;
/** Network cards that count; a machine with more is told by the first in order. */
const cardsMax = 16;

export interface MachineSources {
  readonly platform: NodeJS.Platform;
  /** Where Linux shows its devices; another place only in tests. */
  readonly sys: string;
  /** Where root left what only root may read, at this start of the service (see `root-facts.sh`). In memory, not on disk. */
  readonly facts: string;
  /** The firmware's UUID on systems without `/sys`; '' or undefined = not told. */
  readonly firmwareUuid: () => Promise<string | undefined>;
}

/**
 * The fingerprints of this machine for this agent, the best first; none where the machine tells nothing (most
 * containers). An agent tells its server the first. Never rejects. UUID and serial number are readable by root only, so
 * two users of one machine may have different first ones, but what one of them has in common with the other is there.
 */
export async function readMachineIds(
  agent: string,
  sources: MachineSources = ownSources(),
): Promise<readonly string[]> {
  const raw = sources.platform === 'linux' ? await linuxIdentities(sources) : await otherIdentities(sources);
  return raw.map((identity) =>
    createHash('sha256').update(agent).update(identity).digest('base64url').slice(0, fingerprintChars),
  );
}

function ownSources(): MachineSources {
  return { platform: platform(), sys: '/sys', facts: '/run/vigia-agent-facts', firmwareUuid };
}

async function linuxIdentities({ sys, facts }: MachineSources): Promise<readonly string[]> {
  const firmware = join(sys, 'class/dmi/id');
  const found: string[] = [];
  for (const path of [join(firmware, 'product_uuid'), join(facts, 'product_uuid')]) {
    const uuid = uuidOf(await textOf(path));
    if (uuid !== undefined) found.push(`uuid ${uuid}`);
  }
  for (const name of ['board_serial', 'product_serial']) {
    const serial = serialOf(await textOf(join(firmware, name)));
    if (serial !== undefined) found.push(`${name} ${serial}`);
  }
  const cards = await networkCards(join(sys, 'class/net'));
  if (cards.length > 0) found.push(`cards ${cards.join(' ')}`);
  return [...new Set(found)];
}

async function otherIdentities(sources: MachineSources): Promise<readonly string[]> {
  try {
    const uuid = uuidOf(await sources.firmwareUuid());
    return uuid === undefined ? [] : [`uuid ${uuid}`];
  } catch {
    return [];
  }
}

async function firmwareUuid(): Promise<string | undefined> {
  // Windows and macOS: the SMBIOS UUID, asked once at the start.
  const { system } = await import('systeminformation');
  return (await system()).uuid;
}

/** UUIDs that whole series of boards share because their maker never set one. */
const unsetUuids: ReadonlySet<string> = new Set(['03000200-0400-0500-0006-000700080009']);

/** Lower case; undefined when it is none, or one that says nothing. */
export function uuidOf(text: string | undefined): string | undefined {
  const uuid = (text ?? '').trim().toLowerCase();
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) || unsetUuids.has(uuid)) return undefined;
  // 0000..., ffff... and their like: not set, or not settable.
  return new Set(uuid.replaceAll('-', '')).size < 3 ? undefined : uuid;
}

/** What boards say when nobody gave them a serial number. */
const unsetSerial =
  /^(none|default|not |to be filled|o\.?e\.?m|n\/a|unknown|invalid|system serial|0+$|x+$|123456)/i;

export function serialOf(text: string | undefined): string | undefined {
  const serial = (text ?? '').trim();
  return serial.length < 4 || unsetSerial.test(serial) ? undefined : serial;
}

/** Burnt-in addresses of the cards that are real devices of this machine, in order. */
async function networkCards(folder: string): Promise<readonly string[]> {
  const addresses: string[] = [];
  for (const name of await namesIn(folder)) {
    const card = join(folder, name);
    if (!(await isBuiltIn(card))) continue;
    const address = (await burntInAddress(card))?.trim().toLowerCase();
    if (address !== undefined && isOneCard(address)) addresses.push(address);
  }
  return [...new Set(addresses)].sort().slice(0, cardsMax);
}

/** The kernel's word for an address that came with the card: neither drawn at random nor set by somebody. */
const permanent = '0';

async function burntInAddress(card: string): Promise<string | undefined> {
  // A card in a bond wears the bond's address; its own is kept here.
  const underBond = await textOf(join(card, 'bonding_slave/perm_hwaddr'));
  if (underBond !== undefined) return underBond;
  const assigned = (await textOf(join(card, 'addr_assign_type')))?.trim();
  return assigned === permanent ? textOf(join(card, 'address')) : undefined;
}

/** A card on a bus of the machine. One on a plug (USB) comes and goes, and would make another machine of this one. */
async function isBuiltIn(path: string): Promise<boolean> {
  try {
    const device = await realpath(join(path, 'device'));
    return !device.includes('/usb');
  } catch {
    // No device behind it: loopback, bridge, tunnel, a container's end of a pair.
    return false;
  }
}

/** A card's own address: six bytes, none that stands for many. Hypervisors set the local bit, so that one may be set. */
function isOneCard(address: string): boolean {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(address) || address === '00:00:00:00:00:00') return false;
  return (Number.parseInt(address.slice(0, 2), 16) & 1) === 0;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return [];
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
