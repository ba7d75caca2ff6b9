// What a window or a silence has kept from opening so far, and what it keeps quiet at this moment, by name and with the way
// to it: a plan that swallows a real outage must be seen while it does.
import type { ReactNode } from 'react';
import type { HiddenItem } from '../../../../shared/api/maintenance.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { type Sites, scopeNames } from '../../scope.ts';
import { Icon } from '../../view/icon.tsx';
import { AgeText } from '../../view/time.tsx';
import { en, pt } from './words.ts';

export function HiddenText({
  hidden,
  sites,
}: {
  readonly hidden: HiddenItem;
  readonly sites: Sites;
}): ReactNode {
  const words = useWords({ pt, en }).hidden;
  const more = hidden.now - hidden.causes.length;
  return (
    <span className="planned-clocks">
      {hidden.total === 0 ? <span className="muted">{words.none}</span> : words.total(hidden.total)}
      {hidden.now > 0 && (
        <>
          <strong className="planned-warning">
            <Icon name="degraded" />
            {words.now(hidden.now)}
          </strong>
          <ul>
            {hidden.causes.map((cause) => (
              <HeldText
                key={`${cause.site} ${cause.link} ${cause.host} ${cause.kind}`}
                cause={cause}
                sites={sites}
              />
            ))}
            {more > 0 && <li className="muted">{words.more(more)}</li>}
          </ul>
        </>
      )}
    </span>
  );
}

function HeldText({
  cause,
  sites,
}: {
  readonly cause: HiddenItem['causes'][number];
  readonly sites: Sites;
}): ReactNode {
  const { messages } = useSpeech();
  const [customer = '', site = ''] = cause.site.split('/');
  const names = scopeNames(sites, { customer, site, link: cause.link, host: cause.host });
  return (
    <li>
      <a href={pageHash('customers', cause.site)}>{names.slice(1).join(' · ')}</a>
      <small>
        {messages.kind[cause.kind]}, <AgeText at={cause.since} say={messages.ago} />
      </small>
    </li>
  );
}
