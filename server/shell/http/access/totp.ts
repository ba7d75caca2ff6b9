// The second factor: codes of RFC 6238 (SHA-1, 30 s, 6 digits, one step of clock error either way) and ten recovery codes.
// A code works once. Reads no clock: the instant is given. Must never say which digit was wrong.
import { createHmac, randomBytes } from 'node:crypto';
import { type Instant, second } from '../../../../shared/time.ts';
import type { Totp } from '../../../ports/people.ts';
import { digestOf, sameDigest } from './secret.ts';

const stepMs = 30 * second;
const recoveryCodeCount = 10;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 160 random bits in base32, as RFC 4226 asks of an HMAC-SHA-1 secret. */
export function newTotpSecret(): string {
  return base32(randomBytes(20));
}

/** What the QR code says. */
export function totpUri(login: string, secret: string): string {
  const label = `${encodeURIComponent('Vigia')}:${encodeURIComponent(login)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=Vigia&algorithm=SHA1&digits=6&period=30`;
}

/** The step whose code this is, now or one step off, if later than `after`; undefined: wrong or used. */
export function stepOfCode(secret: string, code: string, at: Instant, after = -1): number | undefined {
  // RFC 6238 counts from 1970; the step before the first one is none.
  const now = Math.max(1, Math.floor(at / stepMs));
  let found: number | undefined;
  // All three are compared, so that the time tells nothing.
  for (const step of [now - 1, now, now + 1]) {
    if (sameDigest(digestOf(codeOf(secret, step)), digestOf(code)) && step > after) found = step;
  }
  return found;
}

/** What remains of the factor after this code or recovery code; undefined: refused. */
export function afterSecondFactor(totp: Totp, given: string, at: Instant): Totp | undefined {
  const step = stepOfCode(totp.secret, given, at, totp.lastStep);
  if (step !== undefined) return { ...totp, lastStep: step };
  const digest = digestOf(plainRecovery(given));
  const recovery = totp.recovery.filter((each) => !sameDigest(each, digest));
  return recovery.length === totp.recovery.length ? undefined : { ...totp, recovery };
}

export interface RecoveryCodes {
  /** `ABCDE-FGH23`, 50 bits each: with attempts counted nobody guesses one. */
  readonly codes: readonly string[];
  readonly digests: readonly string[];
}

export function newRecoveryCodes(): RecoveryCodes {
  const plain = Array.from({ length: recoveryCodeCount }, () => base32(randomBytes(7)).slice(0, 10));
  return {
    codes: plain.map((code) => `${code.slice(0, 5)}-${code.slice(5)}`),
    digests: plain.map(digestOf),
  };
}

/** People leave the hyphen out and type small letters. */
function plainRecovery(given: string): string {
  return given.replace(/[\s-]/g, '').toUpperCase();
}

/** RFC 4226, 5.3: dynamic truncation. */
export function codeOf(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  const number = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000;
  return String(number).padStart(6, '0');
}

function base32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const groups = bits.match(/.{5}/g) ?? [];
  return groups.map((group) => alphabet.charAt(Number.parseInt(group, 2))).join('');
}

/** Characters outside the alphabet count for nothing. */
function fromBase32(text: string): Buffer {
  let bits = '';
  for (const char of text) {
    const value = alphabet.indexOf(char);
    if (value >= 0) bits += value.toString(2).padStart(5, '0');
  }
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
