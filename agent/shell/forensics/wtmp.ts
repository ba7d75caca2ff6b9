// Reads the end of /var/log/wtmp: boots, shutdowns and runlevels only; who was signed in is not kept. utmp(5), glibc's
// layout on 64-bit Linux with 32-bit time (x86-64, arm64): 384 bytes a record. Never throws.
import { open } from 'node:fs/promises';
import { limits } from '../../../shared/limits.ts';
import type { WtmpLog, WtmpRecord } from '../../core/ending/evidence.ts';

export const utmpBytes = 384;
const types = { runLevel: 1, boot: 2 } as const;
const offsets = { type: 0, pid: 4, user: 44, seconds: 340, microseconds: 344 } as const;
const userBytes = 32;

export async function collectWtmp(path = '/var/log/wtmp'): Promise<WtmpLog | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      // Whole records from the end.
      const room = Math.floor(limits.forensicsBytesMax / utmpBytes) * utmpBytes;
      const length = Math.min(size, room);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return parseWtmp(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    // Debian 13 keeps none; without the right to read it nothing may be concluded either.
    return undefined;
  }
}

export function parseWtmp(bytes: Uint8Array): WtmpLog {
  const records: WtmpRecord[] = [];
  const count = Math.floor(bytes.length / utmpBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < count; index += 1) {
    const record = recordAt(bytes, view, index);
    if (record !== undefined) records.push(record);
  }
  return { complete: bytes.length % utmpBytes === 0 && count > 0, records };
}

/** The runlevel that the system is in, of a file in the same layout (/run/utmp); undefined = it does not say. */
export function runLevelOf(bytes: Uint8Array): string | undefined {
  return parseWtmp(bytes).records.findLast(({ what }) => what === 'runlevel')?.level;
}

function recordAt(bytes: Uint8Array, view: DataView, index: number): WtmpRecord | undefined {
  const at = index * utmpBytes;
  const type = view.getInt16(at + offsets.type, true);
  const seconds = view.getUint32(at + offsets.seconds, true);
  const atMs = seconds * 1_000 + Math.floor(view.getUint32(at + offsets.microseconds, true) / 1_000);
  const user = textAt(bytes, at + offsets.user, userBytes);
  if (type === types.boot && user === 'reboot') return { index, what: 'boot', atMs };
  if (type !== types.runLevel) return undefined;
  if (user === 'shutdown') return { index, what: 'shutdown', atMs };
  if (user !== 'runlevel') return undefined;
  // init(8) puts the level entered into the low byte and the one left above it.
  return { index, what: 'runlevel', level: String.fromCharCode(view.getUint8(at + offsets.pid)), atMs };
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder('latin1').decode(end < 0 ? field : field.subarray(0, end));
}
