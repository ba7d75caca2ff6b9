// The two compressors of the packer. Linux: the system's `xz`, which Node does not have. Windows: deflate, which its own
// tools can open; by `libdeflate-gzip` where that is installed (7 % smaller), else by zlib.
import { spawnSync } from 'node:child_process';
import { deflateRawSync } from 'node:zlib';
import { failure } from '../../shared/failure.ts';
import { fail, ok, type Result } from '../../shared/result.ts';

/** Above every archive there will be: a compressor that writes more than this is broken. */
const outputBytesMax = 512 * 1024 * 1024;
/**
 * Level 6 needs 9 MB to unpack on the customer's machine; level 9 needs 65 MB and saves 2 %. Two threads always: the
 * number of threads decides where blocks end, so it must not depend on the machine.
 */
const xzWords = ['--format=xz', '-6', '--threads=2', '--check=crc64', '--stdout'];

/** Fails with `unavailable` where there is no `xz`. */
export function compressXz(bytes: Uint8Array): Result<Uint8Array> {
  const run = spawnSync('xz', xzWords, { input: bytes, maxBuffer: outputBytesMax });
  if (run.status === 0) return ok(run.stdout);
  const why = run.error?.message ?? run.stderr.toString('utf8');
  return fail(failure('unavailable', `xz: ${why.trim()} (Debian: apt-get install xz-utils)`));
}

/** A raw deflate stream. */
export function deflate(bytes: Uint8Array): Uint8Array {
  return libdeflate(bytes) ?? deflateRawSync(bytes, { level: 9 });
}

/** gzip's frame (RFC 1952) around the same stream: a head of 10 bytes without optional fields, a tail of 8. */
const gzip = { headBytes: 10, tailBytes: 8, flagsAt: 3 } as const;

function libdeflate(bytes: Uint8Array): Uint8Array | undefined {
  const run = spawnSync('libdeflate-gzip', ['-12', '-c'], { input: bytes, maxBuffer: outputBytesMax });
  if (run.status !== 0 || run.stdout[gzip.flagsAt] !== 0) return undefined;
  return run.stdout.subarray(gzip.headBytes, run.stdout.length - gzip.tailBytes);
}
