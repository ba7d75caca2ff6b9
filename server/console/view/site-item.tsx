// One site: its links with state, role and which one carries the traffic; its machines and the presence of agents.
// What is well is said in few words so that what is not stands out.
import { memo, type ReactNode } from 'react';
import type { HostRow, LinkRow, SiteRow } from '../../../shared/api/wall.ts';
import { day } from '../../../shared/time.ts';
import { useSpeech } from '../i18n/speech.ts';
import { incidentHash } from '../route.ts';
import { Icon } from './icon.tsx';
import { QuietText } from './quiet-text.tsx';
import { AgeText } from './time.tsx';
import { TownText } from './town.tsx';
import { useServerTick } from './wall-context.ts';

/** Machines that are up and shown by name; the rest of them are a number. */
const wellHostsShownMax = 3;

interface Props {
  readonly site: SiteRow;
  readonly incidentId: string | undefined;
  /** Its number among all that were found, from 1, and how many these are: most of them are not in the page. */
  readonly place: number;
  readonly of: number;
  /** The number of the row it begins; undefined where it stands second in one. */
  readonly row: number | undefined;
  readonly measure: (element: HTMLLIElement | null) => void;
}

export const SiteItem = memo(function SiteItem(props: Props): ReactNode {
  const { site, incidentId, place, of, row, measure } = props;
  const { messages } = useSpeech();
  return (
    <li
      className="site"
      data-status={site.status}
      aria-posinset={place}
      aria-setsize={of}
      data-index={row}
      ref={row === undefined ? undefined : measure}
    >
      <div className="site-who">
        <span className="state" data-status={site.status}>
          <Icon name={site.status} />
          <span className="visually-hidden">{messages.siteStatus[site.status]}</span>
        </span>
        <div>
          <h3>{site.customerName}</h3>
          <p>
            {site.name}
            <TownText site={site} />
          </p>
          {(site.status !== 'up' || incidentId !== undefined) && (
            <p className="site-status">
              {site.status !== 'up' && (
                <span className="state" data-status={site.status}>
                  {messages.siteStatus[site.status]}
                </span>
              )}
              {incidentId !== undefined && (
                <a
                  href={incidentHash(incidentId)}
                  aria-label={messages.seeIncidentOf(`${site.customerName}, ${site.name}`)}
                >
                  {messages.seeIncident}
                </a>
              )}
            </p>
          )}
          {site.quiet.length > 0 && <QuietText site={site} />}
        </div>
      </div>
      <Links site={site} />
      <Hosts hosts={site.hosts} />
    </li>
  );
});

function Links({ site }: { readonly site: SiteRow }): ReactNode {
  const { messages } = useSpeech();
  if (site.links.length === 0) return <p className="muted">{messages.noLinks}</p>;
  return (
    <ul className="links" aria-label={messages.columns.links}>
      {site.links.map((link) => (
        <Link key={link.key} link={link} named={sharesProvider(link, site.links)} />
      ))}
    </ul>
  );
}

/** Two links of one provider are told apart by their own names. */
function sharesProvider(link: LinkRow, links: readonly LinkRow[]): boolean {
  return links.some((other) => other.key !== link.key && other.provider === link.provider);
}

function Link({ link, named }: { readonly link: LinkRow; readonly named: boolean }): ReactNode {
  const { messages } = useSpeech();
  return (
    <li className="link" data-status={link.status}>
      <span className="chip" data-status={link.status}>
        <Icon name={link.status} />
        {messages.linkStatus[link.status]}
      </span>
      <span className="link-what">
        <span className="link-name">
          {named ? `${link.providerName} ${link.name}` : link.providerName}
          <span className="muted"> · {messages.linkRole[link.role]}</span>
        </span>
        {link.carries && (
          <span className="in-use">
            <Icon name="carries" />
            {messages.inUse}
          </span>
        )}
        <LinkNote link={link} />
      </span>
    </li>
  );
}

function LinkNote({ link }: { readonly link: LinkRow }): ReactNode {
  const { messages } = useSpeech();
  if (link.status === 'up' || link.status === 'unknown') {
    return link.answersFromOutside === false ? <span className="muted">{messages.outsideSilent}</span> : null;
  }
  return (
    <span className="muted">
      {link.since !== null && <AgeText at={link.since} say={messages.ago} />}
      {link.layer !== null && ` · ${messages.layer[link.layer]}`}
      {link.recovering && <span className="good"> · {messages.comingBack}</span>}
    </span>
  );
}

function Hosts({ hosts }: { readonly hosts: readonly HostRow[] }): ReactNode {
  const { messages } = useSpeech();
  if (hosts.length === 0) return <p className="muted">{messages.noHosts}</p>;
  const troubled = hosts.filter((host) => !isWell(host));
  const well = hosts.filter(isWell).sort((a, b) => Number(b.agent !== null) - Number(a.agent !== null));
  const shown = [...troubled, ...well.slice(0, wellHostsShownMax)];
  const left = hosts.length - shown.length;
  return (
    <ul className="hosts" aria-label={messages.columns.hosts}>
      {shown.map((host) => (
        <Host key={host.key} host={host} />
      ))}
      {left > 0 && <li className="muted">{messages.moreHostsUp(left)}</li>}
    </ul>
  );
}

function isWell(host: HostRow): boolean {
  const { agent } = host;
  const isQuiet = agent === null || (agent.presence === 'live' && agent.cloneSeenAt === undefined);
  return host.status === 'up' && isQuiet;
}

function Host({ host }: { readonly host: HostRow }): ReactNode {
  const { messages } = useSpeech();
  return (
    <li className="host" data-status={host.status}>
      <span className="state" data-status={host.status}>
        <Icon name={host.status} />
        <span className={host.status === 'up' ? 'visually-hidden' : undefined}>
          {messages.hostStatus[host.status]}
        </span>
      </span>
      <span className="host-name">{host.name}</span>
      {host.agent !== null && <Presence agent={host.agent} />}
      {host.agent?.cloneSeenAt !== undefined && <CloneSeen at={host.agent.cloneSeenAt} />}
    </li>
  );
}

/** Until a day after the clone was last heard of: by then somebody has put it right, or left it switched off. */
function CloneSeen({ at }: { readonly at: string }): ReactNode {
  const { messages, formats } = useSpeech();
  const text = useServerTick((now) => {
    const ageMs = now - Date.parse(at);
    return ageMs < day ? messages.cloneSeen(formats.age(ageMs)) : '';
  });
  return text === '' ? null : (
    <span className="presence" data-presence="suspected">
      {text}
    </span>
  );
}

function Presence({ agent }: { readonly agent: NonNullable<HostRow['agent']> }): ReactNode {
  const { messages } = useSpeech();
  const { presence, since } = agent;
  const aged = presence === 'suspected' || presence === 'silent' || presence === 'away';
  return (
    <span className="presence" data-presence={presence}>
      {aged && since !== null ? (
        <AgeText at={since} say={messages.agentSince[presence]} />
      ) : (
        messages.agent[presence]
      )}
    </span>
  );
}
