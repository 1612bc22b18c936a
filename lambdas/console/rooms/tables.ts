import { html } from 'hono/html';
import type { Share } from '../../kit/numbers/shares.ts';
import type { Markup } from '../../pages/layout.ts';
import { percent, time, usd, whole } from '../../reports/words.ts';
import type { Quality } from '../../tables/samples/quality.ts';
import { WINDOW_DAYS } from '../../tables/samples/samples.ts';
import { type AttentionRates, viewOf } from '../../tables/statistics/view.ts';
import type { Weeks } from './figures.ts';

/* The last seven days by label, by stage, by version of prompts and by the group that was asked. */

export function tablesPart({ figures, newPrompts }: Weeks, rates: AttentionRates): Markup {
  const { by, attention, latencyMs, queueAgeMs } = viewOf(figures, false, rates);
  const { total, ...stages } = latencyMs;
  const times = Object.entries({
    'waiting in a queue': queueAgeMs,
    ...stages,
    'from arrival to the end': total,
  })
    .filter(([, of]) => of?.p50 !== null && of?.p50 !== undefined)
    .map(([stage, of]) => [stage, time(of?.p50), time(of?.p95), time(of?.p99)]);
  const labels = Object.entries(by.label ?? {}).map(([label, it]) => [
    label,
    whole(it.counts.judged ?? 0),
    whole(it.counts.done ?? 0),
    percent(it.overrideRate),
    time(it.latencyMs?.p95),
    usd(it.costUsd),
  ]);
  const prompts = Object.entries(by.promptVersion ?? {})
    .filter(([version]) => version !== 'none')
    .map(([version, it]) => [
      newPrompts.includes(version) ? `${version} (new this week)` : version,
      whole(it.counts.calls ?? 0),
      whole(it.counts.failed ?? 0),
      percent(it.overrideRate),
      usd(it.costUsd),
    ]);
  const groups = Object.entries(attention.byGroup).map(([group, it]) => [
    group,
    whole(it.asked),
    whole(it.decided),
    percent(it.agreement),
    percent(it.shareFast),
    time(it.activeMs.p50),
    usd(it.costUsd),
  ]);
  return html`${tablePart('By label', ['Label', 'Judged', 'Done', 'Overridden', '95 within', 'Models'], labels)}
${tablePart('By stage', ['Stage', 'Half within', '95 within', '99 within'], times)}
${tablePart('By version of prompts', ['Version', 'Calls', 'Failed', 'Overridden', 'Models'], prompts)}
${tablePart('By group of approvers', ['Group', 'Asked', 'Decided', 'As proposed', 'Fast', 'Half within', 'Cost'], groups)}
<p class="soft">People's time is that on approval pages, of groups and never of a person; of decisions in Slack it is not known.</p>`;
}

/** Of the last days: what people who had not seen what was done found right of each label. */
export function auditedPart(byLabel: Readonly<Record<string, Quality>> = {}): Markup | string {
  const rows = Object.entries(byLabel).map(([label, { precision, recall }]) => [
    label,
    ...[precision, recall].flatMap((share) => [boundsOf(share), whole(share.n)]),
  ]);
  return tablePart('Audits by label', ['Label', 'Right', 'of', 'Found', 'of'], rows, `${WINDOW_DAYS} days`);
}

function boundsOf({ value, low, high }: Share): string {
  return value === null ? percent(value) : `${percent(value)} (${percent(low)} to ${percent(high)})`;
}

function tablePart(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  span = 'seven days',
): Markup | string {
  if (rows.length === 0) return '';
  return html`<h2>${title}</h2><div class="wide" role="region" aria-label="${title}" tabindex="0"><table><caption class="quiet">${title}, of the last ${span}</caption>
<thead><tr>${heads.map((it) => html`<th scope="col">${it}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...others]) =>
      html`<tr><th scope="row">${first}</th>${others.map((it) => html`<td>${it}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** A cell of a list that becomes a card on a phone. */
export function cell(name: string, value: Markup | string): Markup {
  return html`<td role="cell" data-name="${name}"><span>${value}</span></td>`;
}
