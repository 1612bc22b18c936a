import type * as z from 'zod/mini';
import type { resumedSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { ApiProblem, Unreachable, UsageError } from '../errors.ts';
import { count, usd } from '../format.ts';
import { hint } from '../hint.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';
import { named } from './caution.ts';

type Resumed = z.output<typeof resumedSchema>;

export const resume: Command = {
  name: 'resume',
  summary: 'Let an automation go on that is held or out of budget',
  usage: `signalbox resume <automation> [options]

  --add-usd N     add so many dollars for today (UTC) only
  --add-tokens N  add so many tokens for today (UTC) only
  --action NAME   end the hold of these actions only, separated by commas
  --reason TEXT   why, for the audit record: 3 to 300 characters

It ends suspend and drain, and sends to work what waits.

Suspended items resume by themselves within a quarter of an hour, once the
budget has room: on the next day (UTC), or after a deploy with a higher one.
This resumes them now. For a token with the role operator.`,
  example: ['resume', 'refund-request', '--add-usd', '5'],
  arguments: ['automation'],
  options: { 'add-usd': 'text', 'add-tokens': 'text', action: 'text', reason: 'text' },
  async run(input, terminal) {
    const automation = input.argument(0) ?? '';
    const addTokens = input.number('add-tokens', 1, 999_999_999);
    const addUsd = dollars(input);
    const reason = input.option('reason');
    const resumed = await resumeAll(terminal, automation, {
      ...(addUsd === undefined ? {} : { addUsd }),
      ...(addTokens === undefined ? {} : { addTokens }),
      ...named(input, 'action', 'actions'),
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

/** All pages as one. Only the first request adds to the budget. */
async function resumeAll(terminal: Terminal, automation: string, adds: object) {
  const client = await connect(terminal);
  const path = `/v1/automations/${encodeURIComponent(automation)}/resume`;
  const look = hint(terminal, 'automations', automation);
  let asked: object = adds;
  let queued = 0;
  for (;;) {
    const { data, json } = await client
      .post<Resumed>(path, JSON.stringify(asked), {})
      .catch((error: unknown) => {
        throw Object.keys(adds).length > 0 ? warned(error, look, asked !== adds) : error;
      });
    const { cursor } = data;
    queued += data.queued;
    if (cursor === undefined) return { data: { ...data, queued }, json: { ...(json as Resumed), queued } };
    asked = { cursor };
  }
}

/** The same failure, with what became of the addition: a repeated command adds again. */
function warned(error: unknown, look: string, added: boolean): unknown {
  const hint = added
    ? 'the budget was added; to resume, repeat the command without the addition'
    : `the budget may have been added: before you add again, check with ${look}`;
  if (error instanceof Unreachable) return new Unreachable(`${error.message}\n${hint}`);
  if (!(error instanceof ApiProblem) || (error.status < 500 && !added)) return error;
  return new ApiProblem(error.status, error.answer, error.hint ? `${error.hint}\n${hint}` : hint);
}

/** Without room for the smallest call they only check, and wait again. */
function doing(queued: number, suspended: boolean): string {
  if (!suspended) return 'resumed';
  return queued === 1 ? 'checks the budget again' : 'check the budget again';
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
        paint(terminal, 'yellow', 'the budget has no room yet for the smallest refused call: add more,'),
        paint(terminal, 'yellow', 'or the items wait for the next day (UTC)'),
      ]
    : [];
  const items = `${count(queued)} ${queued === 1 ? 'item' : 'items'} ${doing(queued, budget.suspended)}`;
  return [`${automation}: ${items}`, `  ${spent}${extra}${tokens}`, ...waits.map((line) => `  ${line}`)].join(
    '\n',
  );
}
