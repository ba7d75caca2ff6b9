// Which mounted file systems are disks of this machine. Pure. Network shares are left out: a dead file server must
// not make this machine look ill, and asking it could hang.

const diskTypes = new Set([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'zfs',
  'f2fs',
  'jfs',
  'reiserfs',
  'vfat',
  'exfat',
  'ntfs',
  'ntfs3',
  'fuseblk',
  'overlay',
]);
const mountsMax = 32;

/** Mount points of /proc/self/mounts, one per device (bind mounts show the same disk again). */
export function parseMounts(text: string): readonly string[] {
  const byDevice = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [device, mount, type] = line.split(' ');
    if (device === undefined || mount === undefined || type === undefined || !diskTypes.has(type)) continue;
    // An overlay is a disk of its own only where it is the root of a container.
    if (type === 'overlay' && mount !== '/') continue;
    if (!byDevice.has(device)) byDevice.set(device, unescapeMount(mount));
  }
  return [...byDevice.values()].slice(0, mountsMax);
}

/** Spaces and the like stand as octal (\040). */
function unescapeMount(mount: string): string {
  return mount.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
