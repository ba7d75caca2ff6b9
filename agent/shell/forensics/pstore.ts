// Collects what a dying kernel left in persistent storage: /sys/fs/pstore, and where systemd-pstore.service moves it.
// Names, the last kernel time and the panic line only. Kernel: admin-guide/ramoops, pstore-blk. Never throws.
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../../../shared/limits.ts';
import type { PstoreDump, PstoreLog } from '../../core/ending/evidence.ts';
import { panicOf } from '../../core/ending/marks.ts';
import { errorCodeOf } from '../errors.ts';

export interface PstorePlaces {
  readonly live: string;
  readonly archive: string;
  /** Where root copied both to, at this start of the service (install-scripts/linux/root-facts.sh). */
  readonly copied: string;
  /** The kernel's parameter that names the backend, or says "(null)". */
  readonly backend: string;
}

const places: PstorePlaces = {
  live: '/sys/fs/pstore',
  archive: '/var/lib/systemd/pstore',
  copied: '/run/vigia-agent-facts/pstore',
  backend: '/sys/module/pstore/parameters/backend',
};
const depthMax = 3;
/** Of a file's end: the panic and its trace are the last a kernel says. */
const fileBytesMax = 16 * 1024;

export async function collectPstore(where: PstorePlaces = places): Promise<PstoreLog> {
  const armed = await isArmed(where.backend);
  const listed = await listAll(where);
  const paths = listed.flatMap(({ paths }) => paths);
  const dumps = await Promise.all(paths.slice(0, limits.pstoreFilesMax).map(readDump));
  const whole = dumps.every((dump) => dump !== undefined) && paths.length <= limits.pstoreFilesMax;
  return {
    complete: whole && listed.every(({ complete }) => complete),
    armed,
    dumps: joinParts(dumps.filter((dump) => dump !== undefined)),
  };
}

/** A dump's last kernel time and its panic line, if it holds them. */
export function parseDump(text: string): Pick<PstoreDump, 'uptimeMs' | 'panic'> {
  let uptimeMs: number | undefined;
  let panic: PstoreDump['panic'];
  for (const line of text.split('\n')) {
    // A priority may stand before it: <4>[12345.678901] or [12345.678901][ T123].
    const found = /^(?:<\d{1,3}>)?\[ {0,8}(\d{1,10})\.(\d{6})\](?:\[ *[TC]\d+\])? ?(.*)$/.exec(line);
    if (found === null) continue;
    const [, seconds, micros, said = ''] = found;
    uptimeMs = Math.max(uptimeMs ?? 0, Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000));
    panic ??= panicOf(said);
  }
  return { uptimeMs, panic };
}

/**
 * One dump is cut into parts, one a file, the last words in part 1. Those of one moment belong together: their newest time
 * dates them all.
 */
export function joinParts(parts: readonly PstoreDump[]): readonly PstoreDump[] {
  return parts.map((part) => {
    if (part.panic === undefined || part.uptimeMs === undefined) return part;
    const { uptimeMs } = part;
    const kin = parts.filter(
      (other) =>
        other.uptimeMs !== undefined &&
        Math.abs(other.uptimeMs - uptimeMs) <= kinMs &&
        Math.abs(other.atMs - part.atMs) <= kinMs,
    );
    return { ...part, uptimeMs: Math.max(...kin.map((other) => other.uptimeMs ?? 0)) };
  });
}

const kinMs = 60_000;

async function isArmed(path: string): Promise<boolean> {
  try {
    return !['', '(null)'].includes((await readFile(path, 'utf8')).trim());
  } catch {
    return false;
  }
}

/** Only root may read the places themselves, as a rule; the copies, where they were made, are all of the newest. */
async function listAll(where: PstorePlaces): Promise<readonly Listed[]> {
  const copied = await list(where.copied, 0);
  if (copied.exists && copied.complete) return [copied];
  return Promise.all([list(where.live, 0), list(where.archive, 0)]);
}

interface Listed {
  readonly paths: readonly string[];
  readonly complete: boolean;
  readonly exists: boolean;
}

/** A folder that does not exist holds nothing; one that may not be read is another matter. */
async function list(folder: string, depth: number): Promise<Listed> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const below = await Promise.all(
      entries
        .filter((entry) => entry.isDirectory())
        .slice(-limits.pstoreFilesMax)
        .map((entry) => (depth < depthMax ? list(join(folder, entry.name), depth + 1) : nothing)),
    );
    const files = entries.filter((entry) => entry.isFile() && /(^|_)dmesg[-.]/.test(entry.name));
    return {
      paths: [...files.map(({ name }) => join(folder, name)), ...below.flatMap(({ paths }) => paths)],
      complete: below.every(({ complete }) => complete),
      exists: true,
    };
  } catch (error) {
    return { paths: [], complete: errorCodeOf(error) === 'ENOENT', exists: false };
  }
}

const nothing: Listed = { paths: [], complete: true, exists: true };

async function readDump(path: string): Promise<PstoreDump | undefined> {
  try {
    const { mtimeMs, size } = await stat(path);
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read({
        buffer: Buffer.alloc(fileBytesMax),
        position: Math.max(0, size - fileBytesMax),
      });
      const text = new TextDecoder('latin1').decode(buffer.subarray(0, bytesRead));
      return { file: path.slice(path.lastIndexOf('/') + 1), atMs: mtimeMs, ...parseDump(text) };
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
