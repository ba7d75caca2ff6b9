// Silences: those in force with what is left of them and who asked for them, then those that are over.
import type { ReactNode } from 'react';
import type { SilenceItem } from '../../../../shared/api/maintenance.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { type Sites, scopeNames } from '../../scope.ts';
import { useMay } from '../../view/session.tsx';
import { useServerTick } from '../../view/wall-context.ts';
import { ClocksText, useClocks } from './clocks.tsx';
import { HiddenText } from './hidden-text.tsx';
import { RemoveButton } from './remove-button.tsx';
import { useServerMinute } from './server-now.ts';
import { ScopeText } from './window-list.tsx';
import { en, pt } from './words.ts';

interface Props {
  readonly items: readonly SilenceItem[];
  readonly sites: Sites;
  readonly onEnded: () => void;
}

export function SilenceList({ items, sites, onEnded }: Props): ReactNode {
  const words = useWords({ pt, en }).silences;
  const now = useServerMinute();
  const mayEnd = useMay('operator');
  const inForce = items
    .filter(({ until }) => Date.parse(until) > now)
    .sort((a, b) => (a.until < b.until ? -1 : 1));
  const over = items
    .filter(({ until }) => Date.parse(until) <= now)
    .sort((a, b) => (a.until > b.until ? -1 : 1));
  return (
    <>
      <section className="planned-section">
        <h3>{words.heading}</h3>
        {inForce.length === 0 ? (
          <p className="empty">{words.none}</p>
        ) : (
          <SilenceTable
            caption={words.heading}
            items={inForce}
            sites={sites}
            onEnded={mayEnd ? onEnded : undefined}
          />
        )}
      </section>
      <section className="planned-section">
        <h3>{words.past}</h3>
        {over.length === 0 ? (
          <p className="empty">{words.nonePast}</p>
        ) : (
          <SilenceTable caption={words.past} items={over} sites={sites} onEnded={undefined} />
        )}
      </section>
    </>
  );
}

function SilenceTable(props: {
  readonly caption: string;
  readonly items: readonly SilenceItem[];
  readonly sites: Sites;
  /** Undefined: they are over, or this person may not. */
  readonly onEnded: (() => void) | undefined;
}): ReactNode {
  const { columns } = useWords({ pt, en });
  const headings = [
    ...[columns.what, columns.until, columns.from, columns.reason, columns.hidden],
    columns.by,
  ];
  return (
    <table className="planned-table">
      <caption className="visually-hidden">{props.caption}</caption>
      <thead>
        <tr>
          {[...headings, ...(props.onEnded === undefined ? [] : [columns.action])].map((each) => (
            <th key={each} scope="col">
              {each}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.items.map((item) => (
          <SilenceRow key={item.id} item={item} sites={props.sites} onEnded={props.onEnded} />
        ))}
      </tbody>
    </table>
  );
}

function SilenceRow(props: {
  readonly item: SilenceItem;
  readonly sites: Sites;
  readonly onEnded: (() => void) | undefined;
}): ReactNode {
  const { item, sites, onEnded } = props;
  const words = useWords({ pt, en });
  const { columns } = words;
  const clocks = useClocks(sites, item.scope);
  const over = Date.parse(item.until) <= useServerMinute();
  return (
    <tr>
      <th scope="row">
        <ScopeText sites={sites} scope={item.scope} />
      </th>
      <td data-label={columns.until}>
        <ClocksText dateTime={item.until} text={clocks.full(item.until)} />
        {!over && <LeftText until={item.until} />}
      </td>
      <td data-label={columns.from}>
        <ClocksText dateTime={item.startsAt} text={clocks.full(item.startsAt)} />
      </td>
      <td data-label={columns.reason}>{item.reason}</td>
      <td data-label={columns.hidden}>
        <HiddenText hidden={item.hidden} sites={sites} />
      </td>
      <td data-label={columns.by}>{item.by}</td>
      {onEnded !== undefined && (
        <td className="planned-action">
          <RemoveButton
            url={`/api/v1/silences/${encodeURIComponent(item.id)}`}
            label={words.silences.end}
            name={words.endSilenceOf(scopeNames(sites, item.scope).join(' · '))}
            yes={words.yesEnd}
            onDone={onEnded}
          />
        </td>
      )}
    </tr>
  );
}

function LeftText({ until }: { readonly until: string }): ReactNode {
  const words = useWords({ pt, en }).silences;
  const { formats } = useSpeech();
  const left = useServerTick((now) => formats.age(Math.max(0, Date.parse(until) - now)));
  return <small>{words.left(left)}</small>;
}
