// A table of the report: captioned, with its headings tied to cells, scrollable by keyboard where it is wider than the screen;
// on a phone each row is a card, and each cell brings its heading along.
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand to the right. */
  readonly number?: boolean;
}

export function DataTable<Row>(props: {
  readonly caption: string;
  readonly nothing: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** The first names the row. */
  readonly columns: readonly [Column<Row>, ...Column<Row>[]];
}): ReactNode {
  const { caption, nothing, rows, keyOf, columns } = props;
  const [first, ...others] = columns;
  return (
    <section className="report-section">
      <h3>
        {caption} <span className="heading-note">{rows.length > 0 && rows.length}</span>
      </h3>
      {rows.length === 0 ? (
        <p className="empty">{nothing}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="report-scroll" tabIndex={0} aria-label={caption}>
          <table className="report-table">
            <caption className="visually-hidden">{caption}</caption>
            <thead>
              <tr>
                {columns.map(({ title, number }) => (
                  <th key={title} scope="col" className={classOf(number)}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={keyOf(row)}>
                  <th scope="row">{first.cell(row)}</th>
                  {others.map(({ title, cell, number }) => (
                    <td key={title} className={classOf(number)} data-label={title}>
                      <div>{cell(row)}</div>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

function classOf(number: boolean | undefined): string | undefined {
  return number === true ? 'number' : undefined;
}
