// Is this machine made of metal? A virtual one loses no mains power of its own and has no button. Firmware names where the
// system shows them; `undefined` where nothing answers. Never throws.
import { access, readFile } from 'node:fs/promises';
import type { MachineKind } from '../../core/ending/evidence.ts';
import { decodeText } from './event-xml.ts';
import type { RunCommand } from './run-command.ts';

const biosKey = 'HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS';

export async function readMachineKind(
  system: NodeJS.Platform,
  run: RunCommand,
): Promise<MachineKind | undefined> {
  if (system === 'win32') {
    const answer = await run('reg.exe', ['query', biosKey]);
    return answer.kind === 'answered' ? kindOfRegistry(decodeText(answer.bytes)) : undefined;
  }
  if (system !== 'linux') return undefined;
  const answer = await run('systemd-detect-virt', []);
  if (answer.kind !== 'absent') return kindOfDetected(decodeText(answer.bytes));
  if ((await exists('/.dockerenv')) || (await exists('/run/.containerenv'))) return 'container';
  const [maker, product, processor] = await Promise.all([
    text('/sys/class/dmi/id/sys_vendor'),
    text('/sys/class/dmi/id/product_name'),
    text('/proc/cpuinfo'),
  ]);
  return kindOfFirmware({ maker, product, hypervisor: /^flags\s*:.*\bhypervisor\b/m.test(processor ?? '') });
}

const containers =
  /^(systemd-nspawn|lxc|lxc-libvirt|openvz|docker|podman|rkt|wsl|proot|pouch|container-other)$/;

/** One word of systemd-detect-virt(1); its exit code is 1 with "none". */
export function kindOfDetected(answer: string): MachineKind | undefined {
  const word = answer.trim();
  if (word === '') return undefined;
  if (word === 'none') return 'physical';
  if (containers.test(word)) return 'container';
  return /^[a-z0-9-]{2,40}$/.test(word) ? 'virtual' : undefined;
}

/** Value names and types of `reg query` are the same in every language. */
export function kindOfRegistry(answer: string): MachineKind | undefined {
  const value = (name: string): string | undefined =>
    new RegExp(`^[ \\t]*${name}[ \\t]+REG_SZ[ \\t]+([^\\r\\n]*)`, 'm').exec(answer)?.[1]?.trim();
  return kindOfFirmware({
    maker: value('SystemManufacturer'),
    product: value('SystemProductName'),
    hypervisor: false,
  });
}

const makers =
  /qemu|kvm|vmware|xen|innotek|virtualbox|parallels|bochs|bhyve|amazon ec2|openstack|nutanix|ovirt|red hat|digitalocean|alibaba|hetzner|google|oracle cloud|proxmox/i;
const products =
  /virtual machine|virtualbox|vmware|kvm|standard pc|hvm domu|google compute engine|openstack|ahv|bhyve/i;

/** SMBIOS System Information, as each hypervisor's maker documents its own. */
export function kindOfFirmware(names: {
  readonly maker: string | undefined;
  readonly product: string | undefined;
  readonly hypervisor: boolean;
}): MachineKind | undefined {
  const { maker, product, hypervisor } = names;
  if (product?.endsWith('.metal')) return 'physical';
  if (hypervisor || makers.test(maker ?? '') || products.test(product ?? '')) return 'virtual';
  // Without both names a hypervisor that hides would be taken for metal.
  return maker && product ? 'physical' : undefined;
}

async function text(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
