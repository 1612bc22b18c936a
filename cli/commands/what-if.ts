import { compare, hasLimits, minutesSaved } from '../../lambdas/gate/policy/what-if.ts';
import type { Client, Outcomes } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { readJudged } from '../judged.ts';
import { printJson } from '../terminal.ts';
import { policiesOf } from '../what-if/candidate.ts';
import { report } from '../what-if/report.ts';

export const whatIf: Command = {
  name: 'what-if',
  summary: 'Ask another gate or threshold about the items of the last days',
  usage: `signalbox what-if <automation> --gate FILE | --threshold NAME=VALUE [options]

  --gate FILE        a TypeScript file that exports 'gate', or an 'automation'
  --threshold A=1    other values of declared thresholds: amount=150,share=0.9
  --since T          received from then on: 12h, 30d, 2026-11-01 (30d)
  --all              list every item that would change, not the first twenty

How many more would have acted, asked a person, or been refused; what people
said of those that they decided; money and time. Nothing is called and nothing
is paid: a gate is code, and what it was given is kept. It is compared with
the gate of this repository. Limits, caution and holds are left out.
For a token with the role operator, in the repository that is deployed.`,
  example: ['what-if', 'refund-request', '--threshold', 'amount=150', '--since', '7d'],
  arguments: ['automation'],
  options: { gate: 'text', threshold: 'text', since: 'text', all: 'flag' },
  async run(input, terminal) {
    const automation = input.argument(0) ?? '';
    const asked = { gate: input.option('gate'), threshold: input.option('threshold') };
    if (asked.gate === undefined && asked.threshold === undefined)
      throw new UsageError('what-if needs --gate or --threshold, as in:', this.example);
    const from = input.time('since', terminal.now());
    const policies = await policiesOf(automation, asked);
    const client = await connect(terminal);
    const { items, skipped } = await readJudged(client, automation, from, terminal);
    const compared = compare(items, policies);
    const attention = await attentionOf(client, automation, from);
    const told = {
      ...{ automation, tried: policies.tried, since: from ?? null, skipped, ...compared },
      ...{ minutesSaved: minutesSaved(compared, attention), limited: hasLimits(policies.automation) },
    };
    if (input.json) printJson(terminal, told);
    else terminal.out(report(told, terminal, input.flag('all')));
  },
};

/** What people decided in this time, and how long they had the page in front of them. */
async function attentionOf(client: Client, automation: string, from: string | undefined) {
  const path = `/v1/automations/${encodeURIComponent(automation)}/statistics`;
  const { data } = await client.get<Outcomes>(path, { from, by: 'day' });
  const sum = (of: (one: Outcomes['rows'][number]['attention']) => number) =>
    data.rows.reduce((total, { attention }) => total + of(attention), 0);
  return {
    decided: sum(({ decided }) => decided),
    activeSeconds: sum(({ activeSeconds }) => activeSeconds),
  };
}
