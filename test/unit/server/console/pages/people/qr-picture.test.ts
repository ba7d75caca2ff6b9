// The QR code of a second factor, read back by a reader that knows nothing of the library that drew it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { qrPicture } from '../../../../../../server/console/pages/people/qr-picture.ts';
import { readQrPath } from '../../../../../browser/qr-reader.ts';

const uriOf = (login: string): string =>
  `otpauth://totp/Vigia:${login}?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Vigia&algorithm=SHA1&digits=6&period=30`;

describe('qrPicture', () => {
  test.each(['ana', 'ana%40msp.com.br', 'nome.comprido.de.alguem%40empresa.de.tecnologia.com.br'])(
    'what a camera reads is the whole address: %s',
    (login) => {
      const { path, side } = qrPicture(uriOf(login));
      expect(readQrPath(path, side)).toBe(uriOf(login));
    },
  );

  test('whatever the text, it is read as it was drawn', () => {
    // With a small letter it is bytes in every encoder; 200 of them fit version 10.
    fc.assert(
      fc.property(fc.string({ maxLength: 60, unit: 'grapheme' }), (text) => {
        fc.pre(new TextEncoder().encode(text).length < 200);
        const { path, side } = qrPicture(`a${text}`);
        expect(readQrPath(path, side)).toBe(`a${text}`);
      }),
      { numRuns: 60 },
    );
  });

  test('a square that is missing is missed: the reader is no echo', () => {
    const { path, side } = qrPicture(uriOf('ana'));
    // The last of the bottom row, where the standard lays the first data.
    const runs = path.split(/(?<=z)/).slice(0, -1);
    let read = '';
    try {
      read = readQrPath(runs.join(''), side);
    } catch {
      read = 'nothing';
    }
    expect(read).not.toBe(uriOf('ana'));
  });
});
