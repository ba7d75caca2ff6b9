// Makes the outlines of a drawing shorter before they are bundled: one decimal is a tenth of a pixel of the map, the rest is
// weight on a bad uplink. Used by the build and its test only. Must keep every outline, and neighbours side by side.
import { assert } from '../../shared/assert.ts';

/** Finer than a screen shows, in the drawing's units. */
const step = 0.1;

/**
 * A path of relative steps (`m`, further pairs, `z`) rounded to tenths. What is rounded is the place and not the step, so
 * that errors do not add up and an edge that two outlines share stays shared. Fails on any other command.
 */
export function shortPath(path: string): string {
  let [x, y] = [0, 0];
  let [startX, startY] = [0, 0];
  let [drawnX, drawnY] = [0, 0];
  let text = '';
  for (const [, command, pairs = ''] of path.matchAll(/([a-z])([^a-z]*(?:e-?\d+[^a-z]*)*)/gi)) {
    assert(command === 'm' || command === 'z', `a path of m and z only, not ${command}`);
    if (command === 'z') {
      text += 'z';
      [x, y] = [startX, startY];
      [drawnX, drawnY] = [Math.round(x / step), Math.round(y / step)];
      continue;
    }
    text += 'm';
    for (const [index, [, dx, dy]] of [...pairs.matchAll(/(\S+),(\S+)/g)].entries()) {
      [x, y] = [x + Number(dx), y + Number(dy)];
      if (index === 0) [startX, startY] = [x, y];
      const [toX, toY] = [Math.round(x / step), Math.round(y / step)];
      if (index > 0 && toX === drawnX && toY === drawnY) continue;
      text += `${index === 0 ? '' : ' '}${tenths(toX - drawnX)},${tenths(toY - drawnY)}`;
      [drawnX, drawnY] = [toX, toY];
    }
  }
  return text;
}

/** `-0.5` as `-.5`, `2.0` as `2`. */
function tenths(count: number): string {
  return String(Math.round(count) / 10).replace(/^(-?)0\./, '$1.');
}

const outlines = /[\\/]@svg-maps[\\/][^\\/]+[\\/]index\.js$/;

/** For the build: the same module with shorter paths. */
export function shorterOutlines(): {
  readonly name: string;
  transform(code: string, id: string): string | undefined;
} {
  return {
    name: 'vigia-shorter-outlines',
    transform: (code, id) =>
      outlines.test(id)
        ? code.replace(/"path":"([^"]*)"/g, (_whole, path: string) => `"path":"${shortPath(path)}"`)
        : undefined,
  };
}
