// Passwords, the second factor and the count of attempts, each by itself.
import { describe, expect, test } from 'vitest';
import { createAttempts } from '../../../../../../server/shell/http/access/attempts.ts';
import { createPasswords } from '../../../../../../server/shell/http/access/passwords.ts';
import {
  afterSecondFactor,
  codeOf,
  newRecoveryCodes,
  newTotpSecret,
  stepOfCode,
  totpUri,
} from '../../../../../../server/shell/http/access/totp.ts';
import { limits } from '../../../../../../shared/limits.ts';
import { instant, minute } from '../../../../../../shared/time.ts';
import { virtualClock } from '../harness.ts';

const quick = { log2N: 4, r: 8, p: 1 };

describe('passwords', () => {
  test('a hash carries its parameters and its own salt, and only the same password fits', async () => {
    const passwords = createPasswords();
    const [one, two] = await Promise.all([
      passwords.hash('correto cavalo bateria'),
      passwords.hash('correto cavalo bateria'),
    ]);
    if (!one.ok || !two.ok) throw new Error('hashed');
    expect(one.value).toMatch(/^scrypt\$15\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(one.value).not.toBe(two.value);
    expect(await passwords.verify('correto cavalo bateria', one.value)).toEqual({ ok: true, value: true });
    expect(await passwords.verify('correto cavalo baterias', one.value)).toEqual({ ok: true, value: false });
  });

  test('the same letters composed in another way are the same password', async () => {
    const passwords = createPasswords(quick);
    const stored = await passwords.hash('operação às três'.normalize('NFC'));
    const asked = 'operação às três'.normalize('NFD');
    expect(stored.ok && (await passwords.verify(asked, stored.value))).toEqual({ ok: true, value: true });
  });

  test.each([undefined, '', 'scrypt$99$8$1$aaaaaaaaaaaaaaaaaaaaaa$a', 'plain'])(
    'nobody and damage (%j) cost the same hash and never fit',
    async (stored) => {
      const passwords = createPasswords(quick);
      expect(await passwords.verify('qualquer coisa', stored)).toEqual({ ok: true, value: false });
      expect(passwords.count()).toBe(1);
    },
  );

  test('a crowd waits in line and what is too much is told to come back', async () => {
    const passwords = createPasswords(quick);
    const room = limits.passwordHashesAtOnceMax + limits.passwordHashesWaitingMax;
    const all = await Promise.all(Array.from({ length: room + 3 }, () => passwords.verify('x', undefined)));
    expect(all.filter((each) => !each.ok).length).toBe(3);
    expect(passwords.count()).toBe(room);
    expect((await passwords.verify('x', undefined)).ok).toBe(true);
  });
});

describe('second factor', () => {
  /** RFC 6238, appendix B: "12345678901234567890". */
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [20_000_000_000, '353130'],
  ])('at %i s the code is the one of RFC 6238', (seconds, code) => {
    expect(codeOf(secret, Math.floor(seconds / 30))).toBe(code);
    expect(stepOfCode(secret, code, instant(seconds * 1_000))).toBe(Math.floor(seconds / 30));
  });

  test('a code of the step before or after is taken, of two steps away not', () => {
    const at = instant(3_000_000);
    const taken = [-2, -1, 0, 1, 2].filter((off) => stepOfCode(secret, codeOf(secret, 100 + off), at));
    expect(taken).toEqual([-1, 0, 1]);
  });

  test('a code works once, and an older one not after a newer', () => {
    const at = instant(3_000_000);
    const before = { secret, lastStep: 0, recovery: [] };
    const after = afterSecondFactor(before, codeOf(secret, 100), at);
    expect(after).toEqual({ secret, lastStep: 100, recovery: [] });
    if (after === undefined) return;
    expect(afterSecondFactor(after, codeOf(secret, 100), at)).toBeUndefined();
    expect(afterSecondFactor(after, codeOf(secret, 99), at)).toBeUndefined();
    expect(afterSecondFactor(after, codeOf(secret, 101), at)?.lastStep).toBe(101);
  });

  test('a recovery code works once, in whatever letters it is typed', () => {
    const { codes, digests } = newRecoveryCodes();
    expect([codes.length, new Set(codes).size]).toEqual([10, 10]);
    const totp = { secret, lastStep: 0, recovery: digests };
    const typed = (codes[3] ?? '').toLowerCase().replace('-', ' ');
    const after = afterSecondFactor(totp, typed, instant(0));
    expect(after?.recovery.length).toBe(9);
    expect(after && afterSecondFactor(after, typed, instant(0))).toBeUndefined();
  });

  test('a new secret is 160 bits of base32 and stands in the address of the QR code', () => {
    const fresh = newTotpSecret();
    expect(fresh).toMatch(/^[A-Z2-7]{32}$/);
    expect(totpUri('ana@msp.com.br', fresh)).toBe(
      `otpauth://totp/Vigia:ana%40msp.com.br?secret=${fresh}&issuer=Vigia&algorithm=SHA1&digits=6&period=30`,
    );
  });
});

describe('attempts', () => {
  test('they count before they are judged, good ones are taken back, and a window ends', () => {
    const clock = virtualClock();
    const attempts = createAttempts({ clock, max: 2, windowMs: minute });
    expect([attempts.begin('a'), attempts.begin('a'), attempts.begin('a')]).toEqual([true, true, false]);
    expect(attempts.begin('b')).toBe(true);
    attempts.good('a');
    expect([attempts.begin('a'), attempts.begin('a')]).toEqual([true, false]);
    clock.advance(minute);
    expect(attempts.begin('a')).toBe(true);
  });

  test('past the keys it remembers the oldest goes', () => {
    const attempts = createAttempts({ clock: virtualClock(), max: 1, windowMs: minute });
    for (let n = 0; n <= limits.signInAddressesMax; n += 1) attempts.begin(String(n));
    expect([attempts.begin('0'), attempts.begin(String(limits.signInAddressesMax))]).toEqual([true, false]);
  });
});
