import { html } from 'hono/html';
import type { Markup } from '../../../pages/layout.ts';

/* Charts as SVG that the server draws: no script, and the colours of the page, light or dark. */

export interface Series {
  /** Its word in the legend and the table. */
  name: string;
  /** Its class in the style sheet: `approved` … */
  colour: string;
}

export interface Bar {
  label: string;
  /** One per series. */
  values: readonly number[];
}

export interface ChartOf {
  id: string;
  title: string;
  /** What it shows, in a sentence, for people who do not see it. */
  description: string;
  /** What a bar stands for: the head of the table's first column. */
  of: string;
  series: readonly Series[];
  bars: readonly Bar[];
}

export const totalOf = ({ values }: Bar): number => values.reduce((sum, value) => sum + value, 0);

/** The picture with its legend, and the same numbers as a table. */
export function figure(chart: ChartOf, drawing: Markup): Markup {
  const { id, title, series, bars, of } = chart;
  return html`<figure class="chart panel" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${series.length > 1 ? html`<ul class="legend">${series.map(({ name, colour }) => html`<li><svg class="key" viewBox="0 0 12 12" aria-hidden="true"><rect class="fill-${colour}" width="12" height="12" rx="2"></rect></svg> ${name}</li>`)}</ul>` : ''}
<div class="scroll" role="region" aria-label="${title}, chart" tabindex="0">${drawing}</div>
<details><summary>The numbers as a table</summary><div class="scroll" role="region" aria-label="${title}, table" tabindex="0"><table><caption class="quiet">${title}</caption>
<thead><tr><th scope="col">${of}</th>${series.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${bars.map((bar) => html`<tr><th scope="row">${bar.label}</th>${bar.values.map((value) => html`<td>${value}</td>`)}</tr>`)}</tbody></table></div></details></figure>`;
}

/** The frame of a drawing: its size in its own units, title and description for screen readers. */
function svg(
  { id, title, description }: ChartOf,
  { width, height }: { width: number; height: number },
  parts: unknown,
): Markup {
  return html`<svg class="${width > 500 ? 'broad' : 'narrow'}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-about">
<title id="${id}-title">${title}</title><desc id="${id}-about">${description}</desc>${parts}</svg>`;
}

const COLUMNS = { width: 720, height: 220, left: 36, top: 10, bottom: 28 };

/** Stacked columns, such as days; of many, some have a label. */
export function columns(chart: ChartOf): Markup {
  const { width, height, left, top, bottom } = COLUMNS;
  const { bars, series } = chart;
  const { most, step } = scaleOf(Math.max(1, ...bars.map(totalOf)));
  const floor = height - bottom;
  const y = (value: number) => round(floor - ((floor - top) * value) / most);
  const pitch = (width - left) / Math.max(1, bars.length);
  const every = Math.ceil(bars.length / 10);
  const lines = Array.from({ length: Math.round(most / step) + 1 }, (_, at) => at * step).map(
    (value) => html`<line class="grid" x1="${left}" x2="${width}" y1="${y(value)}" y2="${y(value)}"></line>
<text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  const drawn = bars.map((bar, at) => {
    const x = left + at * pitch;
    let below = 0;
    const parts = bar.values.map((value, index) => {
      if (value === 0) return '';
      const [from, to] = [y(below), y(below + value)];
      below += value;
      return html`<rect class="fill-${series[index]?.colour ?? ''}" x="${round(x + pitch * 0.12)}" y="${to}" width="${round(pitch * 0.76)}" height="${round(from - to)}"><title>${bar.label}, ${series[index]?.name ?? ''}: ${value}</title></rect>`;
    });
    const label =
      at % every === 0
        ? html`<text x="${round(x + pitch / 2)}" y="${height - 8}" text-anchor="middle">${short(bar.label)}</text>`
        : '';
    return html`${parts}${label}`;
  });
  return svg(chart, { width, height }, html`${lines}${drawn}`);
}

const ROWS = { width: 360, row: 34, left: 126, right: 40 };

/** Bars that lie, with their label before and their sum behind; `whole` fills each to the same length. */
export function rows(chart: ChartOf, { whole = false }: { whole?: boolean } = {}): Markup {
  const { width, row, left, right } = ROWS;
  const { bars, series } = chart;
  const most = Math.max(1, ...bars.map(totalOf));
  const drawn = bars.map((bar, at) => {
    const total = totalOf(bar);
    const unit = (width - left - right) / (whole ? Math.max(1, total) : most);
    const y = at * row;
    let x: number = left;
    const parts = bar.values.map((value, index) => {
      if (value === 0) return '';
      const from = x;
      x += value * unit;
      return html`<rect class="fill-${series[index]?.colour ?? ''}" x="${round(from)}" y="${y + 7}" width="${round(value * unit)}" height="20"><title>${bar.label}, ${series[index]?.name ?? ''}: ${value}</title></rect>`;
    });
    return html`<text x="${left - 8}" y="${y + 22}" text-anchor="end">${cut(bar.label)}</text>${parts}<text class="sum" x="${round(x + 6)}" y="${y + 22}">${total}</text>`;
  });
  return svg(chart, { width, height: Math.max(1, bars.length) * row }, drawn);
}

/** The top of an axis and the step of its lines: whole numbers that people count in, four steps at most. */
export function scaleOf(most: number): { most: number; step: number } {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = Math.max(1, ([1, 2, 5, 10].find((it) => it * power >= rough) ?? 10) * power);
  return { most: Math.ceil(most / step) * step, step };
}

/** `2026-12-24` as `24 Dec`. */
function short(day: string): string {
  const at = Date.parse(`${day}T00:00:00.000Z`);
  if (Number.isNaN(at)) return day;
  return new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
}

const MOST_LABEL = 17;
const cut = (label: string) => (label.length > MOST_LABEL ? `${label.slice(0, MOST_LABEL - 1)}…` : label);
const round = (value: number) => Math.round(value * 10) / 10;
