// Reads a QR code back from its drawing, for the tests: written after ISO/IEC 18004 and not after the library that draws them.
// Versions 1 to 10, level M, one segment of bytes; corrects no errors, because a drawing of this product has none.
import { assert, present } from '../../shared/assert.ts';

type Dark = (row: number, column: number) => boolean;

/** Blocks of level M as [how many, data codewords of each], by version. */
const blocksOfM: readonly (readonly (readonly [number, number])[])[] = [
  ...[[], [[1, 16]], [[1, 28]], [[1, 44]], [[2, 32]], [[2, 43]], [[4, 27]], [[4, 31]]],
  ...[
    [
      [2, 38],
      [2, 39],
    ],
    [
      [3, 36],
      [2, 37],
    ],
    [
      [4, 43],
      [1, 44],
    ],
  ],
] as const;

/** Middles of the alignment squares, by version. */
const alignments: readonly (readonly number[])[] = [
  ...[
    [],
    [],
    [6, 18],
    [6, 22],
    [6, 26],
    [6, 30],
    [6, 34],
    [6, 22, 38],
    [6, 24, 42],
    [6, 26, 46],
    [6, 28, 50],
  ],
];

const masks: readonly ((i: number, j: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_i, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
];

/** The text of a drawing of `side` by `side` whose path is made of `Mx yhNv1h-Nz`, with its quiet zone of four. */
export function readQrPath(path: string, side: number): string {
  const dark = new Set<string>();
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)];
  assert(runs.map(([whole]) => whole).join('') === path, 'nothing but runs of squares');
  for (const [, x, y, length, back] of runs) {
    assert(length === back, 'a closed run');
    for (let each = 0; each < Number(length); each += 1) dark.add(`${y} ${Number(x) + each}`);
  }
  const size = side - 8;
  for (const place of dark) {
    const inside = place.split(' ').every((each) => Number(each) >= 4 && Number(each) < size + 4);
    assert(inside, 'a quiet zone of four squares');
  }
  return readQr((row, column) => dark.has(`${row + 4} ${column + 4}`), size);
}

function readQr(dark: Dark, size: number): string {
  const version = (size - 17) / 4;
  const blocks = present(blocksOfM[version], 'a version from 1 to 10');
  assert(
    [0, 1, 2, 3, 4, 5, 6].every((each) => dark(0, each) && dark(each, 0) && dark(each, size - 1)),
    'finders',
  );
  const stream = codewordsOf(dark, size, version);
  const lengths = blocks.flatMap(([count, length]) => Array.from({ length: count }, () => length));
  // Codewords lie block by turns; the longer blocks come last and have one more.
  const split = lengths.map((): number[] => []);
  for (let turn = 0, next = 0; turn < Math.max(...lengths); turn += 1) {
    for (const [index, length] of lengths.entries()) {
      if (turn < length) split[index]?.push(present(stream[next++], 'a codeword'));
    }
  }
  const bits = split.flat().flatMap((word) => [...word.toString(2).padStart(8, '0')].map(Number));
  const take = (count: number): number => Number.parseInt(bits.splice(0, count).join(''), 2);
  assert(take(4) === 0b0100, 'a segment of bytes');
  const length = take(version < 10 ? 8 : 16);
  return new TextDecoder().decode(Uint8Array.from({ length }, () => take(8)));
}

/** In the order of the standard: two columns at a time from the right, up and down by turns. */
function codewordsOf(dark: Dark, size: number, version: number): readonly number[] {
  const mask = maskOf(dark);
  const bits: number[] = [];
  let upward = true;
  for (let right = size - 1; right > 0; right -= 2, upward = !upward) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const row = upward ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (isReserved(row, column, size, version)) continue;
        bits.push(dark(row, column) !== mask(row, column) ? 1 : 0);
      }
    }
  }
  return Array.from({ length: Math.floor(bits.length / 8) }, (_, index) =>
    Number.parseInt(bits.slice(index * 8, index * 8 + 8).join(''), 2),
  );
}

/** From the format bits around the upper left finder: two of the level, three of the mask, under a fixed mask themselves. */
function maskOf(dark: Dark): (row: number, column: number) => boolean {
  const first = [0, 1, 2, 3, 4].map((column) => (dark(8, column) ? 1 : 0)).join('');
  const format = Number.parseInt(first, 2) ^ 0b10101;
  assert(format >> 3 === 0, 'level M');
  return present(masks[format & 0b111], 'a mask');
}

function isReserved(row: number, column: number, size: number, version: number): boolean {
  const far = size - 8;
  if ((row < 9 && (column < 9 || column >= far)) || (row >= far && column < 9)) return true;
  if (row === 6 || column === 6) return true;
  if (version >= 7 && ((row < 6 && column >= size - 11) || (column < 6 && row >= size - 11))) return true;
  const middles = alignments[version] ?? [];
  return middles.some((top) =>
    middles.some((left) => {
      const atFinder = (top === 6 && (left === 6 || left === size - 7)) || (top === size - 7 && left === 6);
      return !atFinder && Math.abs(row - top) <= 2 && Math.abs(column - left) <= 2;
    }),
  );
}
