// Providers with links down at this moment and the towns they are in, worst first. Shows a bounded number of towns each;
// the rest is a number, and the map's table has them all.
import type { ReactNode } from 'react';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import { Icon } from '../../view/icon.tsx';
import type { ProviderTally } from './losses.ts';
import { OutageIcon } from './map-parts.tsx';
import { en, pt } from './words.ts';

const townsShownMax = 6;

export function FailingNow({
  providers,
  regional,
}: {
  readonly providers: readonly ProviderTally[];
  /** Providers with a regional outage. */
  readonly regional: ReadonlySet<string | null>;
}): ReactNode {
  const words = useWords({ pt, en });
  const failing = providers.filter(({ down }) => down > 0);
  return (
    <section className="section" aria-labelledby="failing-heading">
      <h3 id="failing-heading">
        {words.now}
        {failing.length > 0 && <span className="heading-note">{words.nowOf(failing.length)}</span>}
      </h3>
      {failing.length === 0 ? (
        <p className="empty">
          <span className="state" data-status="up">
            <Icon name="up" />
          </span>{' '}
          {words.noneNow}
        </p>
      ) : (
        <ul className="failing">
          {failing.map((tally) => (
            <FailingProvider key={tally.provider} tally={tally} isRegional={regional.has(tally.provider)} />
          ))}
        </ul>
      )}
    </section>
  );
}

function FailingProvider({
  tally,
  isRegional,
}: {
  readonly tally: ProviderTally;
  readonly isRegional: boolean;
}): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const towns = tally.failingStates.flatMap(({ failingCities }) => failingCities);
  const left = towns.length - townsShownMax;
  return (
    <li className="failing-provider">
      <h4>
        <a href={pageHash('providers', tally.provider)} aria-label={words.showOnMap(tally.name)}>
          {tally.name}
        </a>
      </h4>
      <p className="failing-count">
        <Icon name="down" />
        {words.downOf(formats.count(tally.down), tally.links, formats.count(tally.links))}
      </p>
      {tally.degraded > 0 && (
        <p className="failing-degraded">
          <Icon name="degraded" />
          {words.degraded(tally.degraded, formats.count(tally.degraded))}
        </p>
      )}
      {isRegional && (
        <p className="failing-regional">
          <OutageIcon />
          {words.regionalMark}
        </p>
      )}
      <ul className="failing-towns">
        {towns.slice(0, townsShownMax).map(({ city, state, down }) => (
          <li key={`${state} ${city}`}>
            {words.place(city, state) || words.noPlace} <strong>{formats.count(down)}</strong>
          </li>
        ))}
        {left > 0 && <li className="muted">{words.morePlaces(left)}</li>}
      </ul>
    </li>
  );
}
