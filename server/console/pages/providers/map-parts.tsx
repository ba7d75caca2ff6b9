// What the map is drawn of: a state's ground in the colour and pattern of its losses, its letters with the number of links
// down, the sign of a provider's outage. Pictures only: hidden from screen readers by whoever draws them.
import type { ReactNode } from 'react';
import { type BrazilianState, brazilianStates } from '../../../../shared/states.ts';
import { useSpeech } from '../../i18n/speech.ts';
import { hitHeight, hitWidth, outlineOf, placeOf } from './brazil.ts';
import { type LossLevel, lossLevelOf, type StateTally } from './losses.ts';
import type { StandingOutage } from './regional.ts';

export function Land({
  state,
  level,
}: {
  readonly state: BrazilianState;
  readonly level: LossLevel;
}): ReactNode {
  const outline = outlineOf[state];
  return (
    <>
      <path className="land" data-level={level} d={outline} />
      {isHatched(level) && <path className="hatching" fill={`url(#loss-${level})`} d={outline} />}
    </>
  );
}

export function Swatch({ level }: { readonly level: LossLevel }): ReactNode {
  const shape = { x: 1, y: 1, width: 46, height: 46, rx: 6 };
  return (
    <>
      <rect className="land" data-level={level} {...shape} />
      {isHatched(level) && <rect fill={`url(#loss-${level})`} {...shape} />}
    </>
  );
}

function isHatched(level: LossLevel): boolean {
  return level === 'some' || level === 'many';
}

export function MapLabels({
  tallies,
  outages,
  chosen,
  seen,
}: {
  readonly tallies: ReadonlyMap<BrazilianState, StateTally>;
  readonly outages: readonly StandingOutage[];
  readonly chosen: BrazilianState | undefined;
  readonly seen: BrazilianState | undefined;
}): ReactNode {
  return brazilianStates.map((state) => (
    <Label
      key={state}
      state={state}
      tally={tallies.get(state)}
      hasOutage={outages.some(({ towns }) => towns.has(state))}
      look={seen === state ? 'seen' : chosen === state ? 'chosen' : 'plain'}
    />
  ));
}

function Label(props: {
  readonly state: BrazilianState;
  readonly tally: StateTally | undefined;
  readonly hasOutage: boolean;
  readonly look: 'plain' | 'seen' | 'chosen';
}): ReactNode {
  const { state, tally, hasOutage, look } = props;
  const { formats } = useSpeech();
  const { x, y, coast } = placeOf[state];
  const level = tally === undefined ? 'none' : lossLevelOf(tally);
  const down = tally === undefined || tally.down === 0 ? undefined : formats.count(tally.down);
  // With a number below, the letters stand higher.
  const lettersY = down === undefined ? y + 8 : y - 4;
  const pillWidth = 16 + 12 * (down?.length ?? 0);
  return (
    <>
      {coast !== undefined && (
        <>
          <path
            className="coast-line"
            d={`M${coast[0]} ${coast[1]}L${x > 600 ? x - hitWidth / 2 : x - hitWidth / 2 + 4} ${y}`}
          />
          <circle className="coast-end" cx={coast[0]} cy={coast[1]} r="3" />
          <g data-look={look} className="sea-box" transform={`translate(${x - 24} ${y - 24})`}>
            <Swatch level={level} />
          </g>
        </>
      )}
      {/* The capital's letters hide all of its land. */}
      {state === 'DF' && look !== 'plain' && (
        <rect
          className={look}
          x={x - hitWidth / 2}
          y={y - hitHeight / 2}
          width={hitWidth}
          height={hitHeight}
          rx="6"
        />
      )}
      <text className="state-letters" x={x} y={lettersY}>
        {state}
      </text>
      {down !== undefined && (
        <>
          <rect className="state-pill" x={x - pillWidth / 2} y={y} width={pillWidth} height="22" rx="11" />
          <text className="state-count" x={x} y={y + 18}>
            {down}
          </text>
        </>
      )}
      {hasOutage && <OutageSign x={coast === undefined ? x - 33 : x - 30} y={lettersY - 8} />}
    </>
  );
}

/** A ring around a burning point, as waves go out from it: what is hit is a region and not a site. */
export function OutageSign({ x, y }: { readonly x: number; readonly y: number }): ReactNode {
  return (
    <g className="outage-sign" transform={`translate(${x} ${y})`}>
      <circle className="outage-ground" r="14" />
      <circle className="outage-ring" r="11" />
      <circle className="outage-ring" r="6" />
      <circle className="outage-point" r="2.5" />
    </g>
  );
}

/** The same in a line of text, beside a word. */
export function OutageIcon(): ReactNode {
  return (
    <svg className="icon" viewBox="-14 -14 28 28" aria-hidden="true" focusable="false">
      <OutageSign x={0} y={0} />
    </svg>
  );
}

/** Lines in one direction, and in two. */
export function Patterns(): ReactNode {
  return (
    <defs>
      <pattern id="loss-some" width="14" height="14" patternUnits="userSpaceOnUse">
        <path className="hatch hatch-some" d="M-4 4 4 -4M0 14 14 0M10 18 18 10" />
      </pattern>
      <pattern id="loss-many" width="12" height="12" patternUnits="userSpaceOnUse">
        <path className="hatch hatch-many" d="M-4 4 4 -4M0 12 12 0M8 16 16 8M-4 8 4 16M0 0 12 12M8 -4 16 4" />
      </pattern>
    </defs>
  );
}
