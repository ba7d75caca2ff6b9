// The map: the letters of each state with links are a link that chooses it, and so is its land. Colour, pattern and number say the same thing, so that none is
// needed alone; a sign marks where a provider's outage stands. One stop for the keyboard: arrows go from state to state.
// A screen reader hears each state's name with its figures; the table beside the map has all of them.
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { type BrazilianState, brazilianStates } from '../../../../shared/states.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { pageHash } from '../../route.ts';
import {
  brazilianState,
  type Direction,
  height,
  hitHeight,
  hitWidth,
  neighbourOf,
  outlineOf,
  placeOf,
  stateNames,
  width,
} from './brazil.ts';
import { lossLevelOf, type StateTally } from './losses.ts';
import { MapNote } from './map-note.tsx';
import { Land, MapLabels, Patterns } from './map-parts.tsx';
import { aboutOf, type MapPlace, type StandingOutage } from './regional.ts';
import { en, pt } from './words.ts';

const keys: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

interface MapProps {
  readonly states: readonly StateTally[];
  readonly outages: readonly StandingOutage[];
  readonly place: MapPlace;
  /** Under the pointer or with the focus; undefined: none is. */
  readonly seen: BrazilianState | undefined;
  readonly onSeen: (state: BrazilianState | undefined) => void;
}

type Tallies = ReadonlyMap<BrazilianState, StateTally>;

export function BrazilMap(props: MapProps): ReactNode {
  const { states, outages, place, seen, onSeen } = props;
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const noteId = useId();
  const tallies: Tallies = new Map(states.flatMap(keyed));
  const failing = states.filter(({ down }) => down > 0);
  const down = failing.reduce((sum, each) => sum + each.down, 0);
  return (
    <figure className="brazil">
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing has no fieldset */}
      <svg
        viewBox={`0 -4 ${width} ${height}`}
        role="group"
        aria-label={words.mapSays(failing.length, formats.count(down))}
        aria-describedby={noteId}
        onPointerLeave={() => onSeen(undefined)}
      >
        <Patterns />
        <Lands {...props} tallies={tallies} />
        <StateLinks {...props} tallies={tallies} />
        {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus */}
        <g aria-hidden="true" className="above">
          {/* Their whole edge: a neighbour drawn later hides half of it. */}
          {failing.map((tally) => (
            <path
              key={tally.state}
              className="land-edge"
              data-level={lossLevelOf(tally)}
              d={outlineOf[tally.state]}
            />
          ))}
          {place.state !== undefined && <path className="chosen" d={outlineOf[place.state]} />}
          {seen !== undefined && <path className="seen" d={outlineOf[seen]} />}
          <MapLabels tallies={tallies} outages={outages} chosen={place.state} seen={seen} />
        </g>
      </svg>
      <MapNote id={noteId} />
    </figure>
  );
}

/** The ground of each state; where it has links, the pointer chooses it there, too. */
function Lands({ tallies, place, onSeen }: MapProps & { readonly tallies: Tallies }): ReactNode {
  return brazilianStates.map((state) => {
    const tally = tallies.get(state);
    if (tally === undefined) return <Land key={state} state={state} level="none" />;
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the letters serve the keyboard
      <g
        key={state}
        className="brazil-land"
        onPointerEnter={() => onSeen(state)}
        onClick={() => {
          location.hash = addressOf(place, state);
        }}
      >
        <Land state={state} level={lossLevelOf(tally)} />
      </g>
    );
  });
}

/** Around the letters of each state with links: what a finger hits and the keyboard walks. */
function StateLinks(props: MapProps & { readonly tallies: Tallies }): ReactNode {
  const { states, outages, place, tallies, onSeen } = props;
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const links = useRef(new Map<BrazilianState, { focus(): void }>());
  const [stop, setStop] = useState<BrazilianState>();
  const choosable = brazilianStates.filter((state) => tallies.has(state));
  // The keyboard's way in: where it last was, else what is chosen, else the worst hit.
  const entry = [stop, place.state, brazilianState(states[0]?.state ?? ''), choosable[0]].find(
    (each) => each !== undefined && tallies.has(each),
  );
  const walk = (event: KeyboardEvent, state: BrazilianState): void => {
    const direction = keys[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    links.current.get(neighbourOf(state, direction, choosable) ?? state)?.focus();
  };
  const nameOf = (state: BrazilianState): string => {
    const { down = 0, links: all = 0 } = tallies.get(state) ?? {};
    const standing = outages.filter(({ towns }) => towns.has(state)).length;
    return words.stateSays(stateNames[state], formats.count(down), all, formats.count(all), standing);
  };
  return choosable.map((state) => (
    <a
      key={state}
      ref={(link) => {
        if (link !== null) links.current.set(state, link);
        return () => void links.current.delete(state);
      }}
      className="brazil-state"
      data-state={state}
      href={addressOf(place, state)}
      tabIndex={state === entry ? 0 : -1}
      aria-current={place.state === state ? 'true' : undefined}
      aria-label={nameOf(state)}
      onKeyDown={(event) => walk(event, state)}
      onPointerEnter={() => onSeen(state)}
      onFocus={() => {
        setStop(state);
        onSeen(state);
      }}
      onBlur={() => onSeen(undefined)}
    >
      <HitBox state={state} />
    </a>
  ));
}

function HitBox({ state }: { readonly state: BrazilianState }): ReactNode {
  const { x, y } = placeOf[state];
  const size = { width: hitWidth, height: hitHeight };
  return <rect className="hit" x={x - hitWidth / 2} y={y - hitHeight / 2} {...size} />;
}

/** Choosing what is chosen lets it go. */
function addressOf(place: MapPlace, state: BrazilianState): string {
  const next = place.state === state ? undefined : state;
  return pageHash('providers', aboutOf({ ...place, state: next }));
}

function keyed(tally: StateTally): readonly (readonly [BrazilianState, StateTally])[] {
  const state = brazilianState(tally.state);
  return state === undefined ? [] : [[state, tally]];
}
