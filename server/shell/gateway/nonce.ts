// Nonces for the upgrade: each carries its own instant and an HMAC, so that asking for one costs this server no memory.
// Only a nonce that came with a valid signature is remembered as used, in a bounded set: strangers cannot fill it.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { assert } from '../../../shared/assert.ts';
import { limits } from '../../../shared/limits.ts';
import { type Instant, plus } from '../../../shared/time.ts';

export interface Nonces {
  /** 68 characters of base64url. */
  issue(now: Instant): string;
  /** Made here, not older than its life, not used yet. Costs one HMAC; remembers nothing. */
  isGood(nonce: string, now: Instant): boolean;
  /**
   * Uses it up; call only after the signature over it was verified. `used` = somebody was faster; `full` = too many
   * were used within one life, nobody can be let in safely.
   */
  use(nonce: string, now: Instant): 'taken' | 'used' | 'full';
  usedCount(): number;
}

export interface NonceOptions {
  /** Drawn at each start: nonces of an earlier run are worthless. */
  readonly secret?: Buffer;
  readonly lifeMs?: number;
  readonly usedMax?: number;
}

const instantBytes = 8;
const randomPartBytes = 11;
const macBytes = 32;
/** A multiple of 3, so that base64url has no spare bits and a nonce has exactly one spelling. */
const nonceBytes = instantBytes + randomPartBytes + macBytes;
const nonceText = new RegExp(`^[A-Za-z0-9_-]{${(nonceBytes / 3) * 4}}$`);

export function createNonces(options: NonceOptions = {}): Nonces {
  const secret = options.secret ?? randomBytes(32);
  const lifeMs = options.lifeMs ?? limits.nonceMs;
  const usedMax = options.usedMax ?? limits.noncesUsedMax;
  assert(secret.length >= 32, 'the nonce secret has 32 bytes');
  /** Nonce to the instant at which it may be forgotten; insertion order is that order. */
  const used = new Map<string, Instant>();

  return {
    issue(now) {
      const head = Buffer.alloc(instantBytes + randomPartBytes);
      head.writeBigUInt64BE(BigInt(now));
      randomBytes(randomPartBytes).copy(head, instantBytes);
      return Buffer.concat([head, mac(secret, head)]).toString('base64url');
    },
    isGood(nonce, now) {
      if (!nonceText.test(nonce) || used.has(nonce)) return false;
      const bytes = Buffer.from(nonce, 'base64url');
      const head = bytes.subarray(0, nonceBytes - macBytes);
      if (!timingSafeEqual(mac(secret, head), bytes.subarray(nonceBytes - macBytes))) return false;
      const ageMs = now - Number(head.readBigUInt64BE());
      return ageMs >= 0 && ageMs <= lifeMs;
    },
    use(nonce, now) {
      for (const [old, forgetAt] of used) {
        if (forgetAt > now) break;
        used.delete(old);
      }
      if (used.has(nonce)) return 'used';
      if (used.size >= usedMax) return 'full';
      // One life from now outlasts the nonce itself, whose life began earlier.
      used.set(nonce, plus(now, lifeMs + 1));
      return 'taken';
    },
    usedCount: () => used.size,
  };
}

function mac(secret: Buffer, head: Buffer): Buffer {
  return createHmac('sha256', secret).update('vigia.v1 nonce').update(head).digest();
}
