// Passwords as scrypt hashes (RFC 7914; N = 2^15, r = 8, p = 1: 32 MB and some 80 ms each), a salt of their own, parameters
// stored beside. A few at once only. Must never take less time for a login that nobody has, and never keep a password.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';

export interface Passwords {
  /** Fails with `limit.reached` when too many wait. */
  hash(password: string): Promise<Result<string>>;
  /** `stored` undefined (no such person): the same work for nothing, then false. Fails with `limit.reached`. */
  verify(password: string, stored: string | undefined): Promise<Result<boolean>>;
  /** Hashes worked out so far. */
  count(): number;
}

/** N = 2^log2N: memory and time; r: block size; p: how often over. */
export interface PasswordCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

const usualCost: PasswordCost = { log2N: 15, r: 8, p: 1 };
const hashBytes = 32;

/** `scrypt$15$8$1$<salt>$<hash>`, base64url. Bounds: a damaged row must not ask for all memory. */
const storedSchema = z
  .string()
  .regex(/^scrypt\$([1-9]|1[0-8])\$(8|16)\$([1-4])\$[\w-]{22,88}\$[\w-]{43}$/)
  .transform((text) => {
    const [, log2N, r, p, salt = '', hash = ''] = text.split('$');
    return {
      cost: { log2N: Number(log2N), r: Number(r), p: Number(p) },
      salt: Buffer.from(salt, 'base64url'),
      hash: Buffer.from(hash, 'base64url'),
    };
  });

/** Compared with when there is nobody; nothing hashes to it in practice. */
const nobody = { salt: Buffer.alloc(16), hash: Buffer.alloc(hashBytes) };

/** `cost` of new hashes; older ones keep their own. */
export function createPasswords(cost: PasswordCost = usualCost): Passwords {
  const inTurn = createTurns();
  let count = 0;
  const work = (password: string, salt: Buffer, by: PasswordCost): Promise<Result<Buffer>> =>
    inTurn(() => {
      count += 1;
      return derive(password, salt, by);
    });
  return {
    hash: async (password) => {
      const salt = randomBytes(16);
      const derived = await work(password, salt, cost);
      if (!derived.ok) return derived;
      const { log2N, r, p } = cost;
      return ok(
        ['scrypt', log2N, r, p, salt.toString('base64url'), derived.value.toString('base64url')].join('$'),
      );
    },
    verify: async (password, stored) => {
      const parsed = storedSchema.safeParse(stored);
      const against = parsed.success ? parsed.data : { ...nobody, cost };
      const derived = await work(password, against.salt, against.cost);
      if (!derived.ok) return derived;
      return ok(timingSafeEqual(derived.value, against.hash) && parsed.success);
    },
    count: () => count,
  };
}

/** NFKC: the same letters from another keyboard are the same password (NIST SP 800-63B-4, 3.1.1.2). */
function derive(password: string, salt: Buffer, { log2N, r, p }: PasswordCost): Promise<Buffer> {
  const N = 2 ** log2N;
  const options: ScryptOptions = { N, r, p, maxmem: 2 * 128 * N * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** At most `passwordHashesAtOnceMax` run, a few wait in order, the rest is told to come back. */
function createTurns(): (run: () => Promise<Buffer>) => Promise<Result<Buffer>> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (run) => {
    if (running >= limits.passwordHashesAtOnceMax) {
      if (waiting.length >= limits.passwordHashesWaitingMax) {
        const message = 'too many sign in at this moment; try again';
        return fail(failure('limit.reached', message, { retryable: true }));
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return ok(await run());
    } finally {
      // The turn is handed on, not given back, so that nobody slips in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
