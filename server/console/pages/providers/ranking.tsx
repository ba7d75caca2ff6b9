// How each provider did over the last 30 or 90 days: fetched when the page opens or the period changes, never by itself.
// What is down now comes live from the wall and may be newer than the rest.
import { type ReactNode, useState } from 'react';
import {
  type ProviderDays,
  type ProviderItem,
  type ProvidersAnswer,
  providerDays,
  providersAnswerSchema,
} from '../../../../shared/api/providers.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { Icon } from '../../view/icon.tsx';
import { LoadedPart } from '../../view/side-panel.tsx';
import { useDetail } from '../../view/use-detail.ts';
import { availabilityText, dayText } from './figures.ts';
import type { ProviderTally } from './losses.ts';
import { en, pt } from './words.ts';

export function Ranking({ live }: { readonly live: readonly ProviderTally[] }): ReactNode {
  const words = useWords({ pt, en });
  const [days, setDays] = useState<ProviderDays>(30);
  const { loaded, again } = useDetail({
    url: `/api/v1/providers?days=${days}`,
    schema: providersAnswerSchema,
    version: days,
  });
  return (
    <section className="section" aria-labelledby="ranking-heading">
      <div className="section-head">
        <h3 id="ranking-heading">{words.ranking}</h3>
        <div className="ranking-choice">
          <fieldset className="days">
            <legend className="visually-hidden">{words.period}</legend>
            {providerDays.map((each) => (
              <label key={each}>
                <input
                  type="radio"
                  name="ranking-days"
                  checked={each === days}
                  onChange={() => setDays(each)}
                />
                {words.days[each]}
              </label>
            ))}
          </fieldset>
          <button type="button" className="button" onClick={again}>
            {words.refresh}
          </button>
        </div>
      </div>
      <LoadedPart loaded={loaded} again={again}>
        {(answer) => <RankingTable answer={answer} live={live} />}
      </LoadedPart>
    </section>
  );
}

function RankingTable({
  answer,
  live,
}: {
  readonly answer: ProvidersAnswer;
  readonly live: readonly ProviderTally[];
}): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const caption = words.rankingCaption(
    dayText(Date.parse(answer.from), formats.locale),
    dayText(Date.parse(answer.to), formats.locale),
  );
  if (answer.items.length === 0) return <p className="empty">{words.nothingRanked}</p>;
  const downNow = new Map(live.map(({ provider, down }) => [provider, down]));
  return (
    <>
      {answer.truncated && (
        <p className="ranking-warning" role="note">
          <Icon name="degraded" />
          {words.truncated}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard */}
      <section className="data-frame" tabIndex={0} aria-label={words.ranking}>
        <table className="data-table">
          <caption>{caption}</caption>
          <thead>
            <tr>
              <th scope="col" className="number">
                {words.rank}
              </th>
              <th scope="col">{words.provider}</th>
              {[
                words.availability,
                words.outages,
                words.repair,
                words.downNow,
                words.links,
                words.sites,
                words.customers,
              ].map((name) => (
                <th key={name} scope="col" className="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {answer.items.map((item) => (
              <RankingLine key={item.provider} item={item} down={downNow.get(item.provider) ?? 0} />
            ))}
          </tbody>
        </table>
      </section>
      <p className="muted ranking-note">{words.rankingNote}</p>
    </>
  );
}

function RankingLine({ item, down }: { readonly item: ProviderItem; readonly down: number }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  return (
    <tr>
      <td className="number">{formats.count(item.rank)}</td>
      <th scope="row">
        <a href={pageHash('providers', item.provider)}>{item.name}</a>
      </th>
      <td className="number">
        {item.availability === null ? words.noData : availabilityText(item.availability, formats.locale)}
      </td>
      <td className="number">{formats.count(item.outages)}</td>
      <td className="number">{item.mttrMs === null ? words.noOutage : formats.duration(item.mttrMs)}</td>
      <td className={down > 0 ? 'number bad' : 'number muted'}>{formats.count(down)}</td>
      <td className="number">{formats.count(item.links)}</td>
      <td className="number">{formats.count(item.sites)}</td>
      <td className="number">{formats.count(item.customers)}</td>
    </tr>
  );
}
