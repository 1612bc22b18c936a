import { html } from 'hono/html';
import type { ApprovalRow } from '../../contract/approval.ts';
import type { ItemRow, LineageEntry, TimelineEvent } from '../../contract/item/row.ts';
import { timelineOf } from '../../contract/item/timeline.ts';
import type { Markup } from '../../pages/layout.ts';
import { exactMark } from '../words.ts';
import type { StoryLine } from './family.ts';

/* The item's way here. Made from data that every approval has: an attention check must not stand out. */

export function storyPart(
  row: ApprovalRow,
  item: ItemRow | undefined,
  family: readonly StoryLine[],
  zone?: string,
): Markup {
  const open = row.status === 'pending';
  const timeline = item ? (open ? item.timeline : timelineOf(item)) : open ? likely(row) : [];
  return html`<section aria-labelledby="timeline"><h2 id="timeline">Timeline of the item</h2>
${timeline.length > 0 ? timelineTable(timeline, zone) : html`<p class="soft">${row.attentionCheck ? 'There is no item: this was a test.' : 'The item is no longer kept.'}</p>`}</section>
<section aria-labelledby="lineage"><h2 id="lineage">Lineage</h2>
${thoughtTable(row, family)}
${!open && item?.lineage ? costTable(item.lineage) : ''}</section>`;
}

function timelineTable(timeline: readonly TimelineEvent[], zone: string | undefined): Markup {
  return html`<table class="log"><caption class="quiet">What happened to the item, oldest first</caption>
<thead><tr><th scope="col">When</th><th scope="col">What</th></tr></thead>
<tbody>${timeline.map((event) => html`<tr><td>${exactMark(second(event.at), zone)}</td><td>${eventWords(event)}</td></tr>`)}</tbody></table>`;
}

/** No more of a time than is shown. */
const second = (at: string) => `${at.slice(0, 19)}Z`;

/** The path of every item to an approval, at about its usual times. */
function likely({ createdAt, facts, group, id, trail }: ApprovalRow): TimelineEvent[] {
  const before = (seconds: number) => new Date(Date.parse(createdAt) - seconds * 1000).toISOString();
  const thinking = 2 + (id.charCodeAt(id.length - 4) % 5);
  return [
    { at: before(thinking + 1), event: 'received' },
    { at: before(thinking), event: 'processing' },
    { at: before(thinking), event: 'prepared' },
    { at: before(Math.ceil(thinking / 2)), event: 'routed', label: facts.label },
    { at: before(1), event: 'evaluated', action: facts.action },
    { at: before(1), event: 'gated', verdict: 'ask' },
    { at: createdAt, event: 'waiting_approval', group },
    ...trail.flatMap(({ at, event, to, by }): TimelineEvent[] => {
      if (event === 'escalated') return [{ at, event, group: to, by }];
      return event === 'handed_over' ? [{ at, event, to, by }] : [];
    }),
  ];
}

/** Facts to show behind an event, in this order; other facts are for machines. */
const TOLD = ['label', 'action', 'verdict', 'group', 'to', 'decision', 'by', 'status', 'reason'] as const;

function eventWords(event: TimelineEvent): string {
  const facts = TOLD.flatMap((name) => {
    const fact = event[name];
    return typeof fact === 'string' || typeof fact === 'number' ? [`${name} ${fact}`] : [];
  });
  const name = event.event.replaceAll('_', ' ');
  return facts.length > 0 ? `${name}: ${facts.join(', ')}` : name;
}

function thoughtTable({ facts, itemId, generation }: ApprovalRow, family: readonly StoryLine[]): Markup {
  const { models, promptVersions, policyVersion, confidence, sources } = facts;
  const listed = (names: readonly string[]) => [...new Set(names)].join(', ') || 'none';
  const lines: readonly StoryLine[] = [
    ['Models', listed(models)],
    ['Prompts', listed(promptVersions)],
    ['Policy', policyVersion],
    ['Confidence', confidence === null ? 'not measured' : `${Math.round(confidence * 100)} %`],
    ['Sources', listed(sources)],
    ['Item', `${itemId}, generation ${generation}`],
    ...family,
  ];
  return html`<table class="log"><caption class="quiet">Where the proposal comes from</caption>
<tbody>${lines.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>`;
}

function costTable(lineage: readonly LineageEntry[]): Markup {
  return html`<table class="log"><caption>Paid steps</caption>
<thead><tr><th scope="col">Step</th><th scope="col">Model</th><th scope="col">Prompt</th><th scope="col">US$</th></tr></thead>
<tbody>${lineage.map(
    (
      it,
    ) => html`<tr><th scope="row">${it.step}${it.tools ? html` <span class="soft">asks ${it.tools.join(', ')}</span>` : ''}</th><td>${it.source ?? it.model}</td><td>${it.promptVersion}</td>
<td>${it.cached ? 'cached' : it.costUsd.toFixed(5)}</td></tr>`,
  )}</tbody></table>`;
}
