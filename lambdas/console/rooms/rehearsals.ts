import { html } from 'hono/html';
import { VERDICTS } from '../../contract/item/status.ts';
import type { Change, KeptRehearsal } from '../../contract/steps/rehearsal.ts';
import { shownText } from '../../kit/text.ts';
import type { Markup } from '../../pages/layout.ts';
import { time, usd, whole } from '../../reports/words.ts';
import { readRehearsals } from '../../tables/releases/rehearsals.ts';
import { askedOf, untoldPart } from '../audits/waiting.ts';
import type { DeskContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { itemNumber, itemPath } from '../operate/items.ts';
import { mayHold, type Person } from '../sign-in/identity.ts';
import { address, type Site } from '../site.ts';
import { columns, figure } from '../views/statistics/chart.ts';
import { counted, timeMark } from '../words.ts';
import { releasesPath, roomPath } from './review.ts';
import { cell } from './tables.ts';

const rehearsalPath = (name: string, id: string) => `${roomPath(name)}/rehearsals/${id}`;

/** On the page of an automation's releases: what was rehearsed. */
export async function rehearsalsPart({ env, site }: DeskContext, name: string): Promise<Markup | string> {
  const kept = await readRehearsals(env.CONTROL_TABLE, name);
  if (kept.length === 0) return '';
  return html`<h2>Rehearsed</h2><ul>${kept.map((one) => html`<li><a class="row-link" href="${address(site, rehearsalPath(name, one.id))}">${triedOf(one)}</a>: ${whole(changedIn(one))} of ${counted(one.rehearsed, 'item')} would change <span class="soft">${one.by}, ${timeMark(one.at)}</span></li>`)}</ul>`;
}

function shownDeep<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, one) => (typeof one === 'string' ? shownText(one) : one));
}

const changedIn = ({ changed, more = 0 }: KeptRehearsal) => changed.length + more;
const triedOf = ({ candidate }: KeptRehearsal) => Object.values(candidate).join(', ');

/**
 * What a candidate made of items that came before. Ids, labels and amounts are for whoever sees the automation's page; what items say is
 * behind their links, for operators.
 */
export async function rehearsalScreen(
  context: DeskContext,
  person: Person,
  name: string,
  id: string,
): Promise<Screen | undefined> {
  const { env, site } = context;
  const found = (await readRehearsals(env.CONTROL_TABLE, name)).find((it) => it.id === id);
  // Models and labels are named by others: no sign of theirs turns a line.
  const kept = found && shownDeep(found);
  if (!kept) return undefined;
  const asked = await askedOf(context, person, name);
  const title = `${triedOf(kept)}, rehearsed`;
  const { by, at, since, model } = kept;
  const body = html`<nav class="back" aria-label="Back"><a href="${address(site, releasesPath(name))}">Releases of ${name}</a></nav>
<h1>${title}</h1>
<p>${name} thought again about items received since ${timeMark(since)}, with ${triedOf(kept)}. Nothing was done with it. Rehearsed by ${by}, ${timeMark(at)}; answered by ${model}.</p>
${kept.blind ? html`<p class="fault" role="note">This model does not read prompts: what the prompt would change cannot be told by it.</p>` : ''}
<div class="beside">${verdictsPart(kept)}${factsPart(kept)}</div>
${changedPart(site, kept, asked, mayHold(person))}`;
  return { status: 200, title, body, at: 'automations', wide: true };
}

const WORDS = { act: 'acts alone', ask: 'asks a person', refuse: 'is refused' } as const;
const COLOURS = { act: 'approved', ask: 'plain', refuse: 'rejected' } as const;

function verdictsPart({ verdicts: { kept, candidate }, rehearsed }: KeptRehearsal): Markup {
  const chart = {
    ...{ id: 'verdicts', title: 'What becomes of them', of: 'Judged', half: true },
    description: VERDICTS.map((it) => `${WORDS[it]}: ${kept[it]}, then ${candidate[it]}`).join('; '),
    series: VERDICTS.map((it) => ({ name: WORDS[it], colour: COLOURS[it] })),
    bars: [
      { label: 'as it came', values: VERDICTS.map((it) => kept[it]) },
      { label: 'rehearsed', values: VERDICTS.map((it) => candidate[it]) },
    ],
  };
  return rehearsed === 0
    ? html`<section class="panel"><p class="empty">It came to nothing about any item.</p></section>`
    : figure(chart, columns(chart));
}

