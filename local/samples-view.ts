import { styleText } from 'node:util';
import { cutText } from '../lambdas/kit/text.ts';

export interface Sample {
  automation: string;
  body: Readonly<Record<string, unknown>>;
  /** Files of the automation's folder that come along. @default none */
  documents?: readonly string[];
  /** What it is there to show. */
  note: string;
}

/** The fields of `GET /v1/items/{id}` that are shown. */
export interface ItemView {
  status: string;
  label?: string;
  verdict?: string;
  action?: { name: string; status: string };
  /** All of them, in their order. */
  actions?: readonly { name: string; status: string }[];
  costUsd?: number;
  error?: { class: string; message: string };
}

/** What is known of one sample so far. */
export interface Row {
  sample: Sample;
  status: string;
  id?: string;
  item?: ItemView;
  /** Why the API did not accept it. */
  fault?: string;
}

/** The part of `process.stdout` that is used. */
export interface Terminal {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

type Colour = 'green' | 'yellow' | 'red' | 'gray' | 'cyan' | 'bold';
const PIPE_COLUMNS = 140;

/**
 * The live part: a table drawn again in place where the terminal has room for it, otherwise a line for each
 * change, which also reads well in a log.
 */
export class Progress {
  readonly #rows: readonly Row[];
  readonly #terminal: Terminal;
  readonly #redraws: boolean;
  readonly #started = Date.now();
  readonly #shown = new Map<Row, string>();
  #drawn = 0;

  constructor(rows: readonly Row[], terminal: Terminal) {
    this.#rows = rows;
    this.#terminal = terminal;
    this.#redraws = terminal.isTTY === true && (terminal.rows ?? 0) > rows.length + 3;
  }

  show(): void {
    const changed = this.#rows.filter((row) => this.#shown.get(row) !== state(row));
    if (changed.length === 0) return;
    if (this.#redraws) this.#redraw();
    // That a sample was received is no news: it was sent a moment ago.
    else
      for (const row of changed) if (row.status !== 'received') this.#terminal.write(`${this.#line(row)}\n`);
    for (const row of changed) this.#shown.set(row, state(row));
  }

  /** The final table takes the place of the live one. */
  end(): void {
    if (this.#drawn > 0) this.#terminal.write(`\u001b[${this.#drawn}A\u001b[J`);
    this.#drawn = 0;
  }

  #redraw(): void {
    this.end();
    this.#terminal.write(this.#rows.map((row) => `${this.#line(row)}\n`).join(''));
    this.#drawn = this.#rows.length;
  }

  #line(row: Row): string {
    const seconds = `${((Date.now() - this.#started) / 1000).toFixed(1)} s`.padStart(7);
    const width = columnsOf(this.#terminal) - 62;
    const head = `${this.#redraws ? '' : `${seconds}  `}${row.sample.automation.padEnd(15)} ${cut(words(row), Math.max(16, width)).padEnd(Math.max(16, width))}  `;
    return head + paint(this.#terminal, colourOf(row.status), cut(state(row), 34));
  }
}

/** What became of each sample, and how many of each. */
export function finalTable(rows: readonly Row[], terminal: Terminal): string {
  const cells = rows.map((row) => [
    row.sample.automation,
    words(row),
    row.item?.label ?? '',
    row.item?.verdict ?? '',
    row.status,
    row.item?.error?.class ?? row.item?.action?.name ?? '',
    row.item?.costUsd === undefined ? '' : usd(row.item.costUsd),
  ]);
  const head = ['automation', 'what it was', 'label', 'verdict', 'status', 'action', 'cost'];
  return table(head, cells, { flexible: 1, status: 4 }, terminal) + faults(rows) + summary(rows);
}

/** Cut to the terminal's width in one column, coloured in another; the last is of numbers. */
function table(
  head: readonly string[],
  cells: readonly (readonly string[])[],
  column: { flexible: number; status: number },
  terminal: Terminal,
): string {
  const widths = head.map((title, at) =>
    Math.max(title.length, ...cells.map((row) => (row[at] ?? '').length)),
  );
  const others = widths.reduce((sum, width, at) => sum + (at === column.flexible ? 0 : width) + 2, 0);
  const widest = widths[column.flexible] ?? 14;
  widths[column.flexible] = Math.max(14, Math.min(widest, columnsOf(terminal) - others));
  const line = (row: readonly string[]) =>
    row.map((cell, at) => {
      const text = cut(cell, widths[at] ?? 0);
      return at === head.length - 1 ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0);
    });
  const lines = cells.map((row) => {
    const parts = line(row);
    const { status } = column;
    parts[status] = paint(terminal, colourOf(row[status] ?? ''), parts[status] ?? '');
    return parts.join('  ');
  });
  return `\n${paint(terminal, 'bold', line(head).join('  '))}\n${lines.join('\n')}\n\n`;
}

/** Why some were not accepted, and why others are parked or quarantined: each reason once. */
export function faults(rows: readonly Row[]): string {
  const refused = rows.map((row) =>
    row.fault ? `not accepted: ${cut(words(row), 50)}\n  ${row.fault}\n` : '',
  );
  const stopped = Map.groupBy(
    rows.flatMap(({ sample, item }) =>
      item?.error ? [`${item.status}: ${sample.automation}\n  ${item.error.message}\n`] : [],
    ),
    (told) => told,
  );
  return [...refused, ...stopped.keys()].join('');
}

export function summary(rows: readonly Row[]): string {
  const cost = rows.reduce((sum, { item }) => sum + (item?.costUsd ?? 0), 0);
  return `${countsOf(rows)}; ${usd(cost)} in all\n`;
}

/** `12 done, 3 waiting_approval`. */
export function countsOf(rows: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const { status } of rows) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}

/** The first words of what was sent. */
function words({ sample }: Row): string {
  const { subject, text, html } = sample.body;
  const said = [
    subject,
    text ?? (typeof html === 'string' ? html.replace(/<style[\s\S]*?<\/style>|<[^>]*>/g, ' ') : ''),
  ];
  return said.filter(Boolean).map(String).join(': ').replace(/\s+/g, ' ').trim();
}

function state(row: Row): string {
  return (
    [row.status, row.item?.label, row.item?.verdict].filter(Boolean).join(' · ') +
    (row.fault ? `: ${row.fault}` : '')
  );
}

function colourOf(status: string): Colour {
  if (status === 'done') return 'green';
  if (status === 'waiting_approval') return 'yellow';
  if (['quarantined', 'parked', 'suspended', 'not accepted'].includes(status)) return 'red';
  if (['refused', 'rejected', 'expired', 'withdrawn', 'deferred'].includes(status)) return 'cyan';
  return 'gray';
}

export function paint(terminal: Terminal, colour: Colour, text: string): string {
  return terminal.isTTY ? styleText(colour, text, { validateStream: false }) : text;
}

export function columnsOf(terminal: Terminal): number {
  return terminal.isTTY ? (terminal.columns ?? 80) : PIPE_COLUMNS;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${cutText(text, Math.max(0, width - 1))}…`;
}

export function usd(amount: number): string {
  return `$${amount.toFixed(amount !== 0 && amount < 0.01 ? 6 : 4)}`;
}
