// Patterns of a profile over a desk's answers, matched in linear time: all alternatives go through the text together
// (a Pike machine; Russ Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009), so no pattern and no answer
// can hold the correlator up, which JavaScript's own backtracking does not promise. The price: no look-around and no
// back-references. Must never look at more than `limits.deskPatternTextMax` characters.
import { failure } from '../../../../shared/failure.ts';
import { limits } from '../../../../shared/limits.ts';
import { fail, ok, type Result } from '../../../../shared/result.ts';
import { type PatternNode, parsePattern } from './pattern-syntax.ts';

export interface Match {
  readonly whole: string;
  /** What the first pair of parentheses took, where there is one and it took part. */
  readonly group?: string;
}

export interface Pattern {
  /** The leftmost match, as JavaScript would choose among alternatives; undefined = none. */
  match(text: string): Match | undefined;
}

/**
 * Literals, `.`, `[a-z]`, `\d \w \s` and their opposites, groups, `|`, `* + ? {m,n}` greedy and lazy, `^ $` (of the whole
 * text), and `(?i)` at the start. Fails with `config.invalid`: anything else, or larger than the limits.
 */
export function compilePattern(source: string): Result<Pattern> {
  const parsed = parsePattern(source);
  if (!parsed.ok) return parsed;
  const program: Instruction[] = [];
  // Stopped while it grows: counts inside counts multiply before anything could look at the size.
  if (!emit(parsed.value, program) || !add(program, { kind: 'match' })) {
    const message = `a expressão vira mais de ${limits.deskPatternStepsMax} passos`;
    return fail(failure('config.invalid', message));
  }
  return ok({ match: (text) => run(program, text.slice(0, limits.deskPatternTextMax)) });
}

type Instruction =
  | { readonly kind: 'take'; readonly takes: (code: number) => boolean }
  /** The first is preferred. */
  | { readonly kind: 'split'; readonly first: number; readonly second: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'save'; readonly slot: 'groupStart' | 'groupEnd' }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'match' };

function add(program: Instruction[], instruction: Instruction): boolean {
  if (program.length >= limits.deskPatternStepsMax) return false;
  program.push(instruction);
  return true;
}

/** False when the program has become too long. */
function emit(node: PatternNode, program: Instruction[]): boolean {
  switch (node.kind) {
    case 'take':
      return add(program, { kind: 'take', takes: node.takes });
    case 'start':
    case 'end':
      return add(program, { kind: node.kind });
    case 'sequence':
      return node.parts.every((part) => emit(part, program));
    case 'either':
      return emitEither(node.options, program);
    case 'group':
      if (!node.first) return emit(node.inside, program);
      return (
        add(program, { kind: 'save', slot: 'groupStart' }) &&
        emit(node.inside, program) &&
        add(program, { kind: 'save', slot: 'groupEnd' })
      );
    default:
      return emitRepeat(node, program);
  }
}

function emitEither(options: readonly PatternNode[], program: Instruction[]): boolean {
  const ends: number[] = [];
  for (const [index, option] of options.entries()) {
    if (index === options.length - 1) {
      if (!emit(option, program)) return false;
      continue;
    }
    const split = program.length;
    if (!add(program, { kind: 'jump', to: 0 }) || !emit(option, program)) return false;
    ends.push(program.length);
    if (!add(program, { kind: 'jump', to: 0 })) return false;
    program[split] = { kind: 'split', first: split + 1, second: program.length };
  }
  for (const end of ends) program[end] = { kind: 'jump', to: program.length };
  return true;
}

type Repeat = Extract<PatternNode, { kind: 'repeat' }>;

function emitRepeat({ inside, min, max, lazy }: Repeat, program: Instruction[]): boolean {
  const choose = (at: number, into: number, past: number): void => {
    program[at] = lazy
      ? { kind: 'split', first: past, second: into }
      : { kind: 'split', first: into, second: past };
  };
  for (let count = 0; count < min; count += 1) if (!emit(inside, program)) return false;
  if (max === undefined) {
    const loop = program.length;
    if (!add(program, { kind: 'jump', to: 0 }) || !emit(inside, program)) return false;
    if (!add(program, { kind: 'jump', to: loop })) return false;
    choose(loop, loop + 1, program.length);
    return true;
  }
  const splits: number[] = [];
  for (let count = min; count < max; count += 1) {
    splits.push(program.length);
    if (!add(program, { kind: 'jump', to: 0 }) || !emit(inside, program)) return false;
  }
  for (const split of splits) choose(split, split + 1, program.length);
  return true;
}

interface Thread {
  readonly at: number;
  readonly startedAt: number;
  readonly groupStart?: number;
  readonly groupEnd?: number;
}

interface Found extends Thread {
  readonly endedAt: number;
}

/** One pass: every thread steps over the same character before the next one is looked at. */
function run(program: readonly Instruction[], text: string): Match | undefined {
  let threads: readonly Thread[] = [];
  let best: Found | undefined;
  const seenAt = new Int32Array(program.length).fill(-1);
  for (let position = 0; position <= text.length; position += 1) {
    // A new attempt begins here, behind all that began earlier: the leftmost wins.
    const waiting = best === undefined ? [...threads, { at: 0, startedAt: position }] : threads;
    if (waiting.length === 0) break;
    const next: Thread[] = [];
    const code = position < text.length ? text.charCodeAt(position) : -1;
    for (const thread of follow(waiting, { program, seenAt, position, length: text.length })) {
      const instruction = program[thread.at];
      if (instruction?.kind === 'match') {
        best = { ...thread, endedAt: position };
        // Those behind it are less preferred.
        break;
      }
      if (instruction?.kind === 'take' && code >= 0 && instruction.takes(code)) {
        next.push({ ...thread, at: thread.at + 1 });
      }
    }
    threads = next;
  }
  return best === undefined ? undefined : matchOf(best, text);
}

function matchOf({ startedAt, endedAt, groupStart, groupEnd }: Found, text: string): Match {
  const whole = text.slice(startedAt, endedAt);
  if (groupStart === undefined || groupEnd === undefined) return { whole };
  return { whole, group: text.slice(groupStart, groupEnd) };
}

interface Place {
  readonly program: readonly Instruction[];
  /** Position at which an instruction was last reached: each is followed once per character, which bounds the work. */
  readonly seenAt: Int32Array;
  readonly position: number;
  readonly length: number;
}

/** Threads that stand before a character or the end, in order of preference. */
function follow(waiting: readonly Thread[], { program, seenAt, position, length }: Place): readonly Thread[] {
  const ready: Thread[] = [];
  const pending = [...waiting].reverse();
  for (let thread = pending.pop(); thread !== undefined; thread = pending.pop()) {
    if (seenAt[thread.at] === position) continue;
    seenAt[thread.at] = position;
    const instruction = program[thread.at];
    const next = { ...thread, at: thread.at + 1 };
    switch (instruction?.kind) {
      case 'jump':
        pending.push({ ...thread, at: instruction.to });
        break;
      case 'split':
        pending.push({ ...thread, at: instruction.second }, { ...thread, at: instruction.first });
        break;
      case 'save':
        pending.push({ ...next, [instruction.slot]: position });
        break;
      case 'start':
        if (position === 0) pending.push(next);
        break;
      case 'end':
        if (position === length) pending.push(next);
        break;
      default:
        ready.push(thread);
    }
  }
  return ready;
}
