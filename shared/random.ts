// Seeded randomness as a value that is passed in. The shell seeds it from the system; the simulator from its seed.

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Whole number in [0, below). */
  below(limit: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
}

/** sfc32 (Chris Doty-Humphrey, PractRand): small, fast, passes BigCrush. Not for secrets. */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0;
  let b = Math.floor(seed / 0x1_0000_0000) >>> 0;
  let c = 0x9e3779b9;
  let d = 1;
  const step = (): number => {
    const t = (((a + b) >>> 0) + d) >>> 0;
    d = (d + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + t) >>> 0;
    return t;
  };
  for (let warmUp = 0; warmUp < 15; warmUp += 1) step();
  const next = (): number => step() / 0x1_0000_0000;
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    chance: (probability) => next() < probability,
  };
}
