import type { Report } from '../../lambdas/reports/report.ts';
import { reportText } from '../../lambdas/reports/text.ts';
import { weekBefore } from '../../lambdas/reports/weeks.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { printJson } from '../terminal.ts';

export const report: Command = {
  name: 'report',
  summary: 'Show the report of a week',
  usage: `signalbox report [options]

  --week W  as ISO 8601 names it, such as 2026-W48 (the last one that is over)

Per automation and in all: figures against the week before, what broke, what
was learnt, and what to decide. Of a week that is not over: so far. For a token
with the role operator or auditor.`,
  example: ['report', '--week', '2026-W48'],
  arguments: [],
  options: { week: 'text' },
  async run(input, terminal) {
    const week = input.option('week') ?? weekBefore(terminal.now());
    if (!/^\d{4}-W\d\d$/.test(week)) throw new UsageError('--week must be a week such as 2026-W48');
    const client = await connect(terminal);
    const { data, json } = await client.get<Report>(`/v1/reports/${week}`);
    if (input.json) printJson(terminal, json);
    // What is to be decided, is decided on a page.
    else terminal.out(reportText(data, client.at('')));
  },
};
