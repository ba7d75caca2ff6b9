// Who is on call now and next by the rota, whom a channel reaches by name, and when each role is called. In the rota's own
// zone, because its wall clock decides.
import type { ReactNode } from 'react';
import type { ChannelItem, ChannelList, OnCallAnswer } from '../../../../shared/api/channels.ts';
import { type Formats, formatsFor } from '../../format.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { type StepTime, stepTimes } from './step-times.ts';
import { channelWords } from './words.ts';

type OnCallRole = OnCallAnswer['roles'][number];
type Spell = OnCallRole['now'];

export function OnCall({ answer }: { readonly answer: ChannelList }): ReactNode {
  const words = useWords(channelWords);
  const { language } = useSpeech();
  const { onCall, items } = answer;
  if (onCall === null) return null;
  const nobody = onCall.roles.every(({ now, next }) => now.people.length === 0 && next === null);
  const formats = formatsFor(language, onCall.timeZone);
  const { columns } = words;
  return (
    <section className="channels-section" aria-labelledby="on-call-heading">
      <h3 id="on-call-heading">{words.onCall}</h3>
      {nobody && <p className="empty">{words.onCallNone}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard */}
      <section className="data-frame" tabIndex={0} aria-label={words.onCall}>
        <table className="data-table channels-table">
          <caption>{words.onCallCaption(onCall.timeZone)}</caption>
          <thead>
            <tr>
              {(['role', 'now', 'next', 'step'] as const).map((column) => (
                <th key={column} scope="col">
                  {columns[column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {onCall.roles.map((role) => (
              <RoleLine
                key={role.role}
                role={role}
                items={items}
                plans={onCall.plans}
                at={Date.parse(answer.at)}
                formats={formats}
              />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function RoleLine(props: {
  readonly role: OnCallRole;
  readonly items: readonly ChannelItem[];
  readonly plans: OnCallAnswer['plans'];
  /** Of the answer, ms. */
  readonly at: number;
  /** In the rota's zone. */
  readonly formats: Formats;
}): ReactNode {
  const words = useWords(channelWords);
  const { role, now, next } = props.role;
  const { items, plans, at, formats } = props;
  const { columns } = words;
  return (
    <tr>
      <th scope="row" data-label={columns.role}>
        {words.role[role]}
      </th>
      <td data-label={columns.now}>
        <People spell={now} items={items} />
        {now.until !== null && (
          <span className="channel-note muted">{words.until(formats.minute(Date.parse(now.until), at))}</span>
        )}
      </td>
      <td data-label={columns.next}>
        {next === null ? (
          <span className="muted">
            {now.people.length > 0 && now.until === null ? words.noChange : words.nobodyAhead}
          </span>
        ) : (
          <>
            <People spell={next} items={items} />
            <span className="channel-note muted">
              {words.from(formats.minute(Date.parse(next.from), at))}
              {next.until !== null && ` ${words.until(formats.minute(Date.parse(next.until), at))}`}
            </span>
          </>
        )}
      </td>
      <td data-label={columns.step}>
        {words.step[role]}
        <Times times={stepTimes(role, plans)} />
      </td>
    </tr>
  );
}

function People({
  spell: { people },
  items,
}: {
  readonly spell: Spell;
  readonly items: readonly ChannelItem[];
}): ReactNode {
  const words = useWords(channelWords);
  const onlyRooms = items.every((item) => item.people === null);
  const elsewhere = onlyRooms ? words.inRoom : words.notReached;
  if (people.length === 0) return <span className="muted">{words.nobody}</span>;
  return (
    <ul>
      {people.map((name) => {
        const own = items.filter((item) => item.people?.includes(name) === true);
        return (
          <li key={name} className="on-call-person">
            <Icon name="person" />
            <span>
              {name}
              {items.length > 0 && (
                <span className="channel-note muted">
                  {own.length === 0 ? elsewhere : words.reachedBy(own.map((item) => item.name).join(', '))}
                </span>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Times({ times }: { readonly times: readonly StepTime[] }): ReactNode {
  const words = useWords(channelWords);
  const { formats } = useSpeech();
  const said = (ms: number | null, none: string): string => {
    if (ms === null) return none;
    return ms === 0 ? words.stepNow : words.stepAt(formats.duration(ms));
  };
  return times.map(({ plans, insideMs, outsideMs }) => (
    <span key={plans.join()} className="channel-note muted">
      {times.length > 1 && `${plans.join(', ')}: `}
      {insideMs === outsideMs
        ? said(insideMs, words.stepNever)
        : `${words.inside} ${said(insideMs, words.stepNever)}; ${words.outside} ${said(outsideMs, words.stepAtOpening)}`}
    </span>
  ));
}
