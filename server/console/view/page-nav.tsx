// The way from page to page, under the bar. Links, so that a page can be opened beside the wall, and the browser's back
// button works. A page that is about one thing (an incident) has no entry of its own.
import { type ReactNode, useEffect, useRef } from 'react';
import { useSpeech } from '../i18n/speech.ts';
import { type PageName, pageHash } from '../route.ts';
import { useMay, useSession } from './session.tsx';

const entries = ['customers', 'providers', 'agents', 'planned', 'reports', 'channels', 'people'] as const;

export function PageNav({ open }: { readonly open: PageName | undefined }): ReactNode {
  const { messages } = useSpeech();
  const mayManage = useMay('administrator');
  const mayOperate = useMay('operator');
  const seesAll = (useSession()?.customers ?? null) === null;
  const hidden = { people: !mayManage, channels: !mayOperate || !seesAll };
  const nav = useRef<HTMLElement>(null);
  // On a phone the row of pages is wider than the screen; and a page begins at its top, however far down the last one was.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the open page and its entry are reasons to look, not inputs
  useEffect(() => {
    const shown = nav.current?.querySelector('[aria-current="page"]') ?? nav.current;
    shown?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [open, hidden.people, hidden.channels]);
  return (
    <nav className="page-nav" aria-label={messages.pages.navigation} ref={nav}>
      <a href="#wall" aria-current={open === undefined ? 'page' : undefined}>
        {messages.pages.wall}
      </a>
      {entries
        .filter((entry) => !(entry === 'people' || entry === 'channels') || !hidden[entry])
        .map((entry) => (
          <a key={entry} href={pageHash(entry)} aria-current={open === entry ? 'page' : undefined}>
            {messages.pages[entry]}
          </a>
        ))}
    </nav>
  );
}
