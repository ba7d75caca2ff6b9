// Who fails in one state, beside the map: the state under the pointer or with the focus, else the chosen one, else the worst
// hit. The regional outages that stand there lead to their incidents. Shows a bounded number of each; the state's row of the table has all.
import type { ReactNode } from 'react';
import type { BrazilianState } from '../../../../shared/states.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { incidentHash, pageHash } from '../../route.ts';
import { Icon } from '../../view/icon.tsx';
import { AgeText } from '../../view/time.tsx';
import { stateNames } from './brazil.ts';
import type { Failure, StateTally } from './losses.ts';
import { OutageIcon } from './map-parts.tsx';
import type { StandingOutage } from './regional.ts';
import { en, pt } from './words.ts';

const failuresShownMax = 5;
const outagesShownMax = 3;
const townsShownMax = 4;

export function StatePanel(props: {
  readonly state: BrazilianState | undefined;
  readonly tally: StateTally | undefined;
  readonly failures: readonly Failure[];
  /** Those that stand in this state. */
  readonly outages: readonly StandingOutage[];
  /** Nobody asked for it: it is the worst hit. */
  readonly isWorst: boolean;
  /** The address of the whole map, where this state is the chosen one. */
  readonly wayBack: string | undefined;
}): ReactNode {
  const { state, tally, failures, outages, isWorst, wayBack } = props;
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  if (state === undefined)
    return (
      <section className="state-panel" aria-label={words.stateHeading}>
        <p className="muted">{words.noneNow}</p>
      </section>
    );
  return (
    <section className="state-panel" aria-labelledby="state-heading">
      <div className="state-head">
        <h4 id="state-heading">
          {stateNames[state]}
          {isWorst && <span className="state-note"> · {words.worst}</span>}
        </h4>
        {tally !== undefined && tally.down > 0 && (
          <p className="failing-count">
            <Icon name="down" />
            {words.downOf(formats.count(tally.down), tally.links, formats.count(tally.links))}
          </p>
        )}
        {wayBack !== undefined && <a href={pageHash('providers', wayBack)}>{words.allStates}</a>}
      </div>
      {outages.slice(0, outagesShownMax).map((each) => (
        <OutageHere key={each.row.id} outage={each} state={state} />
      ))}
      {outages.length > outagesShownMax && (
        <p className="muted">{words.moreChildren(outages.length - outagesShownMax)}</p>
      )}
      {failures.length === 0 ? (
        <p className="muted">{tally === undefined ? words.noLinksHere : words.noneHere}</p>
      ) : (
        <ul className="state-failures">
          {failures.slice(0, failuresShownMax).map((each) => (
            <FailureHere key={each.provider} failure={each} />
          ))}
          {failures.length > failuresShownMax && (
            <li className="muted">{words.moreProviders(failures.length - failuresShownMax)}</li>
          )}
        </ul>
      )}
    </section>
  );
}

function OutageHere({
  outage: { row, towns },
  state,
}: {
  readonly outage: StandingOutage;
  readonly state: BrazilianState;
}): ReactNode {
  const words = useWords({ pt, en });
  const { messages } = useSpeech();
  const named = towns.get(state) ?? [];
  return (
    <p className="state-outage">
      <OutageIcon />
      <span>
        <a href={incidentHash(row.id)} lang="pt-BR">
          {row.title}
        </a>{' '}
        <span className="muted">
          <AgeText at={row.detectedAt} say={messages.ago} />
          {named.length > 0 && <> · {words.hereIn(named.map((town) => town || words.noPlace).join(', '))}</>}
        </span>
      </span>
    </p>
  );
}

function FailureHere({ failure }: { readonly failure: Failure }): ReactNode {
  const words = useWords({ pt, en });
  const { formats, messages } = useSpeech();
  const { name, down, sites, since, cities } = failure;
  const left = cities.length - townsShownMax;
  return (
    <li>
      <strong>{name}</strong> {words.downAt(down, formats.count(down), sites, formats.count(sites))}
      <span className="muted">
        {since !== null && (
          <>
            {' · '}
            <AgeText at={since} say={messages.ago} />
          </>
        )}
        {' · '}
        {cities
          .slice(0, townsShownMax)
          .map((each) => `${each.city || words.noPlace} (${formats.count(each.down)})`)
          .join(', ')}
        {left > 0 && ` ${words.morePlaces(left)}`}
      </span>
    </li>
  );
}
