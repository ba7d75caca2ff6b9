// What a process weighs, as Linux tells it under /proc: resident and proportional memory, and processor time. Only
// reads; stands under footprint.ts.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessFigures {
  readonly atMs: number;
  /** Resident set: every page mapped and present, shared ones in full. */
  readonly rssBytes: number;
  /** Proportional set: shared pages divided among those who share them. */
  readonly pssBytes: number;
  /** Written by the process itself: heaps and stacks, no file. */
  readonly anonymousBytes: number;
  /** User and system time since its start. */
  readonly cpuMs: number;
}

/** Throws when the process has ended. */
export function readProcess(pid: number): ProcessFigures {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return {
    atMs: performance.now(),
    rssBytes: bytesOf(rollup, 'Rss'),
    pssBytes: bytesOf(rollup, 'Pss'),
    anonymousBytes: bytesOf(rollup, 'Anonymous'),
    cpuMs: cpuMsOf(readFileSync(`/proc/${pid}/stat`, 'utf8')),
  };
}

function bytesOf(rollup: string, name: string): number {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1];
  if (kibibytes === undefined) throw new Error(`smaps_rollup tells no ${name}`);
  return Number(kibibytes) * 1024;
}

/** proc(5): fields 14 and 15, counted behind the program's name, which may itself hold spaces and brackets. */
function cpuMsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond();
}

let ticks: number | undefined;

function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticks;
}
