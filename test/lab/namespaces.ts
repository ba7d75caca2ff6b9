// Network namespaces as values: make, run something inside, remove without a trace. Linux, root, iproute2 and
// nftables only. Names carry the maker's pid, so that a sweep can tell leftovers of a dead run from a live one's.
// Must never touch a namespace or a process that no lab made.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const namePrefix = 'vgl-';
const resolverFolder = '/etc/netns';

/** What must be installed, each with the Debian package that brings it. */
const tools = {
  ip: 'iproute2',
  nft: 'nftables',
  ping: 'iputils-ping',
  sysctl: 'procps',
  unshare: 'util-linux',
} as const;

/** Undefined when the lab can run here; otherwise one sentence that says what is missing. */
export function missingForLab(): string | undefined {
  if (process.platform !== 'linux') return 'the lab needs Linux network namespaces';
  if (process.getuid?.() !== 0) return 'the lab needs root to make network namespaces';
  const missing = Object.entries(tools).filter(([tool]) => !onPath(tool));
  if (missing.length > 0) return `the lab needs the packages ${missing.map(([, name]) => name).join(', ')}`;
  try {
    const name = `${namePrefix}${process.pid}-try`;
    execFileSync('ip', ['netns', 'add', name], { stdio: 'pipe' });
    execFileSync('ip', ['netns', 'del', name], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'the lab needs a kernel that lets it make network namespaces';
  }
}

/** Removes namespaces of labs whose process is dead; `dead` is known to be, even while nobody reaped it. */
export function sweepLeftovers(dead?: number): readonly string[] {
  const gone = namespaceNames().filter((name) => {
    const owner = /^vgl-(\d+)-/.exec(name)?.[1];
    if (owner === undefined) return false;
    return Number(owner) === process.pid || Number(owner) === dead || !existsSync(`/proc/${owner}`);
  });
  removeNamespaces(gone);
  return gone;
}

export interface LabProcess {
  readonly name: string;
  /** Sends the signal and resolves when the program is gone (at once if it already is). */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  running(): boolean;
  /** Everything it printed so far, both streams. */
  output(): string;
}

export interface Start {
  /** Short name of the namespace, such as `h11`. */
  readonly space: string;
  readonly name: string;
  readonly argv: readonly string[];
  /** Present: the program runs as on a machine of its own that booted then. */
  readonly boot?: Boot;
}

/**
 * One boot of a pretended machine. A time namespace sets the uptime that programs see, a bind mount the boot id; two
 * programs with the same boot share both clocks.
 */
export interface Boot {
  readonly id: string;
  /** What this computer had counted when the pretended machine booted. */
  readonly bootedAtUptimeSeconds: number;
}

/** A machine that booted a second ago. */
export function newBoot(): Boot {
  const uptimeSeconds = Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));
  return { id: randomUUID(), bootedAtUptimeSeconds: Math.max(0, uptimeSeconds - 1) };
}

/** A set of namespaces with one owner. `close` removes all of them, whatever runs inside. */
export class Spaces {
  readonly folder: string;
  readonly #names = new Set<string>();
  readonly #processes: LabProcess[] = [];

  /** `folder` exists and takes the programs' output. */
  constructor(folder: string) {
    this.folder = folder;
  }

  add(space: string, nameServer?: string): void {
    const name = fullName(space);
    execFileSync('ip', ['netns', 'add', name]);
    this.#names.add(name);
    if (nameServer !== undefined) {
      mkdirSync(join(resolverFolder, name), { recursive: true });
      writeFileSync(join(resolverFolder, name, 'resolv.conf'), `nameserver ${nameServer}\n`);
    }
    // Defaults are set before any interface exists, so that every interface inherits them.
    this.run(space, ['sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0']);
    this.ip(space, ['link set lo up']);
  }

  /** One veth pair between two spaces; both ends up. */
  cable(from: { space: string; device: string }, to: { space: string; device: string }): void {
    this.ip(from.space, [
      `link add ${from.device} type veth peer name ${to.device} netns ${fullName(to.space)}`,
      `link set ${from.device} up`,
    ]);
    this.ip(to.space, [`link set ${to.device} up`]);
  }

