import { CUT_SHORT, HIDDEN_TEXT } from '../../contract/item/reading.ts';
import { htmlToText } from '../../kit/html/html.ts';
import { type Draft, textPage } from '../draft.ts';
import { delimiterOf } from '../sniff.ts';

export const readText = (text: string): Draft => ({
  type: 'text',
  pages: [
    textPage(
      text
        .replace(/^\ufeff/, '')
        .replaceAll(/\r\n?/g, '\n')
        .replaceAll('\u0000', ''),
    ),
  ],
  suspicions: [],
});

/** What a reader sees of the page. */
export function readHtml(html: string): Draft {
  const { text, cut, hidden } = htmlToText(html);
  return {
    type: 'html',
    pages: [textPage(text)],
    suspicions: [...(hidden > 0 ? [HIDDEN_TEXT] : []), ...(cut ? [CUT_SHORT] : [])],
  };
}

/** A cell that a spreadsheet would calculate, and that could start something there. */
const FORMULA = /^\s*(?:=|@|[+-]\s*[A-Za-z]+\s*[(|!])/;
export const isFormula = (cell: string): boolean => FORMULA.test(cell);

/** Rows as lines, cells parted by tabs; quotes are off, line ends in a cell are spaces. */
export function readCsv(text: string): Draft {
  const rows = cellsOf(text.replace(/^\ufeff/, ''), delimiterOf(text) ?? ',');
  return {
    type: 'csv',
    pages: [textPage(rows.map((row) => row.map(oneLine).join('\t')).join('\n'))],
    suspicions: rows.some((row) => row.some(isFormula)) ? ['formulas'] : [],
  };
}

export const oneLine = (cell: string): string => cell.replaceAll(/\s+/g, ' ').trim();

function cellsOf(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const { cell, next } = cellAt(text, at, delimiter);
    row.push(cell);
    at = next + 1;
    if (text[next] === delimiter) continue;
    rows.push(row);
    row = [];
    if (text[next] === '\r' && text[next + 1] === '\n') at += 1;
    if (next >= text.length) break;
  }
  return rows.filter((cells) => cells.some((cell) => cell.trim()));
}

/** The cell that begins there, and where the sign behind it stands. */
function cellAt(text: string, from: number, delimiter: string): { cell: string; next: number } {
  const end = (at: number) => {
    let next = at;
    while (next < text.length && text[next] !== delimiter && text[next] !== '\n' && text[next] !== '\r')
      next += 1;
    return next;
  };
  if (text[from] !== '"') {
    const next = end(from);
    return { cell: text.slice(from, next), next };
  }
  let close = text.indexOf('"', from + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) {
    const next = end(from);
    return { cell: text.slice(from, next), next };
  }
  const next = end(close + 1);
  return { cell: text.slice(from + 1, close).replaceAll('""', '"') + text.slice(close + 1, next), next };
}
