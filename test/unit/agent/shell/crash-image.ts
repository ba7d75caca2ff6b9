// The directory as a crash may leave it: after any event of a write log, with the next write torn, or after a power
// cut that lost what was not synced. Pure but for `layOut`, which writes an image down.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Random, seededRandom } from '../../../../shared/random.ts';
import type { DiskEvent } from './write-log.ts';

/** Contents by path. */
export type Image = ReadonlyMap<string, Buffer>;

/**
 * `kill`: the program died after `done` events; the system wrote everything down. `torn`: it died within the next one,
 * of whose bytes only a part arrived. `power`: the machine died; what was not synced arrived in part, in any order.
 */
export type Crash = { readonly kind: 'kill' | 'torn' } | { readonly kind: 'power'; readonly seed: number };

const sectorBytes = 512;

export function imageAfter(events: readonly DiskEvent[], done: number, crash: Crash): Image {
  const happened = events.slice(0, done);
  const next = events[done];
  switch (crash.kind) {
    case 'kill':
      return imageOf(happened);
    case 'torn':
      return imageOf(next?.kind === 'write' ? [...happened, torn(next, next.bytes.length >> 1)] : happened);
    case 'power':
      return imageOf(
        survivors(next?.kind === 'write' ? [...happened, next] : happened, seededRandom(crash.seed)),
      );
  }
}

export function layOut(image: Image, directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [path, bytes] of image) writeFileSync(join(directory, basename(path)), bytes, { mode: 0o600 });
}

/**
 * Of a file's bytes what was synced is there; each later write is there, not there, or torn at a sector. Names are
 * ordered, as every journalling file system has them: up to the last sync of the directory, and somewhat further.
 */
function survivors(events: readonly DiskEvent[], random: Random): DiskEvent[] {
  const syncedAt = new Map<number, number>();
  let namesSyncedAt = -1;
  let lastName = -1;
  events.forEach((event, at) => {
    if (event.kind === 'sync') syncedAt.set(event.inode, at);
    if (event.kind === 'syncDirectory') namesSyncedAt = at;
    if (isName(event)) lastName = at;
  });
  const namesUntil =
    lastName <= namesSyncedAt ? events.length : namesSyncedAt + random.below(lastName - namesSyncedAt + 2);
  return events.flatMap((event, at): DiskEvent[] => {
    if (isName(event)) return at <= namesUntil ? [event] : [];
    if (event.kind !== 'write' && event.kind !== 'truncate') return [event];
    if (at <= (syncedAt.get(event.inode) ?? -1)) return [event];
    const fate = random.below(3);
    if (fate === 0) return [];
    if (fate === 1 || event.kind === 'truncate') return [event];
    return [torn(event, sectorBytes * random.below(Math.ceil(event.bytes.length / sectorBytes) + 1))];
  });
}

type Write = Extract<DiskEvent, { readonly kind: 'write' }>;

function torn(write: Write, bytes: number): Write {
  return { ...write, bytes: write.bytes.subarray(0, bytes) };
}

function isName(event: DiskEvent): boolean {
  return event.kind === 'create' || event.kind === 'rename' || event.kind === 'unlink';
}

function imageOf(events: readonly DiskEvent[]): Image {
  const names = new Map<string, number>();
  const contents = new Map<number, Buffer>();
  for (const event of events) {
    switch (event.kind) {
      case 'create':
        names.set(event.path, event.inode);
        break;
      case 'rename': {
        const inode = names.get(event.from);
        if (inode === undefined) break;
        names.delete(event.from);
        names.set(event.to, inode);
        break;
      }
      case 'unlink':
        names.delete(event.path);
        break;
      case 'truncate':
        contents.set(event.inode, resized(contents.get(event.inode), event.size));
        break;
      case 'write':
        contents.set(event.inode, written(contents.get(event.inode), event));
        break;
    }
  }
  return new Map([...names].map(([path, inode]) => [path, contents.get(inode) ?? Buffer.alloc(0)]));
}

function written(before: Buffer | undefined, { offset, bytes }: Write): Buffer {
  const end = offset + bytes.length;
  // Rooms are shared between the steps of one image only: it is built from nothing each time.
  const room = before !== undefined && before.length >= end ? before : resized(before, end);
  bytes.copy(room, offset);
  return room;
}

function resized(before: Buffer | undefined, size: number): Buffer {
  const room = Buffer.alloc(size);
  before?.copy(room, 0, 0, Math.min(size, before.length));
  return room;
}
