// Brazil's 27 federative units: their outlines, drawn by MapSVG and packed as `@svg-maps/brazil` (CC BY 4.0, named under the
// map), and the place where each one's letters stand. States too small for that have theirs at sea, with a line to the
// coast: also a finger must hit them. Units are the drawing's own. Nothing here is measured.
import map from '@svg-maps/brazil';
import { z } from 'zod';
import { present } from '../../../../shared/assert.ts';
import { type BrazilianState, brazilianStates } from '../../../../shared/states.ts';

/** The drawing's and, to the east, room for letters at sea. */
export const width = 690;
export const height = 646;

/** Its own declaration leans on a package that it does not bring along. `id` is the state's letters in lower case. */
const mapSchema = z.object({ locations: z.array(z.object({ id: z.string(), path: z.string() })) });

const { locations } = mapSchema.parse(map);

/** The outline of each state, as a path. */
export const outlineOf: Readonly<Record<string, string>> = Object.fromEntries(
  brazilianStates.map((state) => {
    const outline = locations.find(({ id }) => id === state.toLowerCase());
    return [state, present(outline, `an outline of ${state}`).path];
  }),
);

export interface Place {
  /** The middle of its letters. */
  readonly x: number;
  readonly y: number;
  /** Where its line ends inside of it; absent: the letters stand in the state itself. */
  readonly coast?: readonly [number, number];
}

export const placeOf: Readonly<Record<BrazilianState, Place>> = {
  AC: { x: 62, y: 230 },
  AL: { x: 658, y: 269, coast: [588, 239] },
  AM: { x: 130, y: 150 },
  AP: { x: 336, y: 66 },
  BA: { x: 492, y: 272 },
  CE: { x: 543, y: 162 },
  DF: { x: 410, y: 330 },
  ES: { x: 592, y: 392, coast: [523, 388] },
  GO: { x: 351, y: 348 },
  MA: { x: 448, y: 150 },
  MG: { x: 472, y: 372 },
  MS: { x: 302, y: 408 },
  MT: { x: 282, y: 288 },
  PA: { x: 318, y: 160 },
  PB: { x: 658, y: 163, coast: [600, 195] },
  PE: { x: 658, y: 216, coast: [600, 214] },
  PI: { x: 482, y: 210 },
  PR: { x: 358, y: 482 },
  RJ: { x: 562, y: 462, coast: [498, 438] },
  RN: { x: 658, y: 110, coast: [592, 172] },
  RO: { x: 168, y: 252 },
  RR: { x: 196, y: 62 },
  RS: { x: 326, y: 572 },
  SC: { x: 458, y: 542, coast: [388, 530] },
  SE: { x: 658, y: 322, coast: [571, 247] },
  SP: { x: 388, y: 426 },
  TO: { x: 402, y: 228 },
};

/** What a finger needs: 24 pixels on a phone 360 pixels wide. Around all letters: few states are as large themselves. */
export const hitWidth = 57;
export const hitHeight = 53;

export const directions = ['left', 'right', 'up', 'down'] as const;
export type Direction = (typeof directions)[number];

/** The next of `among` that way from a state, by where their letters stand; undefined: there is none. */
export function neighbourOf(
  state: BrazilianState,
  direction: Direction,
  among: readonly BrazilianState[],
): BrazilianState | undefined {
  const from = placeOf[state];
  const distanceOf = (other: BrazilianState): number => {
    const { x, y } = placeOf[other];
    const [east, south] = [x - from.x, y - from.y];
    const along = { left: -east, right: east, up: -south, down: south }[direction];
    const aside = Math.abs(direction === 'left' || direction === 'right' ? south : east);
    return along <= 0 || aside > 2 * along ? Number.POSITIVE_INFINITY : along + 2 * aside;
  };
  const [nearest] = among
    .map((other) => ({ other, distance: distanceOf(other) }))
    .filter(({ distance }) => Number.isFinite(distance))
    .sort((a, b) => a.distance - b.distance);
  return nearest?.other;
}

/** Of the letters a site has; undefined for what is no Brazilian state. */
export function brazilianState(letters: string): BrazilianState | undefined {
  return brazilianStates.find((each) => each === letters);
}

export const stateNames: Readonly<Record<BrazilianState, string>> = {
  AC: 'Acre',
  AL: 'Alagoas',
  AM: 'Amazonas',
  AP: 'Amapá',
  BA: 'Bahia',
  CE: 'Ceará',
  DF: 'Distrito Federal',
  ES: 'Espírito Santo',
  GO: 'Goiás',
  MA: 'Maranhão',
  MG: 'Minas Gerais',
  MS: 'Mato Grosso do Sul',
  MT: 'Mato Grosso',
  PA: 'Pará',
  PB: 'Paraíba',
  PE: 'Pernambuco',
  PI: 'Piauí',
  PR: 'Paraná',
  RJ: 'Rio de Janeiro',
  RN: 'Rio Grande do Norte',
  RO: 'Rondônia',
  RR: 'Roraima',
  RS: 'Rio Grande do Sul',
  SC: 'Santa Catarina',
  SE: 'Sergipe',
  SP: 'São Paulo',
  TO: 'Tocantins',
};

/** Of the letters a site has; undefined for what is no Brazilian state. */
export function stateNameOf(letters: string): string | undefined {
  const state = brazilianState(letters);
  return state === undefined ? undefined : stateNames[state];
}
