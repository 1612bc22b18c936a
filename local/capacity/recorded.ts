import type { Unit, Usage } from '../../bench/prices.ts';
import { PRICES } from '../../bench/prices.ts';

/*
 * What benches measured, as the pages keep it: `README.md` what `bench:cost` printed, `docs/costs.md` what `bench:work` came to by
 * function and `bench:cost -- --lines` by line, `docs/performance.md` what became of the complaints of `bench:complaints`. A figure that
 * is measured anew is written there, and read from there.
 */

/** The documents that hold them, as texts. */
export interface Documents {
  readme: string;
  costs: string;
  performance: string;
}

export const PATHS = ['acted alone', 'approved', 'rejected', 'refused'] as const;
type Path = (typeof PATHS)[number];

/** Seconds for which one item holds a function, and its memory in MB. */
export interface Held {
  seconds: number;
  memory: number;
}

export interface Recorded {
  /** AWS operations of an item, by what became of it. */
  perItem: Readonly<Record<Path, Usage>>;
  /** Of all complaints: paid alone, before a person, refused. Together 1. */
  shares: { acted: number; asked: number; refused: number };
  /** Each function of an item: assumed waits for models and destinations are in it. */
  held: Readonly<Record<'alone' | 'together' | 'act' | 'intake' | 'publish' | 'authorize', Held>>;
  /** Model calls of an item of `refund-request`, and dollars for 1,000 of them. */
  models: { calls: number; usd: number };
}

/** @throws Error naming the document and the row that is not there */
export function recorded({ readme, costs, performance }: Documents): Recorded {
  return {
    perItem: operationsOf(between(readme, 'bench:cost')),
    shares: sharesOf(performance),
    held: heldIn(costs),
    models: modelsIn(costs),
  };
}

/** What an item of the recorded mix takes of one operation. */
export function mean({ perItem, shares }: Pick<Recorded, 'perItem' | 'shares'>, unit: Unit): number {
  const of = (path: Path) => perItem[path][unit] ?? 0;
  return shares.acted * of('acted alone') + shares.asked * of('approved') + shares.refused * of('refused');
}

function between(readme: string, bench: string): string {
  const [, text] = new RegExp(`<!-- ${bench} -->\\n([\\s\\S]*?)<!-- /${bench} -->`).exec(readme) ?? [];
  if (text === undefined) throw new Error(`README.md has no figures of ${bench}`);
  return text;
}

/** The cells behind the first one. @throws Error where there is no such row, or a cell is no number */
function numbers(text: string, first: string, document: string): number[] {
  const row = text.split('\n').find((line) => line.startsWith(`| ${first} |`));
  if (row === undefined) throw new Error(`${document} has no row '${first}'`);
  return row
    .split('|')
    .slice(2, -1)
    .map((cell) => Number(cell.replaceAll(/[,*]/g, '').trim().split(':')[0]));
}

function operationsOf(table: string): Record<Path, Usage> {
  const rows = (Object.keys(PRICES) as Unit[]).map((unit) => {
    const cells = numbers(table, unit, 'README.md');
    if (cells.length !== PATHS.length || cells.some(Number.isNaN))
      throw new Error(`README.md: the row '${unit}' of bench:cost has no figure for each path`);
    return [unit, cells] as const;
  });
  return Object.fromEntries(
    PATHS.map((path, at) => [path, Object.fromEntries(rows.map(([unit, cells]) => [unit, cells[at]]))]),
  ) as Record<Path, Usage>;
}

function sharesOf(performance: string): Recorded['shares'] {
  const found = /([\d.]+) % were paid alone, ([\d.]+) % asked, ([\d.]+) % refused/.exec(performance);
  if (!found) throw new Error('docs/performance.md does not say what became of the complaints');
  const [acted = 0, asked = 0, refused = 0] = found.slice(1).map((share) => Number(share) / 100);
  if (Math.abs(acted + asked + refused - 1) > 0.001)
    throw new Error('docs/performance.md: the shares of the complaints are not all of them');
  return { acted, asked, refused };
}

/** Columns of the table *Memory*: MB, CPU, ms that it runs, seconds that it waits. */
function heldIn(costs: string): Recorded['held'] {
  const of = (name: string): Held => {
    const [memory = Number.NaN, , runs = Number.NaN, waits = Number.NaN] = numbers(
      costs,
      name,
      'docs/costs.md',
    );
    const seconds = runs / 1000 + waits;
    if (Number.isNaN(seconds) || Number.isNaN(memory))
      throw new Error(`docs/costs.md: the row '${name}' has no figures`);
    return { seconds, memory };
  };
  return {
    alone: of('`process/process`, an item alone'),
    together: of('`process/process`, ten together'),
    act: of('`act/act`'),
    intake: of('`intake/intake`'),
    publish: of('`record/publish`'),
    authorize: of('`api/authorize`'),
  };
}

function modelsIn(costs: string): Recorded['models'] {
  const [, lines = ''] = costs.split('\n## Lines\n');
  const [, , usd = Number.NaN, , calls = Number.NaN] = numbers(lines, '`refund-request`', 'docs/costs.md');
  if (Number.isNaN(usd + calls)) throw new Error("docs/costs.md: 'refund-request' has no figures of models");
  return { usd, calls };
}
