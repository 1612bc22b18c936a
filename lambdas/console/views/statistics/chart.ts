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
  /** A value in words, on the axis and in the table. @default the number itself */
  tell?: (value: number) => string;
  /** Values may be fractions: so may the steps of the axis. @default false */
  fine?: boolean;
  /** It stands beside another one. @default false */
  half?: boolean;
  /** What happened at a bar, by its label: a dashed line, with its words in the table. */
  marks?: Readonly<Record<string, string>>;
}

export const totalOf = ({ values }: Bar): number => values.reduce((sum, value) => sum + value, 0);

/** The picture with its legend, and the same numbers as a table. */
export function figure(chart: ChartOf, drawing: Markup): Markup {
  const { id, title, series, bars, of, tell = String, marks = {} } = chart;
  return html`<figure class="chart panel" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${series.length > 1 ? html`<ul class="legend">${series.map(({ name, colour }) => html`<li><svg class="key" viewBox="0 0 12 12" aria-hidden="true"><rect class="fill-${colour}" width="12" height="12" rx="2"></rect></svg> ${name}</li>`)}</ul>` : ''}
<div class="scroll" role="region" aria-label="${title}, chart" tabindex="0">${drawing}</div>
<details><summary>The numbers as a table</summary><div class="scroll" role="region" aria-label="${title}, table" tabindex="0"><table><caption class="quiet">${title}</caption>
<thead><tr><th scope="col">${of}</th>${series.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${bars.map((bar) => html`<tr><th scope="row">${bar.label}${marks[bar.label] ? html` <span class="soft">${marks[bar.label]}</span>` : ''}</th>${bar.values.map((value) => html`<td>${Number.isNaN(value) ? '–' : tell(value)}</td>`)}</tr>`)}</tbody></table></div></details></figure>`;
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

const COLUMNS = { width: 720, halfWidth: 430, height: 220, left: 36, top: 10, bottom: 28 };

/** Stacked columns, such as days; of many, some have a label. */
export function columns(chart: ChartOf): Markup {
  const { height } = COLUMNS;
  const { bars, series, tell = String } = chart;
  const plane = planeOf(chart, Math.max(...bars.map(totalOf)));
  const { y, pitch, width, left } = plane;
  const drawn = bars.map((bar, at) => {
    const x = left + at * pitch;
    let below = 0;
    const parts = bar.values.map((value, index) => {
      if (value === 0) return '';
      const [from, to] = [y(below), y(below + value)];
      below += value;
      return html`<rect class="fill-${series[index]?.colour ?? ''}" x="${round(x + pitch * 0.12)}" y="${to}" width="${round(pitch * 0.76)}" height="${round(from - to)}"><title>${bar.label}, ${series[index]?.name ?? ''}: ${tell(value)}</title></rect>`;
    });
    return html`${parts}`;
  });
  return svg(chart, { width, height }, html`${plane.grid}${plane.marked}${drawn}${plane.labels}`);
}

/** A line for each series; where nothing was measured (`NaN`) it is broken. */
export function lines(chart: ChartOf): Markup {
  const { height } = COLUMNS;
  const { bars, series, tell = String } = chart;
  const known = bars.flatMap(({ values }) => values.filter((value) => !Number.isNaN(value)));
  const plane = planeOf(chart, Math.max(...known));
  const x = (at: number) => round(plane.left + (at + 0.5) * plane.pitch);
  const drawn = series.map(({ name, colour }, index) => {
    const points = bars.map(({ label, values }, at) => ({ label, at, value: values[index] ?? Number.NaN }));
    const runs = points.map(({ at, value }) =>
      Number.isNaN(value)
        ? ''
        : `${at > 0 && !Number.isNaN(points[at - 1]?.value ?? Number.NaN) ? 'L' : 'M'}${x(at)} ${plane.y(value)}`,
    );
    // Who does not see the colour sees the dashes and the squares.
    const mark = (at: number, value: number, says: string) =>
      index % 2 === 0
        ? html`<circle class="fill-${colour}" cx="${x(at)}" cy="${plane.y(value)}" r="3.5"><title>${says}</title></circle>`
        : html`<rect class="fill-${colour}" x="${x(at) - 3.5}" y="${plane.y(value) - 3.5}" width="7" height="7"><title>${says}</title></rect>`;
    const marks = points.flatMap(({ label, at, value }) =>
      Number.isNaN(value) ? [] : [mark(at, value, `${label}, ${name}: ${tell(value)}`)],
    );
    return html`<path class="line-${colour}${index % 2 === 0 ? '' : ' dashed'}" d="${runs.join('')}"></path>${marks}`;
  });
  return svg(
    chart,
    { width: plane.width, height },
    html`${plane.grid}${plane.marked}${drawn}${plane.labels}`,
  );
}

/** What columns and lines are drawn on. @param top the largest value; below zero where there is none */
function planeOf(chart: ChartOf, top: number) {
  const { bars, fine = false, half = false, tell = String, marks: happened = {} } = chart;
  const { height, left: narrow, top: above, bottom } = COLUMNS;
  const width = half ? COLUMNS.halfWidth : COLUMNS.width;
  const { most, step } = scaleOf(top > 0 && (fine || top > 1) ? top : 1, fine);
  const marks = Array.from({ length: Math.round(most / step) + 1 }, (_, at) =>
    Number((at * step).toPrecision(6)),
  );
  const left = Math.max(narrow, 14 + 7 * Math.max(...marks.map((value) => tell(value).length)));
  const floor = height - bottom;
  const y = (value: number) => round(floor - ((floor - above) * value) / most);
  const pitch = (width - left) / Math.max(1, bars.length);
  const every = Math.ceil(bars.length / (half ? 5 : 10));
  const grid = marks.map(
    (value) => html`<line class="grid" x1="${left}" x2="${width}" y1="${y(value)}" y2="${y(value)}"></line>
<text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${tell(value)}</text>`,
  );
  const labels = bars.map(({ label }, at) =>
    at % every === 0
      ? html`<text x="${round(left + (at + 0.5) * pitch)}" y="${height - 8}" text-anchor="middle">${short(label)}</text>`
      : '',
  );
  const marked = bars.map(({ label }, at) => {
    const x = round(left + (at + 0.5) * pitch);
    const says = happened[label];
    return says === undefined
      ? ''
      : html`<line class="mark" x1="${x}" x2="${x}" y1="${above}" y2="${floor}"><title>${label}: ${says}</title></line>`;
  });
  return { width, left, y, pitch, grid, labels, marked };
}

const ROWS = { width: 360, row: 34, left: 126, right: 40 };

/** Bars that lie, with their label before and their sum behind; `whole` fills each to the same length. */
export function rows(chart: ChartOf, { whole = false }: { whole?: boolean } = {}): Markup {
  const { width, row, left, right } = ROWS;
  const { bars, series, tell = String } = chart;
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
      return html`<rect class="fill-${series[index]?.colour ?? ''}" x="${round(from)}" y="${y + 7}" width="${round(value * unit)}" height="20"><title>${bar.label}, ${series[index]?.name ?? ''}: ${tell(value)}</title></rect>`;
    });
    return html`<text x="${left - 8}" y="${y + 22}" text-anchor="end">${cut(bar.label)}</text>${parts}<text class="sum" x="${round(x + 6)}" y="${y + 22}">${tell(total)}</text>`;
  });
  return svg(chart, { width, height: Math.max(1, bars.length) * row }, drawn);
}

