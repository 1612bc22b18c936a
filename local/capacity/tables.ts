import { costOf, MONTHLY, PRICES, type Unit } from '../../bench/prices.ts';
import { type Line, total } from '../../bench/standing.ts';
import { type AlarmName, JUDGED, pressOf, SEVERITY } from '../../lambdas/contract/alarms/alarms.ts';
import type { Stack } from '../assembly.ts';
import { functionsOf, growing, largest, roomFor } from './deployed.ts';
import { DUTIES } from './duties.ts';
import { HOT_ROWS } from './hot-rows.ts';
import { exceeded, holds, type Limit, limitsOf, PEAK, partsOf, peopleFor } from './limits.ts';
import { QUOTAS, type Quota, type QuotaName, READ_AT } from './quotas.ts';
import { mean, PATHS, type Recorded } from './recorded.ts';
import type { Settings } from './settings.ts';

/* Each table of the client's file, from what is given and nothing else. */

export interface Given {
  recorded: Recorded;
  settings: Settings;
  stacks: readonly Stack[];
  /** What the environment costs by the month without work. */
  standing: readonly Line[];
}

/** Items a day that the page reckons with. */
export const STEPS = [10_000, 100_000, 1_000_000, 10_000_000] as const;

export const SECTIONS = {
  limits: limitsTable,
  steps: (given: Given) => stepsTable(given, STEPS),
  keys: keysTable,
  cost: costTable,
  functions: functionsTable,
  growth: growthTable,
  sizes: sizesTable,
  quotas: quotasTable,
  watched: watchedTable,
  duties: dutiesTable,
} as const satisfies Readonly<Record<string, (given: Given) => string>>;

export type Section = keyof typeof SECTIONS;

/** `-` before a column of numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((name) => (name.startsWith('-') ? '---:' : '---'));
  return [line(head.map((name) => name.replace(/^-/, ''))), line(rule), ...rows.map(line)].join('\n');
}

/** In three digits: what is reckoned from assumptions is no more exact. */
export function round(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const cut = Number(value.toPrecision(3));
  return cut.toLocaleString('en-US', { maximumFractionDigits: Math.min(digits, 6) });
}

const exact = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 2 });
const shown = ({ given, unit }: Limit) => `${exact(given)}${unit}`;

function limitsTable({ recorded, settings }: Given): string {
  const rows = limitsOf(recorded, settings).map((limit) => [
    ...[limit.stage, limit.what, `${round(limit.each)}: ${limit.by}`, `${shown(limit)}: ${limit.from}`],
    ...[round(holds(limit)), limit.kind, limit.raise],
  ]);
  return table(['stage', 'what', 'an item takes', 'bound', '-full at', 'kind', 'raise it by'], rows);
}

/** Of any numbers of items a day, in their order: at each what was not met before, as if all else had been raised. */
export function stepsTable(given: Given, steps: readonly number[]): string {
  const limits = limitsOf(given.recorded, given.settings);
  const rows = steps.map((perDay, at) => {
    const [first, ...others] = exceeded(limits, perDay, steps[at - 1]);
    const parts = partsOf(limits, perDay);
    return [
      ...[exact(perDay), round((perDay * PEAK) / 86_400)],
      first ? `**${first.what}**: ${shown(first)}; ${first.raise}` : 'none that was not raised before',
      others.map(({ what }) => what).join('; ') || '–',
      ...[String(parts), round(peopleFor(given.recorded, perDay)), round(monthly(given, perDay))],
    ];
  });
  return table(
    [
      ...['-items a day', '-at the peak, /s', 'first bottleneck', 'and then'],
      ...['-automations', '-people', '-US$ a month'],
    ],
    rows,
  );
}

/** Dollars for 1,000 items of the recorded mix. */
function perThousand({ recorded }: Pick<Given, 'recorded'>): { aws: number; models: number } {
  const units = Object.keys(PRICES) as Unit[];
  const aws = 1000 * costOf(Object.fromEntries(units.map((unit) => [unit, mean(recorded, unit)])));
  return { aws, models: recorded.models.usd };
}

/** Of 30 days, list prices: AWS, models, and what stands without work. */
export function monthly(given: Given, perDay: number): number {
  const { aws, models } = perThousand(given);
  return ((perDay * 30) / 1000) * (aws + models) + total(given.standing);
}

function keysTable(): string {
  const rows = Object.values(HOT_ROWS).map(({ key, what, of, units }) => [key, what, of, String(units)]);
  return table(['key', 'holds', 'shared by all of one', '-write units of an item'], rows);
}

