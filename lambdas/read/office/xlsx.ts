import { HIDDEN_TEXT } from '../../contract/item/reading.ts';
import { MOST_CHARACTERS } from '../bounds.ts';
import { type Context, type Draft, type DraftPage, textPage } from '../draft.ts';
import { Refused } from '../refusal.ts';
import { oneLine } from '../text/read.ts';
import type { Element } from '../xml/xml.ts';
import { child, children, loadsFromOutside, partOf, relationsOf, within } from './parts.ts';
import type { Zip } from './zip.ts';

/*
 * An XLSX as its reader sees it: the values that its cells show, sheet by sheet. Formulas are not calculated; hidden sheets, rows
 * and columns are left out and said so.
 */

const MAIN = 'xl/workbook.xml';
const MOST_CELLS = 500_000;
/** Cells with the empty ones before them: a sheet of one far cell in each row is all gaps. */
const MOST_PLACES = 10_000_000;
/** Ranges of columns with a width of their own. */
const MOST_RANGES = 1000;

interface Book {
  shared: readonly string[];
  dates: ReadonlySet<number>;
  white: ReadonlySet<number>;
  cells: number;
  places: number;
  /** Of all values: one shared text may stand in every cell. */
  characters: number;
  hidden: boolean;
  formulas: boolean;
}

export async function readXlsx(zip: Zip, context: Context): Promise<Draft> {
  const root = partOf(zip, MAIN);
  if (!root) throw new Refused('damaged');
  const relations = relationsOf(zip, MAIN);
  const none = { cells: 0, places: 0, characters: 0, hidden: false, formulas: false };
  const book: Book = { shared: sharedOf(zip), ...stylesOf(zip), ...none };
  const sheets = children(child(root, 'sheets'), 'sheet');
  const pages: DraftPage[] = [];
  for (const sheet of sheets) {
    const target = relations.find(({ id }) => id === sheet.attributes.get('id'))?.target;
    const part = target === undefined ? undefined : partOf(zip, target);
    if (!part) continue;
    const text = sheetOf(part, book);
    if ((sheet.attributes.get('state') ?? 'visible') !== 'visible') {
      book.hidden ||= text !== '';
      continue;
    }
    context.onPage(sheets.length);
    pages.push(textPage(`${sheet.attributes.get('name') ?? ''}\n${text}`));
  }
  const outside = zip.names.some((name) => /^xl\/(?:externalLinks\/|connections\.xml$)/.test(name));
  return {
    type: 'xlsx',
    pages,
    suspicions: [
      ...(book.hidden ? [HIDDEN_TEXT] : []),
      ...(book.formulas ? ['formulas'] : []),
      ...(outside || loadsFromOutside(relations) ? ['external-reference'] : []),
    ],
  };
}

const textOf = (element: Element): string =>
  // The reading of Japanese signs stands beside them.
  element.children
    .flatMap((part) => (part.name === 'rPh' ? [] : part.name === 't' ? [part.text] : [textOf(part)]))
    .join('');

function sharedOf(zip: Zip): string[] {
  return children(partOf(zip, 'xl/sharedStrings.xml'), 'si').map(textOf);
}

/** The numbers of Excel's own formats that are days or times. */
const OWN_DATES = new Set([14, 15, 16, 17, 22, 27, 30, 36, 50, 57]);

function stylesOf(zip: Zip): Pick<Book, 'dates' | 'white'> {
  const styles = partOf(zip, 'xl/styles.xml');
  const own = new Map(
    children(child(styles, 'numFmts'), 'numFmt').map(({ attributes }) => [
      Number(attributes.get('numFmtId')),
      attributes.get('formatCode') ?? '',
    ]),
  );
  const isDate = (id: number) =>
    OWN_DATES.has(id) ||
    /[ymd]/i.test((own.get(id) ?? '').replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, '').replace(/general/i, ''));
  const fonts = children(child(styles, 'fonts'), 'font').map((font) =>
    /^(?:ff)?f[0-9a-f]f[0-9a-f]f[0-9a-f]$/i.test(child(font, 'color')?.attributes.get('rgb') ?? ''),
  );
  const formats = children(child(styles, 'cellXfs'), 'xf').map(({ attributes }, index) => ({
    index,
    date: isDate(Number(attributes.get('numFmtId') ?? 0)),
    // White letters on a coloured cell can be read.
    white:
      (fonts[Number(attributes.get('fontId') ?? 0)] ?? false) && Number(attributes.get('fillId') ?? 0) < 2,
  }));
  const indices = (which: 'date' | 'white') =>
    new Set(formats.filter((it) => it[which]).map(({ index }) => index));
  return { dates: indices('date'), white: indices('white') };
}