const PAIRS = { row: 48, bar: 17, right: 52 };

/** Bars that lie, for each label one of each series below the other, each with its value behind. */
export function pairs(chart: ChartOf): Markup {
  const { width, left } = ROWS;
  const { bars, series, tell = String } = chart;
  const most = Math.max(...bars.flatMap(({ values }) => values)) || 1;
  const drawn = bars.map(({ label, values }, at) => {
    const parts = values.map((value, index) => {
      const [y, long] = [
        at * PAIRS.row + 5 + index * (PAIRS.bar + 1),
        (value / most) * (width - left - PAIRS.right),
      ];
      return html`<rect class="fill-${series[index]?.colour ?? ''}" x="${left}" y="${y}" width="${round(long)}" height="${PAIRS.bar}"><title>${label}, ${series[index]?.name ?? ''}: ${tell(value)}</title></rect><text class="sum" x="${round(left + long + 6)}" y="${y + 13}">${tell(value)}</text>`;
    });
    return html`<text x="${left - 8}" y="${at * PAIRS.row + 28}" text-anchor="end">${cut(label)}</text>${parts}`;
  });
  return svg(chart, { width, height: Math.max(1, bars.length) * PAIRS.row }, drawn);
}

/** The top of an axis and the step of its lines: numbers that people count in, whole unless `fine`, four steps at most. */
export function scaleOf(most: number, fine = false): { most: number; step: number } {
  const rough = fine ? most / 4 : Math.max(1, most / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((it) => it * power >= rough) ?? 10) * power;
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
