import { html } from 'hono/html';
import type { Form } from '../../approve/channels/page/proof.ts';
import type { Automation } from '../../contract/automation.ts';
import type { EndedRelease, ShadowCounts } from '../../contract/steps/release.ts';
import type { Markup } from '../../pages/layout.ts';
import type { Comparison } from '../../reports/release/compare.ts';
import { type ReleasesView, viewOf } from '../../reports/release/standing.ts';
import {
  boundsWords,
  endWords,
  itemsWords,
  MEASURE_NAMES,
  SAYS_WORDS,
  servingWords,
  shadowFacts,
  valueWords,
} from '../../reports/release/words.ts';
import { percent } from '../../reports/words.ts';
import { type ReleasesRow, readReleases } from '../../tables/releases/releases.ts';
import type { DeskContext } from '../context.ts';
import { OLD_FORM } from '../forms.ts';
import type { Screen } from '../frame.ts';
import { itemNumber, itemPath } from '../operate/items.ts';
import { press } from '../operate/press.ts';
import { reasonField, reasonIn } from '../operate/reason.ts';
import type { News } from '../operate/story.ts';
import { address, type Site } from '../site.ts';
import { timeMark } from '../words.ts';
import { rehearsalsPart } from './rehearsals.ts';
import { releasesPath, roomPath } from './review.ts';

/** What serves an automation's steps, what is tried, and how it goes. @param nonce of the form; undefined for who may not press */
export async function releasesScreen(
  context: DeskContext,
  automation: Automation,
  nonce: unknown,
  { told, fault }: News = {},
): Promise<Screen> {
  const { name } = automation;
  const { env, site } = context;
  const [row, rehearsed] = await Promise.all([
    readReleases(env.CONTROL_TABLE, name),
    rehearsalsPart(context, name),
  ]);
  const { serving, running, ended } = await viewOf(automation, row, env.CONTROL_TABLE);
  const [last] = ended;
  const [step = 'route'] = Object.keys(serving);
  const undoes =
    !running && last?.end.as === 'promoted' && serving[last.step]?.prompt === last.candidate.prompt;
  const body = html`<nav class="back" aria-label="Back"><a href="${address(site, roomPath(name))}">${name}</a></nav>
<h1>Releases of ${name}</h1>
${fault ? html`<p class="fault" role="alert">${fault}</p>` : ''}
${told ? html`<p class="note" role="status">${told}</p>` : ''}
<p>${Object.entries(serving).map(([step, it]) => html`<b>${step}</b> is served by ${servingWords(it)}. `)}</p>
${running ? runningPart(site, nonce !== undefined, running) : html`<p class="empty">No release runs. Operators begin one by <code>signalbox release ${name} ${step} v2 --canary 5% --reason "…"</code>.</p>`}
${nonce && (running || undoes) ? buttonsPart(address(site, releasesPath(name)), { running, last }, nonce) : ''}
${rehearsed}
${endedPart(site, ended, nonce !== undefined)}`;
  return { status: fault ? 400 : 200, title: `Releases of ${name}`, body, at: 'automations', wide: true };
}

/** For the automation's own page. */
export function releaseLine(row: ReleasesRow | undefined, link: string): Markup {
  const { running, ended = [] } = row ?? {};
  const last = ended[0];
  const words = running
    ? html`<strong>${servingWords(running.candidate)}</strong> is tried on ${percent(running.share)} of the items (${running.mode})`
    : last
      ? html`${servingWords(last.candidate)} was ${last.end.as.replace('-', ' ')}, ${timeMark(last.end.at)}`
      : 'nothing is tried';
  return html`<p><a href="${link}">Releases</a>: ${words}</p>`;
}

/** By day (UTC): what began and ended, for the charts. */
export function marksOf(row: ReleasesRow | undefined): Record<string, string> {
  const { running, ended = [] } = row ?? {};
  const began = [...(running ? [running] : []), ...ended].map(
    ({ at, candidate, mode }) => [at, `${servingWords(candidate)}: ${mode}`] as const,
  );
  const over = ended.map(
    ({ candidate, end }) => [end.at, `${servingWords(candidate)}: ${end.as.replace('-', ' ')}`] as const,
  );
  const days = Map.groupBy(
    [...began, ...over].sort(([a], [b]) => (a < b ? -1 : 1)),
    ([at]) => at.slice(0, 10),
  );
  return Object.fromEntries([...days].map(([day, told]) => [day, told.map(([, words]) => words).join('; ')]));
}

type Running = NonNullable<ReleasesView['running']>;

function runningPart(
  site: Site,
  opens: boolean,
  { step, mode, share, stable, candidate, by, at, reason, ...more }: Running,
): Markup {
  const { comparison, promotes, until, shadow } = more;
  return html`<section aria-labelledby="running"><h2 id="running">${step}: ${servingWords(stable)} → ${servingWords(candidate)}</h2>
<p>${mode}, ${percent(share)} of the items, since ${timeMark(at)}${until ? html`, until ${timeMark(until)}` : ''}. ${by}: <q>${reason}</q></p>
${shadow ? shadowPart(site, shadow, opens) : comparisonPart(comparison, promotes === true)}</section>`;
}

