// The syntax of a profile's patterns: text to a tree. Stands under `pattern.ts`. Everything that linear time cannot do
// (look-around, back-references) or that reads differently in other dialects is refused by name, never ignored.
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';

export type PatternNode =
  | { readonly kind: 'take'; readonly takes: (code: number) => boolean }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'either'; readonly options: readonly PatternNode[] }
  /** `first`: the capturing group whose text is the result. */
  | { readonly kind: 'group'; readonly first: boolean; readonly inside: PatternNode }
  | {
      readonly kind: 'repeat';
      readonly inside: PatternNode;
      readonly min: number;
      readonly max?: number;
      readonly lazy: boolean;
    };

type Takes = (code: number) => boolean;

/** Fails with `config.invalid` and the position. */
export function parsePattern(source: string): Result<PatternNode> {
  if (source.length > limits.deskPathCharsMax) {
    return fail(failure('config.invalid', `a expressão tem mais de ${limits.deskPathCharsMax} caracteres`));
  }
  try {
    return ok(new Reader(source).pattern());
  } catch (error) {
    if (!(error instanceof PatternMistake)) throw error;
    return fail(failure('config.invalid', `expressão inválida na posição ${error.at}: ${error.message}`));
  }
}

class PatternMistake extends Error {
  override name = 'PatternMistake';
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const digits: Takes = (code) => code >= 48 && code <= 57;
const words: Takes = (code) =>
  digits(code) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
const spaces: Takes = (code) => /\s/.test(String.fromCharCode(code));
const not =
  (takes: Takes): Takes =>
  (code) =>
    !takes(code);
const classes: Readonly<Record<string, Takes>> = {
  d: digits,
  D: not(digits),
  w: words,
  W: not(words),
  s: spaces,
  S: not(spaces),
};
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const newline = 10;

class Reader {
  readonly #source: string;
  readonly #anyCase: boolean;
  #at = 0;
  #groups = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#anyCase = this.#takes('(?i)');
  }

  pattern(): PatternNode {
    const node = this.#either();
    if (this.#at < this.#source.length) this.#wrong('")" sem "("');
    return node;
  }

  #either(): PatternNode {
    const first = this.#sequence();
    const options = [first];
    while (this.#takes('|')) options.push(this.#sequence());
    return options.length === 1 ? first : { kind: 'either', options };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#source.length && this.#peek() !== '|' && this.#peek() !== ')') {
      parts.push(this.#repeated(this.#atom()));
    }
    return { kind: 'sequence', parts };
  }

  #atom(): PatternNode {
    const character = this.#next();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'take', takes: this.#set() };
      case '.':
        return { kind: 'take', takes: (code) => code !== newline };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '*':
      case '+':
      case '?':
      case '{':
        return this.#wrong(`"${character}" sem nada antes`);
      case '\\': {
        const escaped = this.#escaped();
        return { kind: 'take', takes: typeof escaped === 'string' ? this.#only(escaped) : escaped };
      }
      default:
        return { kind: 'take', takes: this.#only(character) };
    }
  }

  #group(): PatternNode {
    const capturing = !this.#takes('?:');
    if (capturing && this.#peek() === '?') this.#wrong('grupos "(?" não são aceitos, só "(?:"');
    if (capturing) this.#groups += 1;
    const first = capturing && this.#groups === 1;
    this.#depth += 1;
    if (this.#depth > limits.deskXmlDepthMax) this.#wrong('grupos aninhados demais');
    const inside = this.#either();
    this.#depth -= 1;
    if (!this.#takes(')')) this.#wrong('"(" sem ")"');
    return { kind: 'group', first, inside };
  }

  #repeated(inside: PatternNode): PatternNode {
    const [min, max] = this.#count() ?? [1, 1];
    if (min === 1 && max === 1) return inside;
    if (inside.kind === 'start' || inside.kind === 'end') this.#wrong('"^" e "$" não se repetem');
    const lazy = this.#takes('?');
    if (['*', '+', '?', '{'].includes(this.#peek())) this.#wrong('repetição de repetição');
    return max === undefined
      ? { kind: 'repeat', inside, min, lazy }
      : { kind: 'repeat', inside, min, max, lazy };
  }

  #count(): readonly [number, number | undefined] | undefined {
    if (this.#takes('*')) return [0, undefined];
    if (this.#takes('+')) return [1, undefined];
    if (this.#takes('?')) return [0, 1];
    if (this.#peek() !== '{') return undefined;
    const found = /^\{([0-9]{1,3})(?:(,)([0-9]{1,3})?)?\}/.exec(this.#source.slice(this.#at));
    if (found === null) return this.#wrong('esperado {m}, {m,} ou {m,n}');
    const [whole, low, comma, high] = found;
    const min = Number(low);
    const max = comma === undefined ? min : high === undefined ? undefined : Number(high);
    if (max !== undefined && max < min) this.#wrong('o máximo é menor que o mínimo');
    this.#at += whole.length;
    return [min, max];
  }

  /** After `[`. */
  #set(): Takes {
    const negated = this.#takes('^');
    const parts: Takes[] = [];
    for (;;) {
      if (this.#at >= this.#source.length) this.#wrong('"[" sem "]"');
      if (this.#takes(']')) break;
      const low = this.#setMember();
      if (typeof low !== 'string') {
        parts.push(low);
        continue;
      }
      const range = this.#peek() === '-' && this.#source[this.#at + 1] !== ']';
      if (!range) {
        parts.push(this.#only(low));
        continue;
      }
      this.#next();
      const high = this.#setMember();
      if (typeof high !== 'string' || high < low) return this.#wrong('intervalo inválido');
      parts.push(this.#between(low, high));
    }
    const takes: Takes = (code) => parts.some((part) => part(code));
    return negated ? not(takes) : takes;
  }

  #setMember(): string | Takes {
    const character = this.#next();
    return character === '\\' ? this.#escaped() : character;
  }

  /** After a backslash: a class, or the character that is meant. */
  #escaped(): string | Takes {
    const character = this.#next();
    const known = classes[character] ?? controls[character];
    if (known !== undefined) return known;
    if (/[0-9A-Za-z]/.test(character)) return this.#wrong(`"\\${character}" não é aceito`);
    return character;
  }

  #only(character: string): Takes {
    return this.#between(character, character);
  }

  #between(low: string, high: string): Takes {
    const [from, to] = [low.charCodeAt(0), high.charCodeAt(0)];
    const inside: Takes = (code) => code >= from && code <= to;
    if (!this.#anyCase) return inside;
    return (code) => {
      const character = String.fromCharCode(code);
      const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
      return inside(code) || inside(lower.charCodeAt(0)) || inside(upper.charCodeAt(0));
    };
  }

  #peek(): string {
    return this.#source[this.#at] ?? '';
  }

  #next(): string {
    const character = this.#source[this.#at];
    if (character === undefined) return this.#wrong('a expressão termina no meio');
    const code = character.charCodeAt(0);
    if (code >= 0xd800 && code <= 0xdfff) this.#wrong('caracteres fora do plano básico não são aceitos');
    this.#at += 1;
    return character;
  }

  #takes(literal: string): boolean {
    if (!this.#source.startsWith(literal, this.#at)) return false;
    this.#at += literal.length;
    return true;
  }

  #wrong(message: string): never {
    throw new PatternMistake(this.#at, message);
  }
}