/** What starts something or fetches from elsewhere when it is calculated. */
const HARMFUL =
  /\||\b(?:DDE|WEBSERVICE|IMPORT\w*|CALL|REGISTER|EXEC|HYPERLINK|RTD)\s*\(|\[[^\]]+\.xl\w*\]|https?:|\\\\/i;

function sheetOf(sheet: Element, book: Book): string {
  const hidden = hiddenColumns(sheet);
  const rows = children(child(sheet, 'sheetData'), 'row').map((row) => {
    const unseen = isTrue(row.attributes.get('hidden'));
    const cells: string[] = [];
    for (const cell of children(row, 'c')) {
      book.cells += 1;
      if (book.cells > MOST_CELLS) throw new Refused('decompression-bomb');
      const formula = child(cell, 'f')?.text ?? '';
      if (HARMFUL.test(formula)) book.formulas = true;
      const written = shownIn(cell, book);
      book.characters += written.length;
      if (book.characters > MOST_CHARACTERS) throw new Refused('decompression-bomb');
      const value = oneLine(written);
      const column = columnOf(cell.attributes.get('r') ?? '') ?? cells.length;
      if (column > 16_384) throw new Refused('damaged');
      if (value && (unseen || hidden.has(column) || book.white.has(Number(cell.attributes.get('s') ?? -1))))
        book.hidden = true;
      else if (value) cells[column] = value;
    }
    book.places += cells.length;
    if (book.places > MOST_PLACES) throw new Refused('decompression-bomb');
    return Array.from(cells, (value) => value ?? '')
      .join('\t')
      .replace(/^\t+/, '');
  });
  return rows.filter((row) => row.trim()).join('\n');
}

const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true';

function hiddenColumns(sheet: Element): Set<number> {
  const hidden = children(child(sheet, 'cols'), 'col').filter(({ attributes }) =>
    isTrue(attributes.get('hidden')),
  );
  if (hidden.length > MOST_RANGES) throw new Refused('decompression-bomb');
  return new Set(
    hidden.flatMap(({ attributes }) => {
      const from = Number(attributes.get('min') ?? 1);
      const to = Math.min(16_384, Number(attributes.get('max') ?? from));
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from - 1 + index);
    }),
  );
}

/** `C7` is in column 2. */
function columnOf(reference: string): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0];
  return letters
    ? [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
    : undefined;
}

function shownIn(cell: Element, book: Book): string {
  const value = child(cell, 'v')?.text ?? '';
  switch (cell.attributes.get('t')) {
    case 's':
      return book.shared[Number(value)] ?? '';
    case 'inlineStr':
      return [...within(cell)].flatMap(({ name, text }) => (name === 't' ? [text] : [])).join('');
    case 'b':
      return value === '1' ? 'TRUE' : 'FALSE';
    case 'str':
    case 'e':
    case 'd':
      return value;
    default:
      return book.dates.has(Number(cell.attributes.get('s') ?? -1)) ? dayOf(value) : numberOf(value);
  }
}

/** A spreadsheet keeps 0.1 + 0.2 as it came out. */
const numberOf = (value: string): string =>
  /^-?\d*\.\d{12,}$|e/i.test(value) && Number.isFinite(Number(value))
    ? String(Number(Number(value).toPrecision(12)))
    : value;

/** Days since 1899-12-30, with the time as a fraction. */
function dayOf(value: string): string {
  const days = Number(value);
  if (!value || !(days >= 0 && days < 2_958_466)) return value;
  const time = new Date(Date.UTC(1899, 11, 30) + Math.round(days * 86_400) * 1000).toISOString();
  return Number.isInteger(days) ? time.slice(0, 10) : time.slice(0, 16).replace('T', ' ');
}
