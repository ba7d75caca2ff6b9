// The map: a tile for each state with its letters and how many of its links are down. Colour, pattern and number say the
// same thing, so that none is needed alone. One picture for a screen reader, which reads the table beside it.
import type { ReactNode } from 'react';
import { useSpeech } from '../../i18n/speech.ts';
import { useWords } from '../../i18n/words.ts';
import { columns, rows, stateNames, tiles } from './brazil.ts';
import { type LossLevel, lossLevelOf, lossLevels, type StateTally } from './losses.ts';
import { en, pt } from './words.ts';

/** Of the drawing, in its own units; a tile with its gap, and without. */
const pitch = 100;
const side = 92;

export function BrazilMap({ states }: { readonly states: readonly StateTally[] }): ReactNode {
  const words = useWords({ pt, en });
  const { formats } = useSpeech();
  const byState = new Map(states.map((each) => [each.state, each]));
  const failing = states.filter(({ down }) => down > 0);
  const down = failing.reduce((sum, each) => sum + each.down, 0);
  return (
    <figure className="brazil">
      <svg
        viewBox={`0 0 ${columns * pitch} ${rows * pitch}`}
        role="img"
        aria-label={words.mapSays(failing.length, formats.count(down))}
      >
        <Patterns />
        {tiles.map(({ state, column, row }) => {
          const tally = byState.get(state);
          return (
            <g key={state} transform={`translate(${column * pitch + 4} ${row * pitch + 4})`}>
              <title>{stateNames[state]}</title>
              <TileShape level={tally === undefined ? 'none' : lossLevelOf(tally)} />
              <text className="tile-letters" x={side / 2} y={tally === undefined ? 56 : 42}>
                {state}
              </text>
              {tally !== undefined && (
                <text className="tile-count" x={side / 2} y="74">
                  {`${formats.count(tally.down)}/${formats.count(tally.links)}`}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <figcaption>
        <p>{words.mapNote}</p>
        <ul className="legend">
          {lossLevels.map((level) => (
            <li key={level}>
              <svg viewBox={`0 0 ${side} ${side}`} aria-hidden="true" focusable="false">
                <TileShape level={level} />
              </svg>
              {words.level[level]}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

function TileShape({ level }: { readonly level: LossLevel }): ReactNode {
  const shape = { width: side, height: side, rx: 10 };
  return (
    <>
      <rect className="tile" data-level={level} {...shape} />
      {(level === 'some' || level === 'many') && <rect fill={`url(#loss-${level})`} {...shape} />}
    </>
  );
}

/** Lines in one direction, and in two. */
function Patterns(): ReactNode {
  return (
    <defs>
      <pattern id="loss-some" width="16" height="16" patternUnits="userSpaceOnUse">
        <path className="hatch hatch-some" d="M-4 4 4 -4M0 16 16 0M12 20 20 12" />
      </pattern>
      <pattern id="loss-many" width="14" height="14" patternUnits="userSpaceOnUse">
        <path
          className="hatch hatch-many"
          d="M-4 4 4 -4M0 14 14 0M10 18 18 10M-4 10 4 18M0 0 14 14M10 -4 18 4"
        />
      </pattern>
    </defs>
  );
}
