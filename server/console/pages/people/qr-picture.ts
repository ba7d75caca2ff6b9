// A text as a QR code, as one path of dark squares. A script of its own, fetched when somebody sets up a second factor.
// Must never send the text anywhere: it is a secret, and the picture is drawn here.
import { encode } from 'uqr';

export interface QrPicture {
  /** Of a side, quiet zone included, in squares. */
  readonly side: number;
  /** The dark squares, for a drawing of `side` by `side`. */
  readonly path: string;
}

/** White around the code, as the standard wants it: without it a camera does not find the corners. */
const quietZone = 4;

/** Throws where the text is too long for any code (about 2,300 characters). */
export function qrPicture(text: string): QrPicture {
  const { data, size } = encode(text, { ecc: 'M', border: 0 });
  return { side: size + 2 * quietZone, path: data.map((row, y) => rowPath(row, y)).join('') };
}

/** Each run of dark squares as one rectangle. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x += 1) {
    const from = x;
    while (row[x] === true) x += 1;
    if (x > from) path += `M${from + quietZone} ${y + quietZone}h${x - from}v1h${from - x}z`;
  }
  return path;
}
