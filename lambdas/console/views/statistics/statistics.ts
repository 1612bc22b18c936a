import { html } from 'hono/html';
import { clock, DAY_SECONDS } from '../../../kit/clock.ts';
import type { Markup } from '../../../pages/layout.ts';
import { readOpen } from '../../../tables/approvals/phases.ts';
import { readAudit } from '../../../tables/audit/audit.ts';
import {
  type AutomationStatistics,
  type Spread,
  type Statistics,
  statistics,
} from '../../../tables/audit/statistics.ts';
import type { DeskContext } from '../../context.ts';
import type { Screen } from '../../frame.ts';
import { address } from '../../site.ts';
import { duration, timeMark } from '../../words.ts';
import { chartsPart } from './charts.ts';

const SPANS = [7, 30, 90] as const;

/** As many entries as one page view has time to read. */
const MOST_ENTRIES = 20_000;

/** How the approvals go. It measures the work and the automations, never a person. */
export async function statisticsScreen(context: DeskContext, days: string | undefined): Promise<Screen> {
  const { env, settings } = context;
  const span = SPANS.find((it) => String(it) === days) ?? 30;
  const now = clock.now();
  const range = {
    from: new Date(now - span * DAY_SECONDS * 1000).toISOString(),
    to: new Date(now).toISOString(),
  };
  const [open, { entries, cutAt }] = await Promise.all([
    readOpen(env.APPROVAL_TABLE),
    readAudit(env.AUDIT_TABLE, { ...range, limit: MOST_ENTRIES, keep: 'newest' }),
  ]);
  const made = statistics({ open: open.rows, entries, now, ...settings });
  const title = `Statistics of the last ${span} days`;
  const body = html`<h1>${title}</h1>
${spanPart(context, span)}
${cutAt ? html`<p class="fault" role="note">Too many entries to count: the statistics begin at ${timeMark(cutAt.split('#')[0] ?? '')}.</p>` : ''}
<div class="tiles">${tile('Open now', `${made.open}${open.cut ? '+' : ''}`, made.oldestSeconds === null ? 'nothing waits' : `the oldest for ${duration(made.oldestSeconds)}`)}
${tile('Decided', String(made.decided), `in ${span} days`)}
${tile('Decided fast', percent(made.shareFast), `in less than ${made.fastSeconds} s on the page`)}
${tile('Attention checks caught', caught(made.attentionChecks), 'known-bad proposals that were not approved')}</div>
${chartsPart(entries, range, made.byAutomation)}
${timesPart(made)}
${automationsPart(made.byAutomation)}
<p class="soft">The statistics describe the team's work, never a person.</p>`;
  return { status: 200, title, body, at: 'statistics', wide: true };
}

function spanPart({ site }: DeskContext, span: number): Markup {
  return html`<nav class="spans" aria-label="Days to count"><ul>${SPANS.map(
    (days) =>
      html`<li><a href="${address(site, '/console/statistics', { days })}"${days === span ? html` aria-current="true"` : ''}>${days} days</a></li>`,
  )}</ul></nav>`;
}

function tile(name: string, figure: string, more: string): Markup {
  return html`<section class="tile"><h2>${name}</h2><p class="figure">${figure}</p><p class="soft">${more}</p></section>`;
}

function caught({ caught: found, missed }: Statistics['attentionChecks']): string {
  return found + missed === 0 ? '–' : `${found} of ${found + missed}`;
}

function timesPart(made: Statistics): Markup {
  const lines: [string, Spread][] = [
    ['Age of open approvals', made.ageSeconds],
    ['From asking to opening', made.timeToOpenSeconds],
    ['From asking to deciding', made.timeToDecideSeconds],
    ['On the page, per decision', made.activeSeconds],
  ];
  return html`<h2>Times</h2><div class="wide" role="region" aria-label="Times" tabindex="0"><table><caption class="quiet">How long it takes</caption>
<thead><tr><th scope="col">Time</th><th scope="col">Half within</th><th scope="col">95 % within</th></tr></thead>
<tbody>${lines.map(
    ([name, { p50, p95 }]) =>
      html`<tr><th scope="row">${name}</th><td>${seconds(p50)}</td><td>${seconds(p95)}</td></tr>`,
  )}</tbody></table></div>`;
}

function automationsPart(lines: readonly AutomationStatistics[]): Markup {
  const numbers = (it: AutomationStatistics) => [
    it.decided,
    percent(it.approveRate),
    percent(it.editRate),
    percent(it.overrideRate),
    it.sentBack,
    it.expired,
    it.undone,
  ];
  const heads = ['Decided', 'As proposed', 'Edited', 'Overridden', 'Sent back', 'Expired', 'Undone'];
  return html`<h2>By automation and prompts</h2>
${
  lines.length === 0
    ? html`<p class="empty">Nothing was decided in this time.</p>`
    : html`<div class="wide" role="region" aria-label="By automation and prompts" tabindex="0"><table><caption class="quiet">Decisions by automation; overridden is edited or rejected</caption>
<thead><tr><th scope="col">Automation</th>${heads.map((it) => html`<th scope="col">${it}</th>`)}</tr></thead>
<tbody>${lines.map(
        (it) =>
          html`<tr><th scope="row">${it.automation} <span class="soft">${it.promptVersions || 'no prompts'}</span></th>${numbers(it).map((value) => html`<td>${value}</td>`)}</tr>`,
      )}</tbody></table></div>`
}`;
}

function percent(share: number | null): string {
  return share === null ? '–' : `${Math.round(share * 100)} %`;
}

function seconds(value: number | null): string {
  return value === null ? '–' : duration(value);
}
