// The system programs that the slow suites need, and their Debian packages. Installs them where it may.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface Missing {
  readonly tool: string;
  readonly suites: readonly string[];
}

interface Tool {
  readonly tool: string;
  readonly debianPackage: string;
  readonly suites: readonly string[];
}

const tools: readonly Tool[] = [
  { tool: 'git', debianPackage: 'git', suites: ['tidy'] },
  { tool: 'chromium', debianPackage: 'chromium', suites: ['browser', 'start'] },
  { tool: 'curl', debianPackage: 'curl', suites: ['processes'] },
  { tool: 'xz', debianPackage: 'xz-utils', suites: ['processes'] },
  { tool: 'pgrep', debianPackage: 'procps', suites: ['processes'] },
  { tool: 'ip', debianPackage: 'iproute2', suites: ['lab', 'lab-busy'] },
  { tool: 'nft', debianPackage: 'nftables', suites: ['lab', 'lab-busy'] },
  { tool: 'sysctl', debianPackage: 'procps', suites: ['lab', 'lab-busy'] },
  { tool: 'strace', debianPackage: 'strace', suites: ['processes'] },
  { tool: 'ping', debianPackage: 'iputils-ping', suites: ['lab', 'lab-busy'] },
];

/** What is still missing after trying to install it. The lab also needs root, for its network namespaces. */
export function ensureTools(): readonly Missing[] {
  const root = process.getuid?.() === 0;
  const absent = tools.filter((each) => !isThere(each.tool));
  if (absent.length > 0 && root && existsSync('/usr/bin/apt-get'))
    install(absent.map((each) => each.debianPackage));
  const missing: Missing[] = tools.filter((each) => !isThere(each.tool));
  if (root && process.platform === 'linux') return missing;
  return [...missing, { tool: 'root on Linux', suites: ['lab', 'lab-busy'] }];
}

function install(packages: readonly string[]): void {
  console.log(`installing: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  });
}

function isThere(tool: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(`${folder}/${tool}`));
}
