import { html } from 'hono/html';
import type { Automation } from '../../contract/automation.ts';
import type { Markup } from '../../pages/layout.ts';
import { driftView } from '../../reports/drift/view.ts';
import { budgetView, readBudget } from '../../tables/control/budgets.ts';
import { type CautionView, cautionView, readCaution } from '../../tables/control/caution.ts';
import { readHold, stateOf } from '../../tables/control/hold.ts';
import { readDrift } from '../../tables/drift/drift.ts';
import { releasesBeside } from '../../tables/releases/releases.ts';
import { servingOf } from '../../tables/releases/serving.ts';
import { readReview, reviewView } from '../../tables/reviews/reviews.ts';
import { readStanding } from '../../tables/samples/samples.ts';
import type { DeskContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { ITEMS } from '../operate/items.ts';
import type { News } from '../operate/story.ts';
import { mayHold, type Person, seesAll } from '../sign-in/identity.ts';
import { address, type Site } from '../site.ts';
import { dayCharts } from './charts.ts';
import { driftLine, driftPath } from './drift.ts';
import { weeksOf } from './figures.ts';
import { insteadOf, insteadPart } from './instead.ts';
import { knownPart } from './known.ts';
import { marksOf, releaseLine } from './releases.ts';
import { mayReview, releasesPath, reviewPart } from './review.ts';
import { auditedPart, tablesPart } from './tables.ts';
import { tilesPart } from './tiles.ts';
import { whatIfForm } from './what-if/form.ts';
import { triedIn } from './what-if/values.ts';

/** How one automation goes, for who answers for it. Ten reads at most, whatever the number of its items, and those of what answers in a model's place. */
export async function roomScreen(
  context: DeskContext,
  person: Person,
  automation: Automation,
  nonce: unknown,
  { told, fault }: News = {},
): Promise<Screen> {
  const { env, site, settings } = context;
  const { name, purpose } = automation;
  const [weeks, standing, audits, { drift }, releases, instead] = await Promise.all([
    weeksOf(env.CONTROL_TABLE, name, settings),
    standingOf(env.CONTROL_TABLE, automation),
    automation.audit ? readStanding(env.CONTROL_TABLE, name) : undefined,
    readDrift(env.CONTROL_TABLE, name),
    releasesBeside(env.CONTROL_TABLE, name),
    insteadOf(env.CONTROL_TABLE, automation),
  ]);
  const { budget, state, caution, review } = standing;
  const body = html`<nav class="back" aria-label="Back"><a href="${address(site, AUTOMATIONS)}">All automations</a></nav>
<h1>${name}</h1><p>${purpose}</p>
${fault ? html`<p class="fault" role="alert">${fault}</p>` : ''}
${told ? html`<p class="note" role="status">${told}</p>` : ''}
<p class="files"><b>${state}</b> <a href="#known">What it is</a><a href="#review">Review</a>${automation.thresholds ? html`<a href="#what-if">What if</a>` : ''}${mayHold(person) ? html`<a href="${address(site, ITEMS, { automation: name })}">What is stuck</a>` : ''}</p>
${caution.on ? html`<p class="note">${cautionWords(caution, audits?.held)}</p>` : ''}
${driftLine(driftView(name, drift, seesAll(person)), address(site, driftPath(name)))}
${releaseLine(releases, address(site, releasesPath(name)))}
<p class="soft">The last seven days; in bold what changed against the seven before.</p>
${tilesPart(weeks, budget, audits?.precision)}
${dayCharts(weeks, marksOf(releases))}
${auditedPart(audits?.byLabel)}
${tablesPart(weeks, settings)}
<div class="cols">${knownPart(context, automation, servingOf(automation.prompts, releases))}
<div class="column">${insteadPart(instead, mayHold(person))}
${automation.thresholds ? whatIfPart(site, automation) : ''}
${reviewPart(context, name, review, mayReview(context, person, automation) ? nonce : undefined)}</div></div>`;
  return { status: fault ? 400 : 200, title: name, body, at: 'automations', wide: true };
}

/** @param held labels that it asks about because of their audits */
function cautionWords({ everything, actions, labels }: CautionView, held: readonly string[] = []): string {
  const byAudits = labels.filter((label) => held.includes(label));
  const wanted = [...actions, ...labels.filter((label) => !held.includes(label))];
  return [
    everything ? 'It asks a person about everything: an operator wants caution.' : '',
    wanted.length > 0 ? `It asks a person about ${wanted.join(', ')}: an operator wants caution.` : '',
    byAudits.length > 0
      ? `It asks a person about ${byAudits.join(', ')}: audits find too much of that wrong.`
      : '',
  ]
    .filter(Boolean)
    .join(' ');
}

export const AUTOMATIONS = '/console/automations';

function whatIfPart(site: Site, automation: Automation): Markup {
  return html`<section class="panel" aria-labelledby="what-if"><h2 id="what-if">What another threshold would have done</h2>
${whatIfForm(
  site,
  automation,
  triedIn(automation, () => undefined),
)}</section>`;
}

/** What of an automation changes without a deployment. */
export async function standingOf(table: string, automation: Automation) {
  const { name, budget: declared } = automation;
  const [spent, caution, hold, review] = await Promise.all([
    readBudget(table, name),
    readCaution(table, name),
    readHold(table, name),
    readReview(table, name),
  ]);
  const budget = budgetView(declared, spent);
  return {
    ...{ automation, budget, state: stateOf(hold, budget) },
    ...{ caution: cautionView(caution, false), review: reviewView(automation, review) },
  };
}

export type Standing = Awaited<ReturnType<typeof standingOf>>;
