// The set-up address of a second factor as a QR code, always dark on white: cameras read it so, whatever the page's colours.
// Where its script cannot be fetched it says so, and the key beside it serves.
import { type ReactNode, useEffect, useState } from 'react';
import { useWords } from '../../i18n/words.ts';
import { ownWords } from './own-words.ts';
import type { QrPicture } from './qr-picture.ts';

export function QrCode({ text }: { readonly text: string }): ReactNode {
  const words = useWords(ownWords).totp;
  const [picture, setPicture] = useState<QrPicture | 'failed'>();
  useEffect(() => {
    let gone = false;
    const draw = async (): Promise<void> => {
      try {
        const { qrPicture } = await import('./qr-picture.ts');
        if (!gone) setPicture(qrPicture(text));
      } catch {
        if (!gone) setPicture('failed');
      }
    };
    void draw();
    return () => {
      gone = true;
    };
  }, [text]);
  if (picture === 'failed') return <p className="form-hint">{words.noPicture}</p>;
  if (picture === undefined) return <div className="qr-code" />;
  const { side, path } = picture;
  return (
    <svg className="qr-code" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={words.picture}>
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
