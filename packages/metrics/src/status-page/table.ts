import { escapeHtml } from './format.ts';

/** Rows of a table that are shown. */
const MAX_ROWS = 20;

/** A cell: plain text, or HTML that is already escaped. */
export type Cell = string | { readonly html: string };

/** A column: a name, and whether it holds numbers. */
export interface Column<T> {
  readonly name: string;
  readonly isNumber?: boolean;
  readonly cell: (row: T) => Cell;
}

/** Renders a table; the first cell of a row is its heading. */
export function tableHtml<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  maxRows: number = MAX_ROWS,
): string {
  if (rows.length === 0) return '<p class="soft">None.</p>';
  const head = columns.map(({ name, isNumber }) => `<th scope="col"${kind(isNumber)}>${name}</th>`);
  const body = rows.slice(0, maxRows).map((row) => {
    const cells = columns.map(({ isNumber, cell }, i) => {
      const tag = i === 0 ? 'th' : 'td';
      return `<${tag}${i === 0 ? ' scope="row"' : ''}${kind(isNumber)}>${htmlOf(cell(row))}</${tag}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const rest = rows.length - maxRows;
  const more =
    rest > 0 ? `<p class="soft">${rest} more rows are in <a href="metrics">/metrics</a>.</p>` : '';
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>
${body.join('\n')}
</tbody></table>${more}`;
}

function kind(isNumber: boolean | undefined): string {
  return isNumber === true ? ' class="n"' : '';
}

function htmlOf(cell: Cell): string {
  return typeof cell === 'string' ? escapeHtml(cell) : cell.html;
}
