// Gives back the memory that only the start needed: unchanged pages of the program's own files (Node's code and tables),
// two thirds of what a fresh agent has resident. The kernel maps a page anew from its file cache when it is touched
// again, so nothing can be lost and a need that comes back costs microseconds. Linux only. It must never touch a region
// with a changed page in it: that page exists nowhere else.
import { readFileSync } from 'node:fs';
import { type Koffi, loadKoffi } from '../../shared/icmp/koffi.ts';

export interface Region {
  readonly start: number;
  readonly sizeBytes: number;
}

/** Drops a region's pages from this process; madvise(2). */
export type Drop = (region: Region) => void;

/**
 * What to call now and then; it does nothing where there is no /proc or no koffi. `drop` and `readMap` are for tests.
 */
export function createGiveBack(drop = openDrop(), readMap: () => string | undefined = readSmaps): () => void {
  return () => {
    const map = drop === undefined ? undefined : readMap();
    if (drop === undefined || map === undefined) return;
    for (const region of unchangedFileRegions(map)) drop(region);
  };
}

/** `start-end rights offset device inode path`, proc(5). */
const head = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+ +(\/.*)$/;
const regionLine = /^[0-9a-f]+-[0-9a-f]+ /;
/** Pages that are this process's own, in whatever state: then the region is left alone. */
const ownPages = /^(?:Anonymous|Private_Dirty|Shared_Dirty|Swap|Locked): +([1-9]\d*) kB$/;

/**
 * Regions of files that this process may not write to, and that hold nothing but what stands in the file. `smaps`: the
 * text of /proc/self/smaps.
 */
export function unchangedFileRegions(smaps: string): readonly Region[] {
  const found: Region[] = [];
  let current: Region | undefined;
  const done = (): void => {
    if (current !== undefined) found.push(current);
    current = undefined;
  };
  for (const line of smaps.split('\n')) {
    if (regionLine.test(line)) {
      done();
      current = fileRegion(line);
    } else if (ownPages.test(line)) current = undefined;
  }
  done();
  return found;
}

function fileRegion(line: string): Region | undefined {
  const [, start = '', end = '', rights = ''] = head.exec(line) ?? [];
  if (!rights.startsWith('r-') || !rights.endsWith('p')) return undefined;
  const from = Number.parseInt(start, 16);
  const sizeBytes = Number.parseInt(end, 16) - from;
  return Number.isSafeInteger(from) && sizeBytes > 0 ? { start: from, sizeBytes } : undefined;
}

function readSmaps(): string | undefined {
  try {
    return readFileSync('/proc/self/smaps', 'utf8');
  } catch {
    // Another system, or a kernel built without it: then nothing is given back.
    return undefined;
  }
}

/** MADV_DONTNEED of the Linux ABI. */
const notNeeded = 4;

function openDrop(): Drop | undefined {
  if (process.platform !== 'linux') return undefined;
  const koffi = loadKoffi();
  return koffi.ok ? dropBy(koffi.value) : undefined;
}

function dropBy(koffi: Koffi): Drop | undefined {
  try {
    const madvise = koffi.load(null).func('int madvise(size_t, size_t, int)');
    // A refusal leaves the pages where they are, which is no harm.
    return ({ start, sizeBytes }) => void madvise(start, sizeBytes, notNeeded);
  } catch {
    return undefined;
  }
}
