// The wall's events as text. A site's row becomes text once and is kept with the row: of 5,000 sites a few dozen change
// between one wall and the next, and what is kept is one string per site, gone with its row. Made by `cut-wall.ts` and
// `wall-opening.ts`. Must never change a row that has been said.
import type { IncidentRow } from '../../../shared/api/incidents.ts';
import type { SiteRow, WallDelta, WallSnapshot } from '../../../shared/api/wall.ts';
import { limits } from '../../../shared/limits.ts';

export function eventText(event: string, data: unknown, seq?: number): string {
  const id = seq === undefined ? '' : `id: ${seq}\n`;
  return `${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

const siteTexts = new WeakMap<SiteRow, string>();

export function hasSiteText(row: SiteRow): boolean {
  return siteTexts.has(row);
}

export function siteText(row: SiteRow): string {
  const known = siteTexts.get(row);
  if (known !== undefined) return known;
  const text = JSON.stringify(row);
  siteTexts.set(row, text);
  return text;
}

export function deltaText({ sites = [], ...rest }: WallDelta): string {
  if (sites.length === 0) return eventText('wall.delta', rest);
  // `rest` has its instant at least, so a comma stands between.
  const head = JSON.stringify(rest).slice(0, -1);
  return `event: wall.delta\ndata: ${head},"sites":[${sites.map(siteText).join(',')}]}\n\n`;
}

export interface WholeWall extends Pick<WallSnapshot, 'at' | 'server' | 'tickets'> {
  readonly incidents: readonly IncidentRow[];
  readonly sites: readonly SiteRow[];
}

/** Made into bytes when the first viewer is given it, and kept for the others. */
export type Piece = () => Buffer;

/** `wall.snapshot` in pieces of about `limits.wallPieceBytes`, one set for all who are given this wall. */
export function snapshotPieces({ incidents, sites, ...rest }: WholeWall): readonly Piece[] {
  const pieces: Piece[] = [];
  let texts: string[] = [];
  let size = 0;
  const cut = (): void => {
    pieces.push(pieceOf(texts));
    texts = [];
    size = 0;
  };
  const add = (text: string): void => {
    texts.push(text);
    size += text.length;
    if (size >= limits.wallPieceBytes) cut();
  };
  const addList = <Row>(name: string, rows: readonly Row[], textOf: (row: Row) => string): void => {
    add(`,"${name}":[`);
    rows.forEach((row, at) => {
      if (at > 0) texts.push(',');
      add(textOf(row));
    });
    add(']');
  };
  add(`event: wall.snapshot\ndata: ${JSON.stringify(rest).slice(0, -1)}`);
  addList('incidents', incidents, (row) => JSON.stringify(row));
  addList('sites', sites, siteText);
  add('}\n\n');
  if (texts.length > 0) cut();
  return pieces;
}

function pieceOf(texts: readonly string[]): Piece {
  let bytes: Buffer | undefined;
  return () => {
    bytes ??= Buffer.from(texts.join(''));
    return bytes;
  };
}
