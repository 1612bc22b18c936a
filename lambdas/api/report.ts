import { clock } from '../kit/clock.ts';
import { type Caller, json, Problem, type Reply } from '../kit/http.ts';
import { makeReport, type ReportSettings } from '../reports/gather.ts';
import type { Known } from '../reports/gathered.ts';
import type { Report } from '../reports/report.ts';
import { boundsOf } from '../reports/weeks.ts';
import { readReport, reportIn } from '../tables/reports/reports.ts';

/** `GET /v1/reports/{week}`: as it was mailed; of a week that is not over, and for who may see a part of the automations, made now. */
export async function reportReply(
  week: string,
  caller: Caller,
  registry: readonly Known[],
  tables: { control: string; audit: string },
  settings: ReportSettings,
): Promise<Reply> {
  const bounds = boundsOf(week);
  if (!bounds) throw new Problem(404, 'there is no such week: name one as ISO 8601 does, such as 2026-W48');
  if (clock.now() < Date.parse(bounds.from)) throw new Problem(404, `the week ${week} has not begun`);
  const mine = registry.filter(({ name }) => caller.may(name));
  const whole = mine.length === registry.length;
  const kept = whole ? reportIn<Report>(await readReport(tables.control, week)) : undefined;
  return json(200, kept ?? (await makeReport(week, mine, tables, settings)));
}
