// HTML as values: whatever is put into `markup` is escaped, unless it is markup itself. So no text of a customer, a desk or
// a person can become a tag. No script, no style attribute, no address ever comes from here.

/** Text that is HTML already. Made by `markup` and `listed`; by hand only from text that is fixed in the program. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Piece = Markup | string | number | undefined;

export function markup(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(strings.map((text, index) => `${text}${textOf(pieces[index])}`).join(''));
}

export function listed(pieces: readonly Markup[]): Markup {
  return new Markup(pieces.map(({ text }) => text).join('\n'));
}

export function escaped(text: string): string {
  // Control characters are no text and would end a document for some readers.
  const plain = [...text].filter((each) => each >= ' ' || each === '\n').join('');
  return plain
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function textOf(piece: Piece): string {
  if (piece === undefined) return '';
  return piece instanceof Markup ? piece.text : escaped(String(piece));
}

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Piece;
  /** Numbers stand to the right. */
  readonly number?: true;
}

/** A table with its caption, or the sentence that there is nothing. */
export function table<Row>(
  caption: string,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  nothing: string,
): Markup {
  if (rows.length === 0) return markup`<section><h2>${caption}</h2><p class="none">${nothing}</p></section>`;
  const head = listed(
    columns.map(({ title, number }) => markup`<th scope="col"${classOf(number)}>${title}</th>`),
  );
  const body = listed(
    rows.map((row) => {
      const cells = columns.map(({ cell, number }) => markup`<td${classOf(number)}>${cell(row)}</td>`);
      return markup`<tr>${listed(cells)}</tr>`;
    }),
  );
  return markup`<section><h2>${caption}</h2>
<table><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></section>`;
}

function classOf(number: true | undefined): Markup {
  return number === true ? markup` class="number"` : markup``;
}
