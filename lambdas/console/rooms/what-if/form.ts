import { html } from 'hono/html';
import type { Automation, Threshold } from '../../../contract/automation.ts';
import type { Markup } from '../../../pages/layout.ts';
import { whole } from '../../../reports/words.ts';
import { address, type Site } from '../../site.ts';
import { option } from '../../words.ts';
import { roomPath } from '../review.ts';
import { SPANS, stepOf, type Tried, wasName } from './values.ts';

export const whatIfPath = (name: string) => `${roomPath(name)}/what-if`;

/** Amounts of items by how many of a hundred are up to them. */
const MARKS = [25, 50, 75, 90] as const;

/** Each threshold as a number and as a slider. @param amounts at stake in the items that were read, in order */
export function whatIfForm(
  site: Site,
  { name, thresholds = {} }: Pick<Automation, 'name' | 'thresholds'>,
  { typed, days }: Pick<Tried, 'typed' | 'days'>,
  amounts: readonly number[] = [],
): Markup {
  return html`<form method="get" action="${address(site, whatIfPath(name))}">
${Object.entries(thresholds).map(([of, threshold]) => thresholdPart(of, threshold, typed[of] ?? String(threshold.value), amounts))}
<label for="since">Over the items of</label>
<select id="since" name="since">${SPANS.map((it) => option(`${it}d`, `the last ${it} days`, `${days}d`))}</select>
<div class="buttons"><button class="plain">See what it would have done</button></div></form>`;
}

function thresholdPart(
  name: string,
  threshold: Threshold,
  typed: string,
  amounts: readonly number[],
): Markup {
  const { least, most, value, says } = threshold;
  const step = stepOf(threshold, [String(value), typed]);
  const marks = marksOf(threshold, amounts);
  return html`<fieldset><legend>${name}</legend><p class="soft" id="${name}-says">${says}; ${value} today, from ${least} to ${most}</p>
<label class="quiet" for="${name}-slider">${name}, by a slider</label>
<input id="${name}-slider" name="${name}" type="range" min="${least}" max="${most}" step="${step}" value="${typed}"${marks.length > 0 ? html` list="${name}-marks"` : ''} aria-describedby="${name}-says">
${marks.length > 0 ? html`<datalist id="${name}-marks">${marks.map(({ at }) => html`<option value="${at}"></option>`)}</datalist>` : ''}
<label for="${name}-number">${name}, as a number <span>(it counts where both are changed)</span></label>
<input id="${name}-number" name="${name}" type="number" inputmode="decimal" min="${least}" max="${most}" step="any" value="${typed}" aria-describedby="${name}-says">
<input type="hidden" name="${wasName(name)}" value="${typed}">
${marks.length > 0 ? html`<p class="soft">Amounts of these items: ${marks.map(({ share, at }, index) => `${index > 0 ? ', ' : ''}${share} of a hundred up to ${whole(at)}`)}.</p>` : ''}</fieldset>`;
}

/** Where amounts are what the threshold is about, as far as its range tells. */
function marksOf({ least, most }: Threshold, amounts: readonly number[]): { share: number; at: number }[] {
  const within = amounts.filter((it) => it >= least && it <= most).length;
  if (within < MARKS.length || within < amounts.length / 2) return [];
  return MARKS.map((share) => ({
    share,
    at: amounts[Math.min(amounts.length - 1, Math.ceil((amounts.length * share) / 100) - 1)] ?? least,
  }));
}
