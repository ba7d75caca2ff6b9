// The people page: who signs in, what programs do, who did what, and the own account. The address says which section; all
// but the own account are for administrators. Decides only what is shown; each section asks and tells the server itself.
import { type ReactNode, useEffect, useRef } from 'react';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import type { PageProps } from '../../view/pages.tsx';
import { useMay, useSession } from '../../view/session.tsx';
import { AccountSection } from './account.tsx';
import { AuditSection } from './audit.tsx';
import { PeopleSection } from './people-list.tsx';
import { TokensSection } from './tokens.tsx';
import { peopleWords } from './words.ts';
import './people.css';

const managed = ['people', 'tokens', 'audit'] as const;
type Section = (typeof managed)[number] | 'account';

export function PeoplePage({ about }: PageProps): ReactNode {
  const words = useWords(peopleWords);
  const session = useSession();
  const mayManage = useMay('administrator');
  const title = useRef<HTMLHeadingElement>(null);
  const section: Section =
    about === 'account' ? 'account' : (managed.find((each) => each === about) ?? 'people');
  // biome-ignore lint/correctness/useExhaustiveDependencies: another section is a reason to focus, not an input
  useEffect(() => title.current?.focus(), [section]);
  const hasAccount = session !== undefined && session.login !== null;
  const shown: readonly Section[] = [
    ...(mayManage ? managed : []),
    ...(hasAccount || section === 'account' ? (['account'] as const) : []),
  ];
  return (
    <div className="people-page">
      <h2 ref={title} tabIndex={-1}>
        {section === 'account' ? words.section.account : words.title}
      </h2>
      {shown.length > 1 && (
        <nav className="page-sections" aria-label={words.sections}>
          {shown.map((each) => (
            <a
              key={each}
              href={pageHash('people', each === 'people' ? '' : each)}
              aria-current={each === section ? 'page' : undefined}
            >
              {words.section[each]}
            </a>
          ))}
        </nav>
      )}
      {section === 'account' && <AccountSection />}
      {section !== 'account' && session !== undefined && !mayManage && (
        <p className="empty">{words.notAllowed}</p>
      )}
      {mayManage && section === 'people' && <PeopleSection />}
      {mayManage && section === 'tokens' && <TokensSection />}
      {mayManage && section === 'audit' && <AuditSection />}
    </div>
  );
}
