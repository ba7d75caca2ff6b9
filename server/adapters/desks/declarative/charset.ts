// Text to bytes and back in the two character sets that desks are seen to use. Stands under the renderer and the reader
// of the declarative desk. Must never write a byte that reads as another character than was meant without saying so.
import { failure } from '../../../../shared/failure.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';

export const charsets = ['utf-8', 'iso-8859-1'] as const;
export type Charset = (typeof charsets)[number];

/** What becomes of a character that ISO-8859-1 does not have, in encodings that have no escape of their own for it. */
export const outsideRules = ['transliterate', 'refuse'] as const;
export type OutsideRule = (typeof outsideRules)[number];

export interface Fitted {
  readonly text: string;
  /** Characters that were replaced by others, each once, in the order of their appearance. */
  readonly replaced: readonly string[];
}

const latin1Max = 0xff;

/** Typographic signs that Vigia's own texts and people's keyboards produce, as ASCII writes them. */
const plain: Readonly<Record<string, string>> = {
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2212': '-',
  '\u2018': "'",
  '\u2019': "'",
  '\u201a': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u201e': '"',
  '\u2022': '*',
  '\u2026': '...',
  '\u2190': '<-',
  '\u2192': '->',
  '\u2264': '<=',
  '\u2265': '>=',
  '\u2248': '~',
  '\u20ac': 'EUR',
  '\u2122': 'TM',
};

/**
 * The text with nothing in it that the charset lacks. UTF-8 takes everything as it is. Fails with `desk.refused` when
 * the rule is to refuse; the message names the characters, because a person has to change the profile.
 */
export function fitText(text: string, charset: Charset, rule: OutsideRule): Result<Fitted> {
  const whole = text.toWellFormed();
  if (charset === 'utf-8' || isLatin1(whole)) return ok({ text: whole, replaced: [] });
  const replaced = new Set<string>();
  let fitted = '';
  // Composed first: "a" and a combining tilde are one Latin-1 letter.
  for (const character of whole.normalize('NFC')) {
    if (isLatin1(character)) {
      fitted += character;
      continue;
    }
    replaced.add(character);
    fitted += plain[character] ?? withoutMarks(character);
  }
  if (rule === 'refuse' && replaced.size > 0) {
    const message = `o texto tem caracteres que não existem em ISO-8859-1: ${[...replaced].join(' ')}`;
    return fail(failure('desk.refused', message));
  }
  return ok({ text: fitted, replaced: [...replaced] });
}

/** Only for text that fits: see `fitText`. */
export function encodeText(text: string, charset: Charset): Buffer {
  return Buffer.from(text, charset === 'utf-8' ? 'utf8' : 'latin1');
}

/**
 * Undefined when the bytes are not text of that charset. What calls itself ISO-8859-1 is read as Windows-1252, as
 * browsers do (WHATWG Encoding): the two agree on every letter, and servers that mix them up are common.
 */
export function decodeText(bytes: Uint8Array, charset: Charset): string | undefined {
  try {
    return new TextDecoder(charset === 'utf-8' ? 'utf-8' : 'windows-1252', { fatal: true }).decode(bytes);
  } catch {
    // Only a TypeError for malformed bytes is possible here.
    return undefined;
  }
}

/** As headers and XML declarations spell it; undefined for one that is not supported. */
export function charsetOf(label: string): Charset | undefined {
  switch (label.trim().toLowerCase()) {
    case 'utf-8':
    case 'utf8':
    case 'us-ascii':
      return 'utf-8';
    case 'iso-8859-1':
    case 'latin1':
    case 'windows-1252':
    case 'iso_8859-1':
      return 'iso-8859-1';
    default:
      return undefined;
  }
}

export function isLatin1(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > latin1Max) return false;
  return true;
}

/** `ş` becomes `s`; what has no base letter in Latin-1 becomes a question mark. */
function withoutMarks(character: string): string {
  const base = character.normalize('NFKD').replace(/\p{M}/gu, '');
  return base !== '' && isLatin1(base) ? base : '?';
}
