import { html } from 'hono/html';
import type { Markup } from '../../../pages/layout.ts';
import type { AuditEntry } from '../../../tables/audit/audit.ts';
import { decisionsByWait, ENDS, type End, endsByDay, WAITS } from '../../../tables/audit/series.ts';
import type { AutomationStatistics } from '../../../tables/audit/statistics.ts';
import { counted, duration } from '../../words.ts';
import { type ChartOf, columns, figure, rows, type Series, totalOf } from './chart.ts';

const NAMES: Record<End, Series> = {
  approved: { name: 'as proposed', colour: 'approved' },
  edited: { name: 'with edits', colour: 'edited' },
  rejected: { name: 'rejected', colour: 'rejected' },
  sentBack: { name: 'sent back', colour: 'sent-back' },
  expired: { name: 'nobody decided', colour: 'expired' },
};
const SERIES = ENDS.map((end) => NAMES[end]);

/** What ended by day, by automation, and how long decisions took; nothing where nothing ended. */
export function chartsPart(
  entries: readonly AuditEntry[],
  range: { from: string; to: string },
  byAutomation: readonly AutomationStatistics[],
): Markup | string {
  const day = dayChart(entries, range);
  if (day.bars.every((bar) => totalOf(bar) === 0)) return '';
  const automation = automationChart(byAutomation);
  const wait = waitChart(entries);
  return html`<div class="charts">${figure(day, columns(day))}
<div class="cols">${figure(automation, rows(automation, { whole: true }))}
${figure(wait, rows(wait))}</div></div>`;
}

function dayChart(entries: readonly AuditEntry[], range: { from: string; to: string }): ChartOf {
  const bars = endsByDay(entries, range).map((day) => ({
    label: day.day,
    values: ENDS.map((end) => day[end]),
  }));
  const sum = bars.reduce((all, bar) => all + totalOf(bar), 0);
  const most = bars.reduce(
    (top, bar) => (totalOf(bar) > totalOf(top) ? bar : top),
    bars[0] ?? { label: '', values: [] },
  );
  return {
    ...{ id: 'by-day', title: 'What ended, by day (UTC)', of: 'Day', series: SERIES, bars },
    description: `${counted(sum, 'approval')} ended in ${counted(bars.length, 'day')}; most of them on ${most.label}: ${totalOf(most)}.`,
  };
}

/** Prompts of an automation count together here: the table below tells them apart. */
function automationChart(lines: readonly AutomationStatistics[]): ChartOf {
  const groups = Map.groupBy(lines, ({ automation }) => automation);
  const bars = [...groups].map(([label, of]) => ({
    label,
    values: ENDS.map((end) => of.reduce((sum, line) => sum + line[end], 0)),
  }));
  const told = bars.map(
    (bar) => `${bar.label}: ${SERIES.map(({ name }, at) => `${bar.values[at]} ${name}`).join(', ')}`,
  );
  return {
    ...{
      id: 'by-automation',
      title: 'How proposals were taken, in shares',
      of: 'Automation',
      series: SERIES,
      bars,
    },
    description: `${told.join('; ')}.`,
  };
}

function waitChart(entries: readonly AuditEntry[]): ChartOf {
  const bars = decisionsByWait(entries).map((count, at) => ({ label: waitWords(at), values: [count] }));
  const sum = bars.reduce((all, bar) => all + totalOf(bar), 0);
  const hour = bars.slice(0, 4).reduce((all, bar) => all + totalOf(bar), 0);
  return {
    ...{ id: 'by-wait', title: 'From asking to deciding', of: 'Time', bars },
    series: [{ name: 'decisions', colour: 'plain' }],
    description: `${hour} of ${counted(sum, 'decision')} came within an hour.`,
  };
}

/** `1 min to 5 min`, from a bound to the next. */
function waitWords(at: number): string {
  const [from, to] = [WAITS[at - 1], WAITS[at] ?? Number.POSITIVE_INFINITY];
  if (from === undefined) return `under ${duration(to)}`;
  return to === Number.POSITIVE_INFINITY ? `over ${duration(from)}` : `${duration(from)} to ${duration(to)}`;
}