const WORDS = {
  WORSE: 'It is rolled back by itself within a minute:',
  BETTER: 'It is better:',
  INCONCLUSIVE: 'Nobody can say yet:',
} as const;

function comparisonPart({ verdict, why, items, measures }: Comparison, promotes: boolean): Markup {
  const title = 'Both sides';
  return html`<p class="${verdict === 'WORSE' ? 'fault' : 'note'}" role="status"><b>${verdict}</b> ${WORDS[verdict]} ${why}.${promotes ? ' Once it is better, it is promoted by itself.' : ''}</p>
<div class="wide" role="region" aria-label="${title}" tabindex="0"><table><caption class="quiet">${title}</caption>
<thead><tr><th scope="col">Measure</th><th scope="col">Says</th><th scope="col">Stable, ${itemsWords(items.stable)}</th><th scope="col">Candidate, ${itemsWords(items.candidate)}</th><th scope="col">Difference</th></tr></thead>
<tbody>${measures.map((it) => html`<tr><th scope="row">${MEASURE_NAMES[it.name]}</th><td>${it.says === 'worse' ? html`<strong class="late"><span aria-hidden="true">!</span> worse</strong>` : SAYS_WORDS[it.says]}</td><td>${valueWords(it.name, it.stable)}</td><td>${valueWords(it.name, it.candidate)}</td><td>${boundsWords(it)}</td></tr>`)}</tbody></table></div>`;
}

function shadowPart(site: Site, shadow: ShadowCounts, opens: boolean): Markup {
  const { items, differing = [] } = shadow;
  if (items === 0) return html`<p class="empty">It has thought about no item yet.</p>`;
  return html`<p>It thought about ${itemsWords(items)} beside the stable one, without any effect.</p>
<ul>${shadowFacts(shadow).map(([name, says]) => html`<li>${name}: <b>${says}</b></li>`)}</ul>
${differing.length > 0 ? html`<p>It came to something else about ${differing.map((id, at) => html`${at > 0 ? ', ' : ''}${opens ? html`<a href="${address(site, itemPath(id))}">${itemNumber(id)}</a>` : itemNumber(id)}`)}${differing.length >= 50 ? ' and others' : ''}.</p>` : ''}`;
}

/** @param last what is taken back where nothing runs */
function buttonsPart(
  action: string,
  { running, last }: { running: Running | undefined; last: EndedRelease | undefined },
  nonce: unknown,
): Markup {
  const promotes = running !== undefined && running.mode !== 'shadow';
  const worse = running?.comparison.verdict === 'WORSE';
  const back = running?.stable ?? last?.stable;
  return html`<section aria-labelledby="decide"><h2 id="decide">${running ? 'End it' : 'Take the last promotion back'}</h2>
<form method="post" action="${action}">${nonce}
${reasonField('release-reason')}
<input type="hidden" name="release" value="${running?.id ?? last?.id ?? ''}">
<div class="buttons">${promotes ? html`<button class="${worse ? 'plain' : 'approve'}" name="what" value="promote">Promote: it serves all</button>` : ''}
<button class="reject" name="what" value="rollback">Roll back${back ? ` to ${servingWords(back)}` : ''}</button></div></form></section>`;
}

function endedPart(site: Site, ended: ReleasesView['ended'], opens: boolean): Markup | string {
  if (ended.length === 0) return '';
  return html`<h2>Before</h2><ul>${ended.map((one) => html`<li>${endWords(one)}, ${timeMark(one.end.at)} <span class="soft">${one.end.by}: <q>${one.end.reason}</q></span>${one.shadow ? html`<details><summary>What it came to</summary>${shadowPart(site, one.shadow, opens)}</details>` : ''}</li>`)}</ul>`;
}

/** @param form undefined where it is none of ours */
export async function pressRelease(
  context: DeskContext,
  person: Parameters<typeof press>[1],
  { name }: Automation,
  form: Form | undefined,
): Promise<News> {
  if (!form) return { fault: OLD_FORM };
  const said = reasonIn(form);
  if ('fault' in said) return said;
  const what = form.field('what');
  if (what !== 'promote' && what !== 'rollback')
    return { fault: 'Nothing was done: please press one of the buttons.' };
  const at =
    what === 'promote'
      ? 'POST /v1/automations/{name}/releases/promote'
      : 'POST /v1/automations/{name}/releases/rollback';
  // What was on the page is meant, and nothing that came since.
  const ifRelease = form.field('release');
  const body = { ...said, ...(ifRelease ? { ifRelease } : {}) };
  const pressed = await press(context, person, { at, params: { name }, body });
  if ('fault' in pressed) return pressed;
  return {
    told: what === 'promote' ? 'It serves all items from now on.' : 'The stable one serves all items again.',
  };
}
