// What this machine is (told once) and how it does (told every minute): only what availability needs. Read from the
// system's own calls and files, because an agent is a guest: systeminformation starts a process or a PowerShell per
// question, so it is asked only where nothing lighter answers, once, and loaded only then.
import { readFile, statfs } from 'node:fs/promises';
import { arch, cpus, freemem, hostname, platform, release, totalmem, uptime, version } from 'node:os';
import type { HostFacts, HostLoad } from '../../shared/wire/messages.ts';
import { parseMounts } from './mounts.ts';

const textMax = 200;
const disksMax = 8;
/** A mount that does not answer (a dead network share) must not hold the others up. */
const diskMs = 1_000;

export async function readHostFacts(): Promise<HostFacts> {
  const system = await readSystem();
  return {
    hostName: hostname().slice(0, textMax),
    platform: platformOf(platform()),
    osName: system.name.slice(0, textMax),
    osVersion: system.version.slice(0, textMax),
    arch: arch(),
    cpuCount: cpus().length,
    memoryBytes: totalmem(),
  };
}

/** Each call measures the processor since the call before; the first one has no such share. */
export function createLoadReader(): () => Promise<HostLoad> {
  let before: CpuTimes | undefined;
  return async () => {
    const now = readCpuTimes();
    const cpuRatio = before === undefined ? undefined : busyRatio(before, now);
    before = now;
    const memoryUsedRatio = ratioOf(totalmem() - freemem(), totalmem());
    return { uptimeMs: Math.round(uptime() * 1_000), cpuRatio, memoryUsedRatio, disks: await readDisks() };
  };
}

export interface CpuTimes {
  readonly idleMs: number;
  readonly allMs: number;
}

/** Share of the time between two readings in which the processors worked; undefined when no time passed. */
export function busyRatio(before: CpuTimes, now: CpuTimes): number | undefined {
  const allMs = now.allMs - before.allMs;
  return allMs <= 0 ? undefined : clampRatio(1 - (now.idleMs - before.idleMs) / allMs);
}

function readCpuTimes(): CpuTimes {
  let idleMs = 0;
  let allMs = 0;
  for (const { times } of cpus()) {
    idleMs += times.idle;
    allMs += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idleMs, allMs };
}

async function readDisks(): Promise<HostLoad['disks']> {
  const mounts = await listMounts();
  const read = await Promise.all(mounts.map(readDisk));
  return read
    .filter((disk) => disk !== undefined)
    .toSorted((a, b) => b.usedRatio - a.usedRatio)
    .slice(0, disksMax);
}

async function readDisk(mount: string): Promise<HostLoad['disks'][number] | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), diskMs);
  });
  try {
    const stats = await Promise.race([statfs(mount), late]);
    if (stats === undefined || stats.blocks === 0) return undefined;
    // What a person without root may still fill, as df counts it.
    const used = stats.blocks - stats.bfree;
    return { mount: mount.slice(0, textMax), usedRatio: ratioOf(used, used + stats.bavail) ?? 0 };
  } catch {
    // No such drive, or no right to look: it is not told.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function listMounts(): Promise<readonly string[]> {
  if (platform() === 'win32') return 'CDEFGHIJ'.split('').map((letter) => `${letter}:\\`);
  if (platform() !== 'linux') return ['/'];
  return parseMounts(await readText('/proc/self/mounts'));
}

async function readSystem(): Promise<{ readonly name: string; readonly version: string }> {
  if (platform() === 'linux') return parseOsRelease(await readText('/etc/os-release'));
  if (platform() === 'win32') return { name: version(), version: release() };
  try {
    const { osInfo } = await import('systeminformation');
    const info = await osInfo();
    return { name: info.distro, version: info.release };
  } catch {
    return { name: platform(), version: release() };
  }
}

/** os-release(5). */
export function parseOsRelease(text: string): { readonly name: string; readonly version: string } {
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1];
  return { name: value('NAME') ?? 'Linux', version: value('VERSION_ID') ?? release() };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}

function platformOf(name: string): HostFacts['platform'] {
  if (name === 'linux' || name === 'darwin') return name;
  return name === 'win32' ? 'windows' : 'other';
}

function ratioOf(part: number, whole: number): number | undefined {
  return whole <= 0 ? undefined : clampRatio(part / whole);
}

function clampRatio(ratio: number): number {
  return Math.min(1, Math.max(0, ratio));
}
