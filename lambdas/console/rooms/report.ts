import { html } from 'hono/html';
import { clock } from '../../kit/clock.ts';
import type { Markup } from '../../pages/layout.ts';
import { makeReport } from '../../reports/gather.ts';
import type { Line } from '../../reports/gathered.ts';
import type { Report, Section } from '../../reports/report.ts';
import { headline, rowsOf } from '../../reports/rows.ts';
import type { Summary } from '../../reports/summary.ts';
import { isBusy, quietOnes, titleOf } from '../../reports/text.ts';
import { boundsOf, weekBefore, weekBeside, weekOf } from '../../reports/weeks.ts';
import { readReport, reportIn } from '../../tables/reports/reports.ts';
import type { DeskContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { address, type Site } from '../site.ts';
import { type ChartOf, figure, rows } from '../views/statistics/chart.ts';
import { timeMark } from '../words.ts';
import { roomPath } from './review.ts';

export const REPORT = '/console/report';

/** The report of a week, as it was mailed; of the week that is not over, so far. @param asked what the address says */
export async function reportScreen(
  context: DeskContext,
  asked: string | undefined,
): Promise<Screen | undefined> {
  const { env, site, declarations, settings } = context;
  const week = asked ?? weekBefore(clock.now());
  const bounds = boundsOf(week);
  if (!bounds || clock.now() < Date.parse(bounds.from)) return undefined;
  const tables = { control: env.CONTROL_TABLE, audit: env.AUDIT_TABLE };
  const kept = reportIn<Report>(await readReport(env.CONTROL_TABLE, week));
  const report = kept ?? (await makeReport(week, declarations, tables, settings));
  const { automations, all, complete, madeAt } = report;
  const some = [all, ...automations].some(({ now, before }) => rowsOf(now, before).some((it) => it.changed));
  const quiet = quietOnes(automations);
  const body = html`<nav class="back" aria-label="Back"><a href="${address(site, '/console/automations')}">All automations</a></nav>
<h1>${titleOf(report)}</h1>
${weeksPart(site, week)}
<p class="soft">${complete ? 'Made' : 'So far: the week is not over. Made'} ${timeMark(madeAt)}; ${some ? 'figures of the week, and in bold what changed against the one before' : 'figures of the week, and of the one before'}.</p>
<section class="panel report" aria-labelledby="all"><h2 id="all">All automations</h2><p>${headline(all.now)}.</p>${figuresPart('All automations', all.now, all.before)}</section>
${automations.filter(isBusy).map((it) => sectionPart(site, it))}
${quiet.length > 0 ? html`<p class="soft">Nothing happened in ${quiet.join(', ')}.</p>` : ''}`;
  return { status: 200, title: `Week ${week}`, body, at: 'automations', wide: true };
}

function weeksPart(site: Site, week: string): Markup {
  const newest = weekOf(clock.now());
  const link = (to: string, words: string) =>
    html`<li><a href="${address(site, REPORT, { week: to })}">${words}</a></li>`;
  return html`<nav class="spans" aria-label="Weeks"><ul>${link(weekBeside(week, -1), 'The week before')}${week < newest ? link(weekBeside(week, 1), 'The week after') : ''}</ul></nav>`;
}

function sectionPart(site: Site, section: Section): Markup {
  const { automation, purpose, now, before, broke, learnt, decide } = section;
  const id = `of-${automation}`;
  return html`<section class="panel report" aria-labelledby="${id}"><h2 id="${id}"><a href="${address(site, roomPath(automation))}">${automation}</a></h2>
<p class="soft">${purpose}</p>
${linesPart(site, 'To decide', decide)}
<div class="charts">${daysPart(section)}</div>
${figuresPart(automation, now, before)}
${linesPart(site, 'What broke', broke)}${linesPart(site, 'What was learnt', learnt)}</section>`;
}

/** @param lines of a report: their paths are below the console's own address */
function linesPart(site: Site, title: string, lines: readonly Line[]): Markup | string {
  if (lines.length === 0) return '';
  return html`<h3>${title}</h3><ul>${lines.map(
    ({ words, link }) =>
      html`<li>${link ? html`<a href="${`${site.root}${link}`}">${words}</a>` : words}</li>`,
  )}</ul>`;
}

function daysPart({ days, automation }: Section): Markup | string {
  if (days.length === 0) return '';
  const chart: ChartOf = {
    ...{ id: `days-${automation}`, title: `Items of ${automation} by day`, of: 'Day' },
    description: 'What was done, what ended otherwise, and what came to rest.',
    series: [
      { name: 'done', colour: 'approved' },
      { name: 'ended otherwise', colour: 'expired' },
      { name: 'came to rest', colour: 'rejected' },
    ],
    bars: days.map(({ day, done, ended, stopped }) => ({ label: day, values: [done, ended, stopped] })),
  };
  return figure(chart, rows(chart));
}

function figuresPart(caption: string, now: Summary, before: Summary): Markup {
  const heads = ['Figure', 'Week', 'Before', 'Change'];
  return html`<table class="figures"><caption class="quiet">${caption}, against the week before</caption>
<thead><tr>${heads.map((it) => html`<th scope="col">${it}</th>`)}</tr></thead>
<tbody>${rowsOf(now, before).map(
    ({ name, now: is, before: was, change, changed, note }) =>
      html`<tr><th scope="row">${name}${note ? html`<br><span class="soft">${note}</span>` : ''}</th><td>${is}</td><td>${was}</td><td>${changed ? html`<b>${change}</b>` : change}</td></tr>`,
  )}</tbody></table>`;
}