  /** Lines for `ip`, all in one call. Throws with ip's own words. */
  ip(space: string, lines: readonly string[]): void {
    execFileSync('ip', ['-n', fullName(space), '-batch', '-'], {
      input: `${lines.join('\n')}\n`,
      stdio: 'pipe',
    });
  }

  /** An nft script, applied as one transaction. */
  nft(space: string, script: string): void {
    execFileSync('ip', ['netns', 'exec', fullName(space), 'nft', '-f', '-'], {
      input: script,
      stdio: 'pipe',
    });
  }

  run(space: string, argv: readonly string[]): string {
    return execFileSync('ip', ['netns', 'exec', fullName(space), ...argv], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  }

  start(start: Start): LabProcess {
    const process = startProcess(start, this.folder);
    this.#processes.push(process);
    return process;
  }

  close(): void {
    removeNamespaces([...this.#names]);
    this.#names.clear();
  }
}

function startProcess({ space, name, argv, boot }: Start, folder: string): LabProcess {
  const logFile = join(folder, `${name}.log`);
  const pidFile = join(folder, `${name}.pid`);
  rmSync(pidFile, { force: true });
  const log = openSync(logFile, 'a', 0o600);
  // `$$` stays the program's pid through both `exec`s, so that a kill hits the program and not a wrapper.
  const script = `echo $$ > "$0.new" && mv "$0.new" "$0" && ${bootMount(folder, name, boot)}exec "$@"`;
  const child = spawn(
    'ip',
    ['netns', 'exec', fullName(space), ...ownClock(boot), 'sh', '-c', script, pidFile, ...argv],
    { stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('error', () => undefined);
  return {
    name,
    running: () => alive(child),
    output: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
    end: async (signal) => {
      while (alive(child) && !existsSync(pidFile)) await new Promise((resolve) => setTimeout(resolve, 5));
      if (alive(child)) killQuietly(Number(readFileSync(pidFile, 'utf8')), signal);
      await exited;
    },
  };
}

function ownClock(boot: Boot | undefined): readonly string[] {
  if (boot === undefined) return [];
  return [
    'unshare',
    '--time',
    `--boottime=-${boot.bootedAtUptimeSeconds}`,
    `--monotonic=-${boot.bootedAtUptimeSeconds}`,
    '--kill-child=SIGKILL',
  ];
}

/** `ip netns exec` gives each program its own mount namespace, so this mount ends with the program. */
function bootMount(folder: string, name: string, boot: Boot | undefined): string {
  if (boot === undefined) return '';
  const file = join(folder, `${name}.boot-id`);
  writeFileSync(file, `${boot.id}\n`);
  return `mount --bind "${file}" /proc/sys/kernel/random/boot_id && `;
}

export function fullName(space: string): string {
  return `${namePrefix}${process.pid}-${space}`;
}

function namespaceNames(): readonly string[] {
  const text = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  return text.split('\n').flatMap((line) => line.split(' ')[0] || []);
}

/**
 * Programs inside first, or a namespace would live on without a name. Quick, because it also runs when this process is
 * being ended: one look through /proc and one `ip` for all.
 */
function removeNamespaces(names: readonly string[]): void {
  const own = names.filter((name) => name.startsWith(namePrefix));
  if (own.length === 0) return;
  for (let round = 0; round < 20; round += 1) {
    const pids = pidsIn(own);
    if (pids.length === 0) break;
    for (const pid of pids) killQuietly(pid, 'SIGKILL');
  }
  const lines = own.map((name) => `netns del ${name}\n`).join('');
  try {
    execFileSync('ip', ['-force', '-batch', '-'], { input: lines, stdio: 'pipe' });
  } catch {
    // Some were gone already: that is what was wanted.
  }
  for (const name of own) rmSync(join(resolverFolder, name), { recursive: true, force: true });
}

/** Programs whose network namespace is one of these. */
function pidsIn(names: readonly string[]): readonly number[] {
  const wanted = new Set(names.map((name) => inodeOf(`/run/netns/${name}`)));
  wanted.delete(undefined);
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && wanted.has(inodeOf(`/proc/${entry}/ns/net`)))
    .map(Number);
}

function inodeOf(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
}

function alive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function onPath(tool: string): boolean {
  const folders = ['/usr/sbin', '/sbin', '/usr/bin', '/bin', '/usr/local/bin', '/usr/local/sbin'];
  return folders.some((folder) => existsSync(join(folder, tool)));
}
