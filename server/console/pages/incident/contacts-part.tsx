// Whom to call and which circuit to name, beside the first steps that ask for them: on the incident's page whole, in the
// wall's panel the first few. A number dials where there is a telephone; a circuit is copied with one press.
import { type ReactNode, useState } from 'react';
import type { ContactRow } from '../../../../shared/api/contacts.ts';
import type { IncidentDetail } from '../../../../shared/api/incidents.ts';
import { copyText } from '../../clipboard.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { contactWords } from './contact-words.ts';
import { byProvider, circuitList, dialOf, type ProviderContacts } from './contacts.ts';
import './contacts.css';

/** Shown at first, and with each further press. */
const shownOnPage = 20;
const shownInPanel = 4;

/** Nothing where nobody is to be called. `brief`: in the panel. */
export function ContactsPart({
  detail,
  brief = false,
}: {
  readonly detail: IncidentDetail;
  readonly brief?: boolean;
}): ReactNode {
  const { formats } = useSpeech();
  const words = useWords(contactWords);
  const step = brief ? shownInPanel : shownOnPage;
  const [shown, setShown] = useState(step);
  const { contacts, contactsMore } = detail;
  if (contacts.length === 0) return null;
  const rest = contacts.length - shown;
  // The place is said where it is not the incident's own.
  const placed = detail.site === null;
  const circuits = contacts.filter(({ circuit }) => circuit !== null).length;
  return (
    <section className="contacts" aria-labelledby="contacts-heading">
      <h3 id="contacts-heading">{words.heading}</h3>
      {byProvider(contacts.slice(0, shown)).map((group) => (
        <Group key={group.provider} group={group} placed={placed} />
      ))}
      {rest > 0 && brief && <p className="muted">{words.moreOnPage(formats.count(rest + contactsMore))}</p>}
      {rest > 0 && !brief && (
        <button type="button" className="button" onClick={() => setShown(shown + step)}>
          {words.more(formats.count(Math.min(rest, step)))}
        </button>
      )}
      {rest <= 0 && contactsMore > 0 && (
        <p className="muted">{words.unlisted(formats.count(contactsMore))}</p>
      )}
      {placed && circuits > 1 && (
        <p>
          <Copy text={circuitList(contacts)} label={words.copyAll(formats.count(circuits))} named />
        </p>
      )}
    </section>
  );
}

function Group({ group, placed }: { readonly group: ProviderContacts; readonly placed: boolean }): ReactNode {
  const words = useWords(contactWords);
  return (
    <>
      <p className="contact-provider">
        <strong>{group.name}</strong>{' '}
        {group.phone === null ? (
          <span className="muted">{words.noPhone}</span>
        ) : (
          <span>
            <span className="muted">{words.support}</span> <Phone phone={group.phone} />
          </span>
        )}
      </p>
      <ul>
        {group.links.map((each) => (
          <LinkLine key={`${each.customer}/${each.site}/${each.link}`} contact={each} placed={placed} />
        ))}
      </ul>
    </>
  );
}

function Phone({ phone }: { readonly phone: string }): ReactNode {
  const dial = dialOf(phone);
  return dial === undefined ? phone : <a href={dial}>{phone}</a>;
}

function LinkLine({
  contact,
  placed,
}: {
  readonly contact: ContactRow;
  readonly placed: boolean;
}): ReactNode {
  const words = useWords(contactWords);
  const { circuit, publicAddress, linkName, providerName, customerName, siteName } = contact;
  const name = linkName === providerName ? undefined : linkName;
  const about = [placed ? `${customerName}, ${siteName}` : undefined, name].filter(
    (each) => each !== undefined,
  );
  return (
    <li>
      {about.length > 0 && <span className="contact-place">{about.join(' · ')}</span>}
      {circuit === null ? (
        <span className="muted">{words.noCircuit}</span>
      ) : (
        <span className="contact-circuit">
          <span className="muted">{words.circuit}</span> <code>{circuit}</code>
          <Copy text={circuit} label={words.copy(circuit)} />
        </span>
      )}
      {publicAddress !== null && (
        <span>
          <span className="muted">IP</span> {publicAddress}
        </span>
      )}
    </li>
  );
}

/** `named`: the label is read; otherwise it is only heard, and the sign is seen. */
function Copy(props: { readonly text: string; readonly label: string; readonly named?: boolean }): ReactNode {
  const { text, label, named = false } = props;
  const words = useWords(contactWords);
  const [done, setDone] = useState<'copied' | 'failed'>();
  const copy = async (): Promise<void> => setDone((await copyText(text)) ? 'copied' : 'failed');
  return (
    <>
      <button
        type="button"
        className={named ? 'button' : 'contact-copy'}
        aria-label={named ? undefined : label}
        title={named ? undefined : label}
        onClick={() => void copy()}
      >
        <Icon name="copy" />
        {named && label}
      </button>
      <span className="contact-copied" data-done={done} role="status">
        {done !== undefined && words[done]}
      </span>
    </>
  );
}
