import type { ApprovalSettings } from '../../contract/approval-settings.ts';
import type { EnvFor } from '../../contract/env.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { clock } from '../../kit/clock.ts';
import { count, logger } from '../../kit/telemetry.ts';
import { sendMail } from '../../outbound/mail/send.ts';
import { makeReport } from '../../reports/gather.ts';
import { reportMail } from '../../reports/mail.ts';
import type { Report } from '../../reports/report.ts';
import { weekBefore } from '../../reports/weeks.ts';
import { tellAlarm } from '../../tables/alarms/told.ts';
import {
  claimReport,
  keepReport,
  noteSent,
  readReport,
  reportDone,
  reportIn,
} from '../../tables/reports/reports.ts';

/** After the end of a week, on Monday (UTC): what happened late on Sunday is counted by then. */
const DUE_MS = 6 * 3_600_000;

/**
 * The report of the week that is over: made once, kept as it is, mailed once to each address, whoever calls how often. A function that dies
 * between a mail and its note sends that one mail again.
 */
export async function weeklyReport(
  registry: readonly RegistryEntry[],
  settings: ApprovalSettings,
  env: EnvFor<'operate/report'>,
): Promise<void> {
  const table = env.CONTROL_TABLE;
  const week = weekBefore(clock.now() - DUE_MS);
  if ((await readReport(table, week))?.doneAt !== undefined) return;
  const row = await claimReport(table, week);
  if (!row) return;
  const report = reportIn<Report>(row) ?? (await made(week, registry, settings, env));
  if (!row.report && !(await keepReport(table, row, report))) return;
  for (const to of settings.reportTo.filter((it) => !row.sent?.includes(it))) {
    await sendMail(settings.sender, to, await reportMail(report, env.BASE_URL));
    if (!(await noteSent(table, row, to))) return;
  }
  if (!(await reportDone(table, row))) return;
  await tellNeglected(report, table);
  logger.info('week reported', {
    week,
    automations: report.automations.length,
    mails: settings.reportTo.length,
  });
}

function made(
  week: string,
  registry: readonly RegistryEntry[],
  settings: ApprovalSettings,
  env: EnvFor<'operate/report'>,
): Promise<Report> {
  return makeReport(week, registry, { control: env.CONTROL_TABLE, audit: env.AUDIT_TABLE }, settings);
}

/** Nobody looks at them, or nobody could: an alarm tells operators, once a week. */
async function tellNeglected({ automations }: Report, table: string): Promise<void> {
  for (const { automation, decide } of automations) {
    if (!decide.some(({ code }) => code === 'owner' || code === 'review')) continue;
    count('reviewsOverdue', automation);
    await tellAlarm(table, 'reviews/overdue', automation);
  }
}
