// Independent random streams from one seed: the weather of the network must not change because a fault drew once more.
import { type Random, seededRandom } from '../../shared/random.ts';

/** A stream of its own for `tag` (FNV-1a over the tag, mixed into the seed). */
export function stream(seed: number, tag: string): Random {
  let hash = 0x811c9dc5;
  for (let index = 0; index < tag.length; index += 1) {
    hash = Math.imul(hash ^ tag.charCodeAt(index), 0x01000193) >>> 0;
  }
  return seededRandom((seed >>> 0) * 0x1_0000_0000 + hash);
}

/** Uniform in [from, to), fractions kept. */
export function between(random: Random, from: number, to: number): number {
  return from + random.next() * (to - from);
}

/** Log-uniform whole milliseconds in [from, to). */
export function logUniform(random: Random, from: number, to: number): number {
  return Math.floor(Math.exp(between(random, Math.log(from), Math.log(to))));
}

/** Exponential with the given mean, whole milliseconds. */
export function exponential(random: Random, mean: number): number {
  return Math.floor(-Math.log(1 - random.next()) * mean);
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)] as T;
}
