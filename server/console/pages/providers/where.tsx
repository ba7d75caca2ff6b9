// Where links are down: the map and, with the same numbers, a table by state. One provider or all, as the address says.
import { type ReactNode, useMemo } from 'react';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import type { WallView } from '../../store.ts';
import { stateNameOf } from './brazil.ts';
import { type ProviderTally, type StateTally, tallyStates } from './losses.ts';
import { BrazilMap } from './map.tsx';
import { en, pt } from './words.ts';

export function Where({
  sites,
  providers,
  provider,
}: {
  readonly sites: WallView['sites'];
  readonly providers: readonly ProviderTally[];
  /** Empty: all of them. */
  readonly provider: string;
}): ReactNode {
  const words = useWords({ pt, en });
  const states = useMemo(() => tallyStates(sites.values(), provider), [sites, provider]);
  const named = providers.find((each) => each.provider === provider);
  const byName = useMemo(
    () => [...providers].sort((a, b) => a.name.localeCompare(b.name, 'pt-BR')),
    [providers],
  );
  return (
    <section className="section" aria-labelledby="where-heading">
      <div className="section-head">
        <h3 id="where-heading">{named === undefined ? words.map : words.mapOf(named.name)}</h3>
        <div className="where-choice">
          <label htmlFor="where-provider">{words.provider}</label>
          <select
            id="where-provider"
            className="field"
            value={provider}
            onChange={(event) => {
              location.hash = pageHash('providers', event.target.value);
            }}
          >
            <option value="">{words.all}</option>
            {named === undefined && provider !== '' && <option value={provider}>{provider}</option>}
            {byName.map((each) => (
              <option key={each.provider} value={each.provider}>
                {each.name}
              </option>
            ))}
          </select>
        </div>
      </div>
      {states.length === 0 ? (
        <p className="empty">{words.unknownProvider}</p>
      ) : (
        <div className="where">
          <BrazilMap states={states} />
          <StatesTable states={states} />
        </div>
      )}
    </section>
  );
}

function StatesTable({ states }: { readonly states: readonly StateTally[] }): ReactNode {
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
            <StateLine key={tally.state} tally={tally} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function StateLine({ tally }: { readonly tally: StateTally }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const { state, links, down, degraded, unknown, failingCities } = tally;
  return (
    <tr>
      <th scope="row">{stateNameOf(state) ?? (state || words.abroad)}</th>
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