function costTable(given: Given): string {
  const { recorded, standing } = given;
  const { aws, models } = perThousand(given);
  const paths = PATHS.map((path) => [
    `AWS, 1,000 items: ${path}`,
    (1000 * costOf(recorded.perItem[path])).toFixed(3),
  ]);
  const share = (name: keyof Recorded['shares']) => `${(100 * recorded.shares[name]).toFixed(1)} %`;
  const mix = `${share('acted')} alone, ${share('asked')} asked, ${share('refused')} refused`;
  return table(
    ['of', '-US$'],
    [
      ...paths,
      [`AWS, 1,000 items of the mix: ${mix}`, aws.toFixed(3)],
      ['models, 1,000 items', models.toFixed(3)],
      ['a month without work', total(standing).toFixed(2)],
    ],
  );
}

function functionsTable({ stacks }: Given): string {
  const rows = functionsOf(stacks).map(({ name, memory, timeout, platform, automations: n, fed }) => [
    ...[`\`${name}\``, memory.map(exact).join(' or '), timeout.join(' or '), fed.join('; ') || 'called'],
    [
      ...(platform ? ['platform'] : []),
      ...(n > 0 ? [n === 1 ? 'one automation' : `${n} automations`] : []),
    ].join(', '),
  ]);
  return table(['function', '-MB', '-seconds at most', 'fed by', 'in'], rows);
}

function growthTable({ stacks }: Given): string {
  const rows = growing(stacks).map((one) => {
    const { what, value } = QUOTAS[one.quota];
    return [what, String(one.platform), String(one.each), exact(value), exact(roomFor(one))];
  });
  return table(['what', '-platform', '-each automation', '-quota', '-automations it has room for'], rows);
}

function sizesTable({ stacks }: Given): string {
  const rows = largest(stacks).map(({ quota, where, size }) => {
    const { what, value, unit }: Quota = QUOTAS[quota];
    return [
      what,
      where.replace(/, (.+)/, ', `$1`'),
      `${Math.ceil((100 * size) / value)} %`,
      exact(value) + unit,
    ];
  });
  return table(['what', 'the largest', '-of what may be', 'at most'], rows);
}

const KNOWN = { page: READ_AT, old: 'old copy: check', check: 'check' } as const;

function quotasTable(): string {
  const rows = (Object.keys(QUOTAS) as QuotaName[]).map((name) => {
    const { service, what, value, unit, raise, url, known, adjustable }: Quota = QUOTAS[name];
    return [service, `[${what}](${url})`, exact(value) + unit, adjustable, raise, KNOWN[known]];
  });
  return table(['service', 'quota', '-default', 'adjustable', 'how', 'looked up'], rows);
}

/** As GitHub makes the anchor of a heading. */
const anchor = (heading: string) => heading.replaceAll(/[^\w-]/g, '');

function watchedTable({ stacks, standing }: Given): string {
  const alarms = stacks.flatMap(({ resources }) =>
    Object.values(resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm'),
  );
  const rows = (Object.keys(SEVERITY) as AlarmName[]).map((name) => {
    const own = alarms.filter(({ Properties }) => String(Properties?.AlarmName).endsWith(`: ${name}`)).length;
    const by = name in JUDGED ? 'the clock' : own === 0 ? 'CloudWatch, none here' : `CloudWatch, ${own}`;
    return [
      ...[`[\`${name}\`](runbook.md#${anchor(name)})`, SEVERITY[name], by],
      SEVERITY[name] === 'urgent' ? '`operators` at once, and `onCall`' : '`operators`, in one mail',
      `\`${pressOf(name, 'prod').replace('npm run signalbox -- ', '')}\``,
    ];
  });
  const made = table(['alarm', 'severity', 'watched by', 'told', 'first command, behind `signalbox`'], rows);
  const clocks = total(standing.filter(({ what }) => /^(?:the clock|what the clock|traces)/.test(what)));
  const price = `US$ ${(alarms.length * MONTHLY.alarm).toFixed(2)} a month for ${alarms.length} alarms of CloudWatch`;
  return `${made}\n\nWatching costs ${price}, and US$ ${clocks.toFixed(2)} for the clocks with all else that they do.`;
}

function dutiesTable(): string {
  const rows = DUTIES.map(({ when, who, what, command, page }) => [
    ...[when, who, what, command ? `\`${command}\`` : '–', `[${page.replace(/\.md.*/, '')}](${page})`],
  ]);
  return table(['when', 'who', 'what', 'command', 'how'], rows);
}
