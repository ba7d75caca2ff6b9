// The windows as three tables: running, to come, over. On a narrow screen each row is a card.
import type { ReactNode } from 'react';
import type { WindowItem } from '../../../../shared/api/maintenance.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { type ScopeAnswer, type Sites, scopeNames } from '../../scope.ts';
import { Icon, type IconName } from '../../view/icon.tsx';
import { useMay } from '../../view/session.tsx';
import { ClocksText, useClocks } from './clocks.tsx';
import { HiddenText } from './hidden-text.tsx';
import { inPhase, type Phase, phases } from './phase.ts';
import { RemoveButton } from './remove-button.tsx';
import { dateText } from './repeat-part.tsx';
import { spokenRule } from './rule.ts';
import { useServerMinute } from './server-now.ts';
import { en, pt } from './words.ts';

const phaseIcons: Readonly<Record<Phase, IconName>> = { running: 'pen', coming: 'waiting', over: 'up' };

interface Props {
  readonly items: readonly WindowItem[];
  readonly sites: Sites;
  readonly onRemoved: () => void;
}

export function WindowList({ items, sites, onRemoved }: Props): ReactNode {
  const words = useWords({ pt, en });
  const now = useServerMinute();
  return phases.map((phase) => {
    const rows = inPhase(items, phase, now);
    return (
      <section className="planned-section" key={phase}>
        <h3 className={phase === 'running' ? 'planned-running' : undefined}>
          <Icon name={phaseIcons[phase]} />
          {words.phase[phase]} <span className="heading-note">{rows.length > 0 && rows.length}</span>
        </h3>
        {rows.length === 0 ? (
          <p className="empty">{words.noneOf[phase]}</p>
        ) : (
          <WindowTable phase={phase} items={rows} sites={sites} onRemoved={onRemoved} />
        )}
      </section>
    );
  });
}

function WindowTable({ phase, items, sites, onRemoved }: Props & { readonly phase: Phase }): ReactNode {
  const words = useWords({ pt, en });
  const { columns } = words;
  const mayEnd = useMay('operator');
  const headings = [
    ...[columns.what, columns.when, columns.repeats, columns.reason, columns.hidden],
    columns.by,
  ];
  return (
    <table className="planned-table">
      <caption className="visually-hidden">{words.phase[phase]}</caption>
      <thead>
        <tr>
          {[...headings, ...(mayEnd ? [columns.action] : [])].map((each) => (
            <th key={each} scope="col">
              {each}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <WindowRow
            key={item.id}
            phase={phase}
            item={item}
            sites={sites}
            onRemoved={mayEnd ? onRemoved : undefined}
          />
        ))}
      </tbody>
    </table>
  );
}

function WindowRow(
  props: Pick<Props, 'sites'> & {
    readonly phase: Phase;
    readonly item: WindowItem;
    /** Undefined: this person may not. */
    readonly onRemoved: (() => void) | undefined;
  },
): ReactNode {
  const { phase, item, sites, onRemoved } = props;
  const words = useWords({ pt, en });
  const { columns } = words;
  const clocks = useClocks(sites, item.scope);
  const { formats } = useSpeech();
  const now = useServerMinute();
  const shown = phase === 'over' || item.next === null ? undefined : item.next;
  const { startsAt, endsAt, returnBy } = shown ?? item;
  const rule = item.recurrence === null ? undefined : spokenRule(item.recurrence);
  const what = scopeNames(sites, item.scope).join(' · ');
  const beyond = phase === 'coming' && item.next === null && Date.parse(item.endsAt) < now;
  return (
    <tr>
      <th scope="row">
        <ScopeText sites={sites} scope={item.scope} />
      </th>
      <td data-label={columns.when}>
        {beyond ? words.noNext : <ClocksText dateTime={startsAt} text={clocks.span(startsAt, endsAt)} />}
        {returnBy !== null && <small>{words.returnBy(clocks.line(clocks.time(returnBy)))}</small>}
      </td>
      <td data-label={columns.repeats}>
        {item.recurrence === null
          ? '—'
          : rule === undefined
            ? item.recurrence
            : words.rule(rule, (day) => dateText(day, formats.locale))}
      </td>
      <td data-label={columns.reason}>{item.reason}</td>
      <td data-label={columns.hidden}>
        <HiddenText hidden={item.hidden} sites={sites} />
      </td>
      <td data-label={columns.by}>{item.by}</td>
      {onRemoved !== undefined && (
        <td className="planned-action">
          <RemoveButton
            url={`/api/v1/maintenance-windows/${encodeURIComponent(item.id)}`}
            label={phase === 'running' && item.recurrence === null ? words.endNow : words.remove}
            name={phase === 'running' && item.recurrence === null ? words.endOf(what) : words.removeOf(what)}
            yes={phase === 'running' && item.recurrence === null ? words.yesEnd : words.yesRemove}
            onDone={onRemoved}
          />
        </td>
      )}
    </tr>
  );
}

/** The narrowest part first, as a technician calls it; what stands above it in small. */
export function ScopeText({
  sites,
  scope,
}: {
  readonly sites: Sites;
  readonly scope: ScopeAnswer;
}): ReactNode {
  const { whole } = useWords({ pt, en });
  const names = scopeNames(sites, scope);
  const extent =
    scope.site === null
      ? whole.customer
      : scope.link === null && scope.host === null
        ? whole.site
        : undefined;
  return (
    <>
      {names.at(-1)}
      <small>{[...names.slice(0, -1), ...(extent === undefined ? [] : [extent])].join(' · ')}</small>
    </>
  );
}
