// The audit log, newest first, page after page: who did what, when, from where. The choice of a person filters what was
// fetched; the log itself is never changed from here.
import { type ReactNode, useId, useMemo, useState } from 'react';
import type { AuditItem } from '../../../../shared/api/people.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { Icon } from '../../view/icon.tsx';
import { FailureText } from '../../view/side-panel.tsx';
import { auditAction, auditDetail, auditWords, isRefusal } from './audit-words.ts';
import { DayTime } from './day-time.tsx';
import { useAudit } from './use-audit.ts';

export function AuditSection(): ReactNode {
  const words = useWords(auditWords);
  const { messages } = useSpeech();
  const { items, loading, failure, more, loadMore, refresh } = useAudit();
  const [person, setPerson] = useState('');
  const people = useMemo(
    () => [...new Set(items.map(({ by }) => by))].sort((a, b) => a.localeCompare(b)),
    [items],
  );
  const shown = person === '' ? items : items.filter(({ by }) => by === person);
  const id = useId();
  return (
    <section className="people-section" aria-labelledby="audit-heading">
      <div className="section-head">
        <h3 id="audit-heading">{words.caption}</h3>
        <div className="filter">
          <label className="filter-order" htmlFor={id}>
            {words.person}
            <select id={id} value={person} onChange={(event) => setPerson(event.target.value)}>
              <option value="">{words.everybody}</option>
              {people.map((each) => (
                <option key={each} value={each}>
                  {nameOf(each, words.nobody)}
                </option>
              ))}
            </select>
          </label>
          <button type="button" className="button" disabled={loading} onClick={refresh}>
            <Icon name="flapping" />
            {words.refresh}
          </button>
        </div>
      </div>
      {failure !== undefined && (
        <p className="panel-failure" role="alert">
          <Icon name="degraded" />
          <FailureText failure={failure} />
          <button type="button" className="button" onClick={items.length === 0 ? refresh : loadMore}>
            {messages.tryAgain}
          </button>
        </p>
      )}
      {shown.length > 0 && <AuditTable items={shown} />}
      {shown.length === 0 && !loading && failure === undefined && <p className="empty">{words.none}</p>}
      <div className="audit-foot">
        <p className="muted" role="status">
          {loading ? messages.loading : words.shown(shown.length, items.length)}
          {!loading && !more && items.length > 0 && ` ${words.thatIsAll}`}
        </p>
        {more && (
          <button type="button" className="button" disabled={loading} onClick={loadMore}>
            {words.older}
          </button>
        )}
      </div>
    </section>
  );
}

/** A refused sign-in is nobody's: whoever typed the login need not be that person. */
function nameOf(by: string, nobody: string): string {
  return by === '-' ? nobody : by;
}

function AuditTable({ items }: { readonly items: readonly AuditItem[] }): ReactNode {
  const words = useWords(auditWords);
  const { columns } = words;
  return (
    <table className="people-rows audit">
      <caption className="visually-hidden">{words.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.at}</th>
          <th scope="col">{columns.by}</th>
          <th scope="col">{columns.action}</th>
          <th scope="col">{columns.object}</th>
          <th scope="col">{columns.address}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <AuditRow key={item.id} item={item} />
        ))}
      </tbody>
    </table>
  );
}

function AuditRow({ item }: { readonly item: AuditItem }): ReactNode {
  const words = useWords(auditWords);
  const { columns } = words;
  const refused = item.action.endsWith('.refused') || isRefusal(item.detail);
  const detail = auditDetail(words, item.detail);
  return (
    <tr>
      <td data-label={columns.at}>
        <DayTime at={item.at} seconds />
      </td>
      <th scope="row">
        {nameOf(item.by, words.nobody)}
        {item.via !== null && <span className="row-note">{words.via[item.via]}</span>}
      </th>
      <td data-label={columns.action}>
        <span className={refused ? 'state bad' : undefined}>
          {refused && <Icon name="down" />}
          {auditAction(words, item.action)}
        </span>
      </td>
      <td data-label={columns.object} className="audit-object">
        {item.object}
        {detail !== '' && <span className="row-note">{detail}</span>}
      </td>
      <td data-label={columns.address} className="audit-address">
        {item.address}
      </td>
    </tr>
  );
}
