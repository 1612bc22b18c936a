import type * as z from 'zod/mini';
import type { resumedSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import type { Client } from '../client.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { ApiProblem, Unreachable, UsageError } from '../errors.ts';
import { count, usd } from '../format.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';

type Resumed = z.output<typeof resumedSchema>;

export const resume: Command = {
  name: 'resume',
  summary: "Let an automation's suspended items go on, with more budget or without",
  usage: `signalbox resume <automation> [options]

  --add-usd N     allow so many dollars more for today (UTC), and only today
  --add-tokens N  allow so many tokens more for today
  --reason TEXT   why, for whoever reads the audit: 3 to 300 characters

Suspended items go on by themselves within a quarter of an hour, once there is
room: on the next day (UTC), or after a deploy with a higher budget. This sends
them to work now. For a token with the role operator.

  signalbox resume refund-request --add-usd 5`,
  arguments: ['automation'],
  options: { 'add-usd': 'text', 'add-tokens': 'text', reason: 'text' },
  async run(input, terminal) {
    const automation = input.argument(0) ?? '';
    const addTokens = input.number('add-tokens', 1, 999_999_999);
    const addUsd = dollars(input);
    const reason = input.option('reason');
    const resumed = await resumeAll(await connect(terminal), automation, {
      ...(addUsd === undefined ? {} : { addUsd }),
      ...(addTokens === undefined ? {} : { addTokens }),
      ...(reason === undefined ? {} : { reason }),
    });
    if (input.json) return printJson(terminal, resumed.json);
    terminal.out(told(resumed.data, terminal));
  },
};

function dollars(input: Input): number | undefined {
  const text = input.option('add-usd');
  if (text === undefined) return undefined;
  const number = /^\d{1,5}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (number > 0) return number;
  throw new UsageError(`--add-usd must be an amount of dollars such as 5 or 0.50, got '${text}'`);
}

/** All pages as one. Only the first adds, or each would. */
async function resumeAll(client: Client, automation: string, adds: object) {
  const path = `/v1/automations/${encodeURIComponent(automation)}/resume`;
  let asked: object = adds;
  let queued = 0;
  for (;;) {
    const { data, json } = await client
      .post<Resumed>(path, JSON.stringify(asked), {})
      .catch((error: unknown) => {
        throw Object.keys(adds).length > 0 ? warned(error, automation, asked !== adds) : error;
      });
    const { cursor } = data;
    queued += data.queued;
    if (cursor === undefined) return { data: { ...data, queued }, json: { ...(json as Resumed), queued } };
    asked = { cursor };
  }
}

/** The same failure, saying what became of the addition: whoever types the command again adds again. */
function warned(error: unknown, automation: string, added: boolean): unknown {
  const hint = added
    ? 'what you asked for was added; to go on: the same command without it'
    : `it may have been added: look with 'signalbox automations ${automation}' before you add again`;
  if (error instanceof Unreachable) return new Unreachable(`${error.message}\n${hint}`);
  if (!(error instanceof ApiProblem) || (error.status < 500 && !added)) return error;
  return new ApiProblem(error.status, error.answer, error.hint ? `${error.hint}\n${hint}` : hint);
}

/** Without room for the smallest call they only look, and wait again. */
function doing(queued: number, suspended: boolean): string {
  const one = queued === 1;
  if (suspended) return one ? 'looks again whether there is room' : 'look again whether there is room';
  return one ? 'goes on' : 'go on';
}

function told({ automation, queued, budget }: Resumed, terminal: Terminal): string {
  const spent = `${usd(budget.spentTodayUsd)} spent of $${budget.perDayUsd + budget.extraUsd} today`;
  const tokens =
    budget.perDayTokens === undefined
      ? ''
      : `, ${count(budget.spentTodayTokens)} of ${count(budget.perDayTokens + budget.extraTokens)} tokens`;
  const extra = budget.extraUsd > 0 ? ` ($${budget.extraUsd} of it added)` : '';
  const waits = budget.suspended
    ? [
        paint(terminal, 'yellow', 'there is no room yet for the smallest call that was refused: add more,'),
        paint(terminal, 'yellow', 'or what needs it waits for the next day (UTC)'),
      ]
    : [];
  const items = `${count(queued)} ${queued === 1 ? 'item' : 'items'} ${doing(queued, budget.suspended)}`;
  return [`${automation}: ${items}`, `  ${spent}${extra}${tokens}`, ...waits.map((line) => `  ${line}`)].join(
    '\n',
  );
}
