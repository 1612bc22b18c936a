import { columnsOf, faults, paint, type Row, summary, type Terminal, usd } from './samples-view.ts';

/* What became of the samples, a line for each automation: who decided, what was done, what it cost. */

const HEAD = ['automation', 'items', 'alone', 'asked', 'refused', 'what was done', 'cost'];
/** The column that has the rest of the width. */
const DONE = 5;
const NARROWEST = 14;
const COLOURS = ['bold', undefined, 'green', 'yellow', 'cyan'] as const;
/** Where it is told by a column of its own. */
const TOLD = ['done', 'waiting_approval', 'refused'];

/** Actions are broken into lines where the terminal is narrow, and never cut. */
export function lineTable(rows: readonly Row[], terminal: Terminal): string {
  const lines = [...Map.groupBy(rows, ({ sample }) => sample.automation)].sort(([a], [b]) =>
    a.localeCompare(b),
  );
  const cells = lines.map(([name, group]) => cellsOf(name, group));
  const widths = HEAD.map((title, at) =>
    Math.max(title.length, ...cells.map((cell) => (cell[at] ?? '').length)),
  );
  const others = widths.reduce((sum, width, at) => sum + (at === DONE ? 0 : width + 2), 0);
  widths[DONE] = Math.max(NARROWEST, Math.min(widths[DONE] ?? 0, columnsOf(terminal) - others));
  const shown = cells.flatMap((cell) => {
    const [first = '', ...more] = broken(cell[DONE] ?? '', widths[DONE] ?? 0);
    const rest = more.map((part) => HEAD.map((_, at) => (at === DONE ? part : '')));
    return [cell.with(DONE, first), ...rest].map((one) => line(one, widths, terminal));
  });
  const head = paint(terminal, 'bold', line(HEAD, widths));
  return `\n${[head, ...shown].join('\n')}\n\n${faults(rows)}${summary(rows)}`;
}

function cellsOf(name: string, rows: readonly Row[]): string[] {
  const of = (status: string) => String(rows.filter((row) => row.status === status).length);
  const cost = rows.reduce((sum, { item }) => sum + (item?.costUsd ?? 0), 0);
  return [name, String(rows.length), ...TOLD.map(of), whatWasDone(rows), usd(cost)];
}

/** `3 refund, 3 tell`, and how many are in a state that no column tells of. */
function whatWasDone(rows: readonly Row[]): string {
  const done = rows.flatMap(({ item }) =>
    (item?.actions ?? (item?.action ? [item.action] : [])).filter(({ status }) => status === 'done'),
  );
  const others = rows.filter(({ status }) => !TOLD.includes(status));
  const counts = (names: readonly string[]) =>
    [...Map.groupBy(names, (name) => name)].map(([name, all]) => `${all.length} ${name}`);
  return [...counts(done.map(({ name }) => name)), ...counts(others.map(({ status }) => status))].join(', ');
}

function broken(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of text.split(/(?<=,) /)) {
    const joined = [...lines.slice(-1), part].join(' ');
    if (lines.length > 0 && joined.length <= width) lines[lines.length - 1] = joined;
    else lines.push(part);
  }
  return lines;
}

/** Numbers stand to the right. */
function line(cells: readonly string[], widths: readonly number[], terminal?: Terminal): string {
  const parts = cells.map((cell, at) => {
    const width = widths[at] ?? 0;
    const text = at === 0 || at === DONE ? cell.padEnd(width) : cell.padStart(width);
    const colour = COLOURS[at];
    return terminal && colour && cell !== '0' && cell !== '' ? paint(terminal, colour, text) : text;
  });
  return parts.join('  ').trimEnd();
}
