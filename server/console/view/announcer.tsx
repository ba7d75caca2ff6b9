// Says new critical incidents to screen readers, once each, and puts the count into the page's title for a person
// whose wall is a tab among others. Shows nothing on the screen.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useSpeech } from '../i18n/speech.ts';
import { newCriticals } from '../select.ts';
import type { WallView } from '../store.ts';

export function Announcer({
  view,
  criticals,
}: {
  readonly view: WallView;
  readonly criticals: number;
}): ReactNode {
  const { messages } = useSpeech();
  const before = useRef<WallView | undefined>(undefined);
  const [text, setText] = useState('');
  useEffect(() => {
    const fresh = newCriticals(before.current, view);
    before.current = view;
    if (fresh.length > 0) setText(fresh.map((row) => messages.newCritical(row.title)).join(' '));
  }, [view, messages]);
  const title = `${messages.product} · ${messages.wall}`;
  useEffect(() => {
    document.title = criticals === 0 ? title : `(${criticals}) ${title}`;
  }, [criticals, title]);
  return (
    <p className="visually-hidden" role="status" aria-live="assertive">
      {text}
    </p>
  );
}
