import { html } from 'hono/html';
import { ownersOf } from '../../contract/approval-settings.ts';
import type { Automation } from '../../contract/automation.ts';
import { doorNames } from '../../contract/intake/doors.ts';
import type { Serving } from '../../contract/steps/release.ts';
import type { Markup } from '../../pages/layout.ts';
import { servingWords } from '../../reports/release/words.ts';
import { usd } from '../../reports/words.ts';
import type { reviewView } from '../../tables/reviews/reviews.ts';
import type { DeskContext } from '../context.ts';
import { duration } from '../words.ts';

/* What an automation declares of itself, for who answers for it. */

/** @param serving what serves its steps now, which a promotion may have changed */
export function knownPart(
  { settings }: Pick<DeskContext, 'settings'>,
  automation: Automation,
  serving: Readonly<Record<string, Serving>>,
): Markup {
  const { owner, triggers, data, failureModes, budget, actions } = automation;
  const people = ownersOf(settings, owner);
  const lines: [string, Markup | string][] = [
    [
      'Owner',
      html`${owner}${people.length > 0 ? html` <span class="soft">${people.join(', ')}</span>` : nobodyPart()}`,
    ],
    ['Comes in by', doorNames(automation).join(', ')],
    ['Triggers', listPart(triggers)],
    ['Data', listPart(data)],
    [
      'May do',
      listPart(
        Object.entries(actions).map(
          ([name, { risk, destination }]) => `${name}, to ${destination} (${risk})`,
        ),
      ),
    ],
    ['Goes wrong when', listPart(failureModes)],
    [
      'Prompts in use',
      Object.entries(serving)
        .map(([step, it]) => `${step} ${servingWords(it)}`)
        .join(', ') || 'none',
    ],
    ['Budget', `${usd(budget.perDayUsd)} a day, ${usd(budget.perItemUsd)} an item`],
    ['Promises', promisePart(automation)],
  ];
  return html`<section class="panel known" aria-labelledby="known"><h2 id="known">What it is</h2>
<dl>${lines.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

export function nobodyPart(): Markup {
  return html` <strong class="late"><span aria-hidden="true">!</span> nobody in the configuration</strong>`;
}

/** @returns the day by which it is due, marked where that has passed */
export function duePart({ reviewDue, reviewOverdue }: ReturnType<typeof reviewView>): Markup {
  return reviewOverdue
    ? html`<strong class="late"><span aria-hidden="true">!</span> overdue since ${reviewDue}</strong>`
    : html`by ${reviewDue}`;
}

function listPart(texts: readonly string[]): Markup {
  return html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}

function promisePart({ promise }: Automation): Markup | string {
  if (!promise) return 'nothing';
  const { normalMinutes, byLabel = {} } = promise;
  const ends = Object.entries(byLabel).map(
    ([label, { minutes, calendar }]) =>
      `${label}: ended within ${duration(minutes * 60)}${calendar ? ` of working time (${calendar})` : ''}`,
  );
  return listPart([`begun within ${duration(normalMinutes * 60)}`, ...ends]);
}
