/** A cell: text is made safe and quoted; `exact` is written as it stands (numbers, instants, flags); `null` is empty. */
export type CsvCell = { text: string } | { exact: string } | null;

/** Excel takes UTF-8 without this mark for the computer's old 8-bit code page, and breaks every accent. */
export const byteOrderMark = '\uFEFF';

/** What spreadsheets begin a formula with, also in full width, after blanks, or where a line break begins the cell. */
const formulaStart = /^(\s*[=+\-@＝＋－＠]|[\t\r\n])/;

/**
 * One line of RFC 4180, ended by CRLF. Text that a spreadsheet could take for a formula gets an apostrophe in front;
 * all text is quoted, so that no other separator than the comma can split it either. Exact cells must hold nothing to
 * quote: `-5` stays a number.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(writeCell).join(',')}\r\n`;
}

function writeCell(cell: CsvCell): string {
  if (cell === null) return '';
  if ('text' in cell) return quote(formulaStart.test(cell.text) ? `'${cell.text}` : cell.text);
  if (/^[\w.:+-]*$/.test(cell.exact)) return cell.exact;
  throw new Error(`A cell of ${JSON.stringify(cell.exact)} is not exact. Write it as text.`);
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
