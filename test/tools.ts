// The system programs that the slow suites need, and their Debian packages. Installs them where it may.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

interface Desk {
  readonly desk: string;
  readonly debianPackages: readonly string[];
  /** There once it is installed. */
  readonly files: readonly string[];
}

/** Ticket systems that run from Debian's packages; each test starts its own, so that none is set up for the system. */
const desks: readonly Desk[] = [
  {
    desk: 'request-tracker5',
    debianPackages: ['request-tracker5', 'rt5-db-sqlite', 'rt5-standalone'],
    files: ['/usr/sbin/rt-setup-database-5', '/usr/share/request-tracker5/libexec/rt-server'],
  },
  {
    desk: 'redmine',
    debianPackages: ['redmine', 'redmine-sqlite', 'puma'],
    files: ['/usr/share/redmine/config.ru', '/usr/bin/puma', '/usr/bin/bundle'],
  },
];

/** What is still missing after trying to install it. The lab also needs root, for its network namespaces. */
export function ensureTools(): readonly Missing[] {
  const root = process.getuid?.() === 0;
  const absent = tools.filter((each) => !isThere(each.tool));
  if (absent.length > 0 && root && existsSync('/usr/bin/apt-get'))
    install(absent.map((each) => each.debianPackage));
  const absentDesks = desks.filter((each) => !isInstalled(each));
  if (absentDesks.length > 0 && root && existsSync('/usr/bin/apt-get')) installDesks(absentDesks);
  const missing: Missing[] = [
    ...tools.filter((each) => !isThere(each.tool)),
    ...desks.filter((each) => !isInstalled(each)).map(({ desk }) => ({ tool: desk, suites: ['desks'] })),
  ];
  if (root && process.platform === 'linux') return missing;
  return [...missing, { tool: 'root on Linux', suites: ['lab', 'lab-busy'] }];
}

function install(packages: readonly string[], more: Readonly<Record<string, string>> = {}): void {
  console.log(`installing: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', ...more };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  });
}

/** Without a database of the system's own, without its Redmine instance and without a mail server. */
const answers = [
  'request-tracker5 request-tracker5/dbconfig-install boolean false',
  'redmine redmine/current-instances string',
  'redmine redmine/instances/default/dbconfig-install boolean false',
];

function installDesks(absent: readonly Desk[]): void {
  spawnSync('debconf-set-selections', [], { input: `${answers.join('\n')}\n` });
  // RT wants something that sends mail; without a choice Debian takes a server that runs for ever.
  const mail = isThere('sendmail') ? [] : ['msmtp-mta'];
  // Redmine's installation asks Bundler to install what Debian has installed in a form Bundler does not see. The tests
  // bring their own list of gems; an empty one, written where the package expects it, satisfies the installation.
  const folder = mkdtempSync(join(tmpdir(), 'vigia-gems-'));
  writeFileSync(join(folder, 'Gemfile'), '');
  symlinkSync('/var/lib/redmine/Gemfile.lock', join(folder, 'Gemfile.lock'));
  install([...absent.flatMap((each) => each.debianPackages), ...mail], {
    BUNDLE_GEMFILE: join(folder, 'Gemfile'),
  });
  rmSync(folder, { recursive: true, force: true });
}

function isInstalled({ files }: Desk): boolean {
  return files.every((file) => existsSync(file));
}

function isThere(tool: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(`${folder}/${tool}`));
}
