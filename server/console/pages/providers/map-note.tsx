// Under the map: how it is read, by eye and by keyboard, and who drew its outlines, as their licence asks.
import type { ReactNode } from 'react';
import { useWords } from '../../i18n/words.ts';
import { lossLevels } from './losses.ts';
import { OutageSign, Swatch } from './map-parts.tsx';
import { en, pt } from './words.ts';

const licence = 'https://creativecommons.org/licenses/by/4.0/';
const source = 'https://mapsvg.com/maps/brazil';

export function MapNote({ id }: { readonly id: string }): ReactNode {
  const words = useWords({ pt, en });
  return (
    <figcaption>
      <p id={id}>{words.mapNote}</p>
      <ul className="legend">
        {lossLevels.map((level) => (
          <li key={level}>
            <svg viewBox="-2 -2 52 52" aria-hidden="true" focusable="false">
              <Swatch level={level} />
            </svg>
            {words.level[level]}
          </li>
        ))}
        <li>
          <svg viewBox="-16 -16 32 32" aria-hidden="true" focusable="false">
            <OutageSign x={0} y={0} />
          </svg>
          {words.regionalMark}
        </li>
      </ul>
      <p className="map-credit">
        {words.mapBy}{' '}
        <a href={source} target="_blank" rel="noreferrer">
          MapSVG
        </a>{' '}
        / @svg-maps/brazil, Victor Cazanave (
        <a href={licence} target="_blank" rel="license noreferrer">
          CC BY 4.0
        </a>
        ), {words.mapChanged}
      </p>
    </figcaption>
  );
}
