// Brazil as tiles: each of its 27 federative units is a square of one size near its true place, so that a small state is
// read as well as a large one. Columns run from west to east, rows from north to south. Nothing here is measured.
import { type BrazilianState, brazilianStates } from '../../../../shared/states.ts';

export interface Tile {
  readonly state: BrazilianState;
  readonly column: number;
  readonly row: number;
}

/** One line is one row of the map; a dot is sea or a neighbour country. */
const drawing = [
  '.  RR AP .  .  .  . ',
  '.  AM PA MA PI CE RN',
  'AC RO MT TO BA PE PB',
  '.  .  MS GO DF SE AL',
  '.  .  .  SP MG ES . ',
  '.  .  .  PR RJ .  . ',
  '.  .  .  SC .  .  . ',
  '.  .  .  RS .  .  . ',
];

export const tiles: readonly Tile[] = drawing.flatMap((line, row) =>
  line.split(/\s+/).flatMap((letters, column) => {
    const state = brazilianStates.find((each) => each === letters);
    return state === undefined ? [] : [{ state, column, row }];
  }),
);

export const columns = 7;
export const rows = drawing.length;

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
  const state = brazilianStates.find((each) => each === letters);
  return state === undefined ? undefined : stateNames[state];
}
