import { html } from 'hono/html';
import type { ApprovalRow, TrailEntry } from '../../contract/approval.ts';
import type { Markup } from '../../pages/layout.ts';
import { CHANNEL_WORDS, EVENT_WORDS, exactMark, minute, timeMark } from '../words.ts';

/** Who is asked, and what was done about the approval, from its append-only record. */
export function trailPart(row: ApprovalRow, zone?: string): Markup {
  return html`<section aria-labelledby="people"><h2 id="people">Who is asked</h2>${peopleTable(row, zone)}</section>
<section aria-labelledby="trail"><h2 id="trail">What happened to the approval</h2>${trailTable(row.trail, zone)}</section>`;
}

function peopleTable(
  { asked, votes, claim, group, quorum, status, decision, decidedBy, decidedAt }: ApprovalRow,
  zone: string | undefined,
): Markup {
  const people = Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1));
  const state = (email: string) => {
    const { mailedAt, remindedAt } = asked[email] ?? {};
    const vote = votes[email];
    if (vote) return html`approved ${timeMark(vote.at, undefined, zone)}`;
    if (decidedBy === email && (decision === 'reject' || decision === 'again')) {
      const said = decision === 'reject' ? 'rejected' : 'sent back';
      return decidedAt ? html`${said} ${timeMark(decidedAt, undefined, zone)}` : said;
    }
    if (status === 'pending' && claim?.by === email)
      return html`claimed until ${timeMark(claim.until, undefined, zone)}`;
    if (remindedAt) return html`reminded ${timeMark(minute(remindedAt), undefined, zone)}`;
    return mailedAt ? html`asked ${timeMark(minute(mailedAt), undefined, zone)}` : 'being asked';
  };
  return html`${quorum > 1 ? html`<p>${quorum} people must approve; ${Object.keys(votes).length} did.</p>` : ''}
<table class="log"><caption class="quiet">People who are asked</caption>
<thead><tr><th scope="col">Who</th><th scope="col">State</th></tr></thead>
<tbody>${people.map(
    ([
      email,
      one,
    ]) => html`<tr><th scope="row">${email} <span class="soft">${one.via || one.group || group}</span></th>
<td>${state(email)}</td></tr>`,
  )}</tbody></table>`;
}

function trailTable(trail: readonly TrailEntry[], zone: string | undefined): Markup {
  return html`<table class="log"><caption class="quiet">Record of the approval, oldest first</caption>
<thead><tr><th scope="col">When</th><th scope="col">What</th></tr></thead>
<tbody>${trail.map((entry) => html`<tr><td>${exactMark(entry.at, zone)}</td><td>${entryPart(entry)}</td></tr>`)}</tbody></table>`;
}

function entryPart({
  event,
  by,
  to,
  channel,
  authenticatedBy,
  comment,
  edits,
  decision,
  inAudit,
}: TrailEntry): Markup {
  const how = [channel && `in ${CHANNEL_WORDS[channel]}`, authenticatedBy].filter((it) => it).join(', ');
  const what = `${EVENT_WORDS[event]}${decision ? ` (${decision})` : ''}${to ? `: ${to}` : ''}`;
  return html`${what}${by ? html`, by ${by}` : ''}
${how ? html`<span class="soft">${how}</span>` : ''}
${edits?.map((edit) => html`<span class="soft">${edit.field}: ${String(edit.from)} becomes ${String(edit.to)}</span>`)}
${comment ? html`<q>${comment}</q>` : ''}${inAudit ? html`<span class="soft">The comment is in the audit record.</span>` : ''}`;
}
