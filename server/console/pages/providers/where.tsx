// Where links are down: the map, who fails in the state one looks at and, with the same numbers, a table by state. One
// provider or all, one state or none chosen, as the address says.
import { type ReactNode, useMemo, useState } from 'react';
import type { BrazilianState } from '../../../../shared/states.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import type { WallView } from '../../store.ts';
import { brazilianState, stateNameOf } from './brazil.ts';
import { failuresIn, type ProviderTally, type StateTally, tallyStates } from './losses.ts';
import { BrazilMap } from './map.tsx';
import { OutageIcon } from './map-parts.tsx';
import { aboutOf, type MapPlace, type StandingOutage } from './regional.ts';
import { StatePanel } from './state-panel.tsx';
import { en, pt } from './words.ts';

export function Where({
  sites,
  providers,
  outages,
  place,
}: {
  readonly sites: WallView['sites'];
  readonly providers: readonly ProviderTally[];
  readonly outages: readonly StandingOutage[];
  readonly place: MapPlace;
}): ReactNode {
  const words = useWords({ pt, en });
  const { provider } = place;
  const [seen, setSeen] = useState<BrazilianState>();
  const states = useMemo(() => tallyStates(sites.values(), provider), [sites, provider]);
  const worst = states.find(({ state, down }) => down > 0 && brazilianState(state) !== undefined);
  const asked = seen ?? place.state;
  const shown = asked ?? brazilianState(worst?.state ?? '');
  const failures = useMemo(
    () => (shown === undefined ? [] : failuresIn(sites.values(), shown, provider)),
    [sites, shown, provider],
  );
  const ofProvider = outages.filter(({ row }) => provider === '' || row.provider === provider);
  const named = providers.find((each) => each.provider === provider);
  return (
    <section className="section" aria-labelledby="where-heading">
      <div className="section-head">
        <h3 id="where-heading">{named === undefined ? words.map : words.mapOf(named.name)}</h3>
        <ProviderChoice providers={providers} place={place} />
      </div>
      {states.length === 0 ? (
        <p className="empty">{words.unknownProvider}</p>
      ) : (
        <div className="where">
          <BrazilMap states={states} outages={ofProvider} place={place} seen={seen} onSeen={setSeen} />
          <div className="where-texts">
            <StatePanel
              state={shown}
              tally={states.find(({ state }) => state === shown)}
              failures={failures}
              outages={ofProvider.filter(({ towns }) => shown !== undefined && towns.has(shown))}
              isWorst={asked === undefined}
              wayBack={shown !== undefined && shown === place.state ? provider : undefined}
            />
            <StatesTable states={states} outages={ofProvider} place={place} />
          </div>
        </div>
      )}
    </section>
  );
}

function ProviderChoice({
  providers,
  place,
}: {
  readonly providers: readonly ProviderTally[];
  readonly place: MapPlace;
}): ReactNode {
  const words = useWords({ pt, en });
  const { provider } = place;
  const byName = useMemo(
    () => [...providers].sort((a, b) => a.name.localeCompare(b.name, 'pt-BR')),
    [providers],
  );
  return (
    <div className="where-choice">
      <label htmlFor="where-provider">{words.provider}</label>
      <select
        id="where-provider"
        className="field"
        value={provider}
        onChange={(event) => {
          location.hash = pageHash('providers', aboutOf({ ...place, provider: event.target.value }));
        }}
      >
        <option value="">{words.all}</option>
        {provider !== '' && byName.every((each) => each.provider !== provider) && (
          <option value={provider}>{provider}</option>
        )}
        {byName.map((each) => (
          <option key={each.provider} value={each.provider}>
            {each.name}
          </option>
        ))}
      </select>
    </div>
  );
}

function StatesTable({
  states,
  outages,
  place,
}: {
  readonly states: readonly StateTally[];
  readonly outages: readonly StandingOutage[];
  readonly place: MapPlace;
}): ReactNode {
  const words = useWords({ pt, en });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard
    <section className="data-frame" tabIndex={0} aria-label={words.statesCaption}>
      <table className="data-table">
        <caption>{words.statesCaption}</caption>
        <thead>
          <tr>
            <th scope="col">{words.state}</th>
            <th scope="col" className="number">
              {words.down}
            </th>
            <th scope="col" className="number">
              {words.links}
            </th>
            <th scope="col" className="number">
              {words.degradedColumn}
            </th>
            <th scope="col" className="number">
              {words.unknownColumn}
            </th>
            <th scope="col">{words.cities}</th>
          </tr>
        </thead>
        <tbody>
          {states.map((tally) => (
            <StateLine
              key={tally.state}
              tally={tally}
              hasOutage={outages.some(({ towns }) => towns.has(tally.state))}
              place={place}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function StateLine({
  tally,
  hasOutage,
  place,
}: {
  readonly tally: StateTally;
  readonly hasOutage: boolean;
  readonly place: MapPlace;
}): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const { state, links, down, degraded, unknown, failingCities } = tally;
  const onMap = brazilianState(state);
  const name = stateNameOf(state) ?? (state || words.abroad);
  const isChosen = onMap !== undefined && onMap === place.state;
  return (
    <tr className={isChosen ? 'chosen-row' : undefined}>
      <th scope="row">
        {onMap === undefined ? (
          name
        ) : (
          <a
            href={pageHash('providers', aboutOf({ ...place, state: onMap }))}
            aria-current={isChosen ? 'true' : undefined}
            aria-label={words.chooseState(name)}
          >
            {name}
          </a>
        )}
        {hasOutage && (
          <span className="row-outage">
            <OutageIcon />
            {words.regionalMark}
          </span>
        )}
      </th>
      <td className={down > 0 ? 'number bad' : 'number muted'}>{formats.count(down)}</td>
      <td className="number">{formats.count(links)}</td>
      <td className={numberClass(degraded)}>{formats.count(degraded)}</td>
      <td className={numberClass(unknown)}>{formats.count(unknown)}</td>
      <td className={failingCities.length === 0 ? 'where-cities muted' : 'where-cities'}>
        {failingCities.length === 0
          ? words.noCities
          : failingCities
              .map((each) => `${each.city || words.noPlace} (${formats.count(each.down)})`)
              .join(', ')}
      </td>
    </tr>
  );
}

/** Nothing to see there: quiet, so that the others stand out. */
function numberClass(count: number): string {
  return count === 0 ? 'number muted' : 'number';
}
