// The machine's fingerprint from a made-up /sys: what tells two machines apart, and what must not.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MachineSources, readMachineIds, serialOf, uuidOf } from '../../../../agent/shell/machine-id.ts';

let sys = '';
beforeEach(() => {
  sys = mkdtempSync(join(tmpdir(), 'vigia-sys-'));
});
afterEach(() => rmSync(sys, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(sys, path)), { recursive: true });
  writeFileSync(join(sys, path), `${text}\n`);
}

function card(name: string, address: string, more: { bus?: string; assigned?: string; bond?: string } = {}) {
  put(`class/net/${name}/address`, address);
  put(`class/net/${name}/addr_assign_type`, more.assigned ?? '0');
  if (more.bond !== undefined) put(`class/net/${name}/bonding_slave/perm_hwaddr`, more.bond);
  if (more.bus === 'none') return;
  const device = join(sys, 'devices', more.bus ?? 'pci0000:00', name);
  mkdirSync(device, { recursive: true });
  symlinkSync(device, join(sys, 'class/net', name, 'device'));
}

const readMachineId = async (agent: string, sources: MachineSources) =>
  (await readMachineIds(agent, sources))[0];
const asked: string[] = [];
const linux = (agent = 'agt-1') =>
  readMachineId(agent, {
    platform: 'linux',
    sys,
    facts: join(sys, 'run'),
    firmwareUuid: async () => {
      asked.push(agent);
      return undefined;
    },
  });
const windows = (firmwareUuid: () => Promise<string | undefined>) =>
  readMachineId('agt-1', { platform: 'win32', sys, facts: sys, firmwareUuid });

const uuid = '4C4C4544-0051-3510-8052-B4C04F4A4E32';

describe('agent: machine: fingerprint', () => {
  it('is a short hash that differs per agent and names nothing of the hardware', async () => {
    put('class/dmi/id/product_uuid', uuid);
    const [one, again, other] = [await linux(), await linux(), await linux('agt-2')];
    expect(one).toMatch(/^[\w-]{32}$/);
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  it('goes by the firmware before the serial number, and by that before the cards', async () => {
    card('eth0', '00:11:22:33:44:55');
    const byCards = await linux();
    put('class/dmi/id/board_serial', '/7XK2M13/CNFCP0018L01A4/');
    const bySerial = await linux();
    put('class/dmi/id/product_uuid', uuid);
    const byUuid = await linux();
    expect(new Set([byCards, bySerial, byUuid, undefined]).size).toBe(4);
    rmSync(join(sys, 'class/net'), { recursive: true });
    expect(await linux()).toBe(byUuid);
  });

  it('is that of the firmware where root left its word at the start of the service', async () => {
    put('class/dmi/id/product_uuid', uuid);
    const asRoot = await linux();
    rmSync(join(sys, 'class/dmi/id/product_uuid'));
    expect(await linux()).toBeUndefined();
    put('run/product_uuid', uuid);
    expect(await linux()).toBe(asRoot);
  });

  it('of root holds that of a user who sees only the cards', async () => {
    card('eth0', '00:11:22:33:44:55');
    const byCards = await linux();
    put('class/dmi/id/product_uuid', uuid);
    const all = await readMachineIds('agt-1', {
      platform: 'linux',
      sys,
      facts: sys,
      firmwareUuid: async () => undefined,
    });
    expect(all).toContain(byCards);
    expect(all[0]).not.toBe(byCards);
  });

  it('is the same whatever order the cards are named in', async () => {
    card('eth0', '00:11:22:33:44:55');
    card('eth1', '00:11:22:33:44:66');
    const before = await linux();
    rmSync(join(sys, 'class/net'), { recursive: true });
    card('enp3s0', '00:11:22:33:44:66');
    card('enp4s0', '00:11:22:33:44:55');
    expect(await linux()).toBe(before);
  });

  it('takes no notice of what comes and goes: bridges, tunnels, USB cards, addresses drawn or set', async () => {
    card('eth0', '00:11:22:33:44:55');
    const before = await linux();
    card('docker0', '02:42:ac:11:00:01', { bus: 'none' });
    card('usb0', '00:e0:4c:68:00:01', { bus: 'pci0000:00/usb1' });
    card('wlan0', '9a:11:22:33:44:77', { assigned: '3' });
    card('virt0', '9a:11:22:33:44:78', { assigned: '1' });
    card('odd', '00:00:00:00:00:00');
    card('many', '01:00:5e:00:00:01');
    expect(await linux()).toBe(before);
  });

  it('knows a card in a bond by its own address', async () => {
    card('eth0', '00:11:22:33:44:55');
    const before = await linux();
    rmSync(join(sys, 'class/net'), { recursive: true });
    card('eth0', '00:aa:bb:cc:dd:ee', { assigned: '3', bond: '00:11:22:33:44:55' });
    expect(await linux()).toBe(before);
  });

  it('is unknown where the machine tells nothing of itself', async () => {
    expect(await linux()).toBeUndefined();
    card('eth0', '02:42:ac:11:00:02', { bus: 'none' });
    put('class/dmi/id/product_uuid', '00000000-0000-0000-0000-000000000000');
    put('class/dmi/id/board_serial', 'To be filled by O.E.M.');
    expect(await linux()).toBeUndefined();
    expect(await windows(async () => undefined)).toBeUndefined();
    expect(await windows(() => Promise.reject(new Error('no WMI')))).toBeUndefined();
  });

  it('asks the firmware by another way only where there is no /sys', async () => {
    expect(await windows(async () => uuid)).toMatch(/^[\w-]{32}$/);
    expect(asked).toEqual([]);
  });
});

describe('agent: machine: what firmware says', () => {
  it.each([
    '03000200-0400-0500-0006-000700080009',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'Not Settable',
    '',
    undefined,
  ])('is no identity when it is %s', (text) => expect(uuidOf(text)).toBeUndefined());

  it('is the same in capitals', () => expect(uuidOf(`${uuid}\n`)).toBe(uuid.toLowerCase()));

  it.each(['None', 'Default string', 'System Serial Number', '0000000', 'Not Specified', 'abc', undefined])(
    'is no serial number when it is %s',
    (text) => expect(serialOf(text)).toBeUndefined(),
  );
});
