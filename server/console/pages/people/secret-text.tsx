// A secret that is shown once, to be copied: a token, the key of a second factor, recovery codes. Stands as plain text too,
// for browsers that give this page no clipboard.
import { type ReactNode, useState } from 'react';
import { copyText } from '../../clipboard.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { peopleWords } from './words.ts';

export function SecretText(props: {
  readonly label: string;
  /** As it is copied. */
  readonly text: string;
  /** As it is shown, where that differs: groups, a list. */
  readonly children?: ReactNode;
}): ReactNode {
  const words = useWords(peopleWords);
  const [said, setSaid] = useState('');
  const copy = async (): Promise<void> => {
    setSaid((await copyText(props.text)) ? words.copied : words.copyFailed);
  };
  return (
    <div className="secret">
      <p className="form-legend">{props.label}</p>
      <div className="secret-text">{props.children ?? props.text}</div>
      <button type="button" className="button" onClick={() => void copy()}>
        <Icon name="copy" />
        {words.copy}
      </button>
      <p className="form-hint" role="status">
        {said}
      </p>
    </div>
  );
}