const KINDS = [
  ['verdict', 'verdict'],
  ['label', 'label'],
  ['actions', 'action'],
  ['amount', 'amount'],
  ['parameters', 'parameter'],
] as const satisfies readonly (readonly [keyof Change, string])[];

function factsPart(kept: KeptRehearsal): Markup {
  const { rehearsed, changed, costUsd, medianMs, mostUsd, leftOut } = kept;
  const [right, wrong] = [true, false].map((it) => changed.filter((one) => one.right === it).length);
  const kinds = KINDS.map(
    ([kind, says]) => [says, changed.filter((one) => one[kind] !== undefined).length] as const,
  )
    .filter(([, n]) => n > 0)
    .map(([says, n]) => `${says} of ${whole(n)}`);
  const facts: [string, Markup | string][] = [
    ['Would change', `${whole(changedIn(kept))} of ${counted(rehearsed, 'item')}`],
    ...(kinds.length > 0 ? [['Another', kinds.join(', ')] as [string, string]] : []),
    [
      'People had decided',
      right || wrong
        ? `${whole(right ?? 0)} as it would alone, ${whole(wrong ?? 0)} otherwise`
        : 'none that it would decide alone now',
    ],
    ['Cost of models', `${usd(costUsd.candidate)}; ${usd(costUsd.kept)} when they came`],
    ...(mostUsd === null ? [] : [['At most', usd(mostUsd)] as [string, string]]),
    ...(medianMs === null ? [] : [['Half within', time(medianMs)] as [string, string]]),
    ...Object.entries(leftOut).map(([why, n]): [string, string] => [
      'Left out',
      `${whole(n)}: ${shownText(why)}`,
    ]),
  ];
  return html`<section class="panel known" aria-labelledby="found"><h2 id="found">What was found</h2>
<dl>${facts.map(([name, says]) => html`<div><dt>${name}</dt><dd>${says}</dd></div>`)}</dl></section>`;
}

const HEADS = ['Item', 'Verdict', 'Label', 'Action', 'Amount', 'Parameters', 'People said'];

function changedPart(
  site: Site,
  { changed, more = 0 }: KeptRehearsal,
  asked: ReadonlySet<string>,
  opens: boolean,
): Markup {
  if (changed.length === 0) return html`<p class="empty">No item would change.</p>`;
  const title = 'What would change';
  const told = changed.filter(({ id }) => !asked.has(id));
  const untold = untoldPart({ site }, changed.length - told.length);
  return html`<h2>${title}</h2>${untold}
${more > 0 ? html`<p class="note">${whole(changed.length)} of them are kept, and what is told of labels, amounts and people is of these; ${whole(more)} others would change as well.</p>` : ''}
${told.length > 0 ? toldTable(site, title, told, opens) : ''}`;
}

function toldTable(site: Site, title: string, told: readonly Change[], opens: boolean): Markup {
  return html`${opens ? '' : html`<p class="soft">Operators can open these items.</p>`}
<table class="list" role="table"><caption class="quiet">${title}</caption>
<thead role="rowgroup"><tr role="row">${HEADS.map((it) => html`<th role="columnheader" scope="col">${it}</th>`)}</tr></thead>
<tbody role="rowgroup">${told.map((it) => changedLine(site, it, opens))}</tbody></table>`;
}

function changedLine(site: Site, change: Change, opens: boolean): Markup {
  const { id, verdict, label, actions, amount, parameters = [], decision = '', right } = change;
  const number = opens
    ? html`<a class="row-link number" href="${address(site, itemPath(id))}">${itemNumber(id)}</a>`
    : html`<span class="number">${itemNumber(id)}</span>`;
  const said = right === false ? `${decision}: otherwise` : decision;
  return html`<tr role="row"><th role="rowheader" scope="row">${number}</th>
${cell('Verdict', arrow(verdict))}${cell('Label', arrow(label))}${cell('Action', arrow(actions))}${cell('Amount', arrow(amount))}${cell('Parameters', parameters.join(', '))}${cell('People said', said)}</tr>`;
}

const arrow = (pair: readonly [string, string] | undefined) =>
  pair ? pair.map((it) => it || 'none').join(' → ') : '';
