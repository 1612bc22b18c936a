import { type Colour, paint, type Terminal } from './terminal.ts';
import { cut, oneLine, pad, width, wrap } from './text.ts';

export interface Column<Row> {
  title: string;
  cell(row: Row): string;
  /** A number: its digits stand under each other. */
  right?: boolean;
  /** Its text may be cut down to this width when the terminal is narrow. */
  least?: number;
  /** The last column of a table: its text goes on in further lines, which are no longer than prose is. */
  wraps?: boolean;
  /** May be left out when the terminal is narrow; the last of them goes first. */
  optional?: boolean;
  colour?(row: Row): Colour | undefined;
}

interface Fitted<Row> {
  column: Column<Row>;
  cells: string[];
  width: number;
}

const GAP = '  ';
/** Prose is hard to read in longer lines. */
export const PROSE = 100;

/**
 * Columns as wide as their content, in lines no longer than the terminal's. `below` stands indented under its
 * row.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  terminal: Terminal,
  below: (row: Row) => readonly string[] = () => [],
): string {
  const wraps = columns.at(-1)?.wraps === true;
  const fitted = fit(columns, rows, wraps ? Math.min(terminal.columns, PROSE) : terminal.columns);
  const line = (text: (part: Fitted<Row>) => string, colour: (part: Fitted<Row>) => Colour | undefined) =>
    fitted
      .map((part, at) => {
        const short = cut(text(part), part.width);
        const last = at === fitted.length - 1 && !part.column.right;
        return paint(terminal, colour(part), last ? short : pad(short, part.width, part.column.right));
      })
      .join(GAP)
      .trimEnd();
  const head = line(
    ({ column }) => column.title,
    () => 'bold',
  );
  const body = rows.flatMap((row, at) => [
    ...linesOf(fitted, at).map((texts) =>
      line(
        (part) => texts.get(part) ?? '',
        ({ column }) => column.colour?.(row),
      ),
    ),
    ...below(row).map((text) => prose(text, terminal)),
  ]);
  return [head, ...body].join('\n');
}

/** The texts of one row, line by line: only what wraps has more than one. */
function linesOf<Row>(fitted: readonly Fitted<Row>[], at: number): Map<Fitted<Row>, string>[] {
  const texts = new Map(
    fitted.map((part) => {
      const text = part.cells[at] ?? '';
      return [part, part.column.wraps ? wrap(text, part.width) : [text]];
    }),
  );
  const most = Math.max(...[...texts.values()].map((lines) => lines.length));
  return Array.from(
    { length: most },
    (_, index) => new Map([...texts].map(([part, lines]) => [part, lines[index] ?? ''])),
  );
}

function fit<Row>(columns: readonly Column<Row>[], rows: readonly Row[], room: number): Fitted<Row>[] {
  const fitted = columns.map((column) => {
    const cells = rows.map((row) => oneLine(column.cell(row)));
    return { column, cells, width: Math.max(width(column.title), ...cells.map(width)) };
  });
  // What wraps needs no more than its least width: others need not go for it.
  const needs = ({ column, width: wide }: Fitted<Row>) =>
    column.wraps && column.least !== undefined ? Math.min(wide, column.least) : wide;
  while (sum(fitted.map(needs)) > room) {
    const victim = fitted.findLastIndex(({ column }) => column.optional);
    if (victim < 0) break;
    fitted.splice(victim, 1);
  }
  // First what may be cut, the widest of it; then from the right: an id stands on the left and is of no use
  // in part.
  const willing = fitted.filter(({ column }) => column.least !== undefined);
  willing.sort((a, b) => b.width - a.width);
  for (const part of willing)
    shrink(part, part.column.least ?? 1, sum(fitted.map((one) => one.width)) - room);
  for (const part of fitted.toReversed()) shrink(part, 1, sum(fitted.map((one) => one.width)) - room);
  return fitted;
}

function shrink<Row>(part: Fitted<Row>, least: number, excess: number): void {
  if (excess > 0) part.width = Math.min(part.width, Math.max(least, part.width - excess));
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0) + GAP.length * (widths.length - 1);
}

/**
 * Names and what they stand for, the texts wrapped beside the names. A fact that is not known has no line.
 */
export function facts(pairs: readonly (readonly [string, string | undefined])[], terminal: Terminal): string {
  const known = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  const names = Math.max(...known.map(([name]) => width(name))) + 4;
  const room = Math.max(20, Math.min(terminal.columns, PROSE) - names);
  return known
    .flatMap(([name, text]) =>
      wrap(text, room).map((line, at) => pad(at === 0 ? `  ${name}` : '', names) + line),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A paragraph, indented and wrapped; `mark` stands before its first line. */
export function prose(text: string, terminal: Terminal, mark = ''): string {
  const room = Math.max(20, Math.min(terminal.columns, PROSE) - 2 - mark.length);
  return wrap(text, room)
    .map((line, at) => `  ${at === 0 ? mark : ' '.repeat(mark.length)}${line}`.trimEnd())
    .join('\n');
}
