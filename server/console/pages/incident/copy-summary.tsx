// Copies the incident as plain text for WhatsApp or an e-mail. Where the browser has no clipboard for this page, the text is
// shown for selecting instead.
import { type ReactNode, useState } from 'react';
import { copyText } from '../../clipboard.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { incidentWords } from './words.ts';

type Done = { readonly kind: 'idle' | 'copied' } | { readonly kind: 'failed'; readonly text: string };

/** `make` is asked when pressed: the text tells the moment of the press. */
export function CopySummary({ make }: { readonly make: () => string }): ReactNode {
  const words = useWords(incidentWords).copy;
  const [done, setDone] = useState<Done>({ kind: 'idle' });
  const copy = async (): Promise<void> => {
    const text = make();
    setDone((await copyText(text)) ? { kind: 'copied' } : { kind: 'failed', text });
  };
  return (
    <>
      <button type="button" className="button" onClick={() => void copy()}>
        <Icon name="copy" />
        {words.act}
      </button>
      <span className="copy-state" role="status">
        {done.kind === 'copied' && words.done}
        {done.kind === 'failed' && words.failed}
      </span>
      {done.kind === 'failed' && (
        <textarea className="field copy-text" readOnly rows={14} aria-label={words.text} value={done.text} />
      )}
    </>
  );
}
