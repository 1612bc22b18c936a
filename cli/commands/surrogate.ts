import type * as z from 'zod/mini';
import type { surrogateSchema } from '../../lambdas/api/openapi/reports/surrogate-schema.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { age, count, usd } from '../format.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';

type Stands = z.output<typeof surrogateSchema>;

export const surrogate: Command = {
  name: 'surrogate',
  summary: 'What answers in a model’s place: how it stands, on or off',
  usage: `signalbox surrogate <automation> [--on|--off --reason "…"] [options]

  --on           it answers again at once, with what it has learned
  --off          each item asks the model, until --on; it goes on learning
  --reason TEXT  why, for the next operator: 3 to 300 characters

Without --on and --off it tells what the surrogate has learned, how often its
tried answers agree with the model, how many answers were used until it last
learned and what they saved, and why it is off. For a token with the role
operator.`,
  example: ['surrogate', 'refund-request'],
  arguments: ['automation'],
  options: { on: 'flag', off: 'flag', reason: 'text' },
  async run(input, terminal) {
    const path = `/v1/automations/${encodeURIComponent(input.argument(0) ?? '')}/surrogate`;
    const order = orderOf(input);
    const client = await connect(terminal);
    const { data, json } = order
      ? await client.post<Stands>(path, JSON.stringify(order), {})
      : await client.get<Stands>(path);
    if (input.json) return printJson(terminal, json);
    terminal.out(told(data, terminal));
  },
};

function orderOf(input: Input): object | undefined {
  const on = input.flag('on');
  const reason = input.option('reason');
  if (!on && !input.flag('off')) {
    if (reason !== undefined) throw new UsageError('--reason is for --on or --off');
    return undefined;
  }
  if (on && input.flag('off')) throw new UsageError('say either --on or --off');
  if (reason === undefined) throw new UsageError('--reason is missing: say why, for the next operator');
  return { on, reason };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function told(stands: Stands, terminal: Terminal): string {
  const { automation, step, state, off, closed, model, tried, done } = stands;
  const colour = state === 'answers' ? 'green' : 'yellow';
  const names = Object.keys(closed);
  return [
    `${automation}, ${step}: ${paint(terminal, colour, state)}`,
    ...(off ? [`  off: ${off.by}, ${age(off.at, terminal.now())} ago: ${off.reason}`] : []),
    ...(names.length > 0 ? [`  does not answer: ${names.join(', ')}`] : []),
    ...(model
      ? [
          `  version ${model.version} of ${age(model.at, terminal.now())} ago, from ${model.examples} examples: ${model.labels} labels`,
          `  measured: ${percent(model.held.share)} answered, ${percent(model.held.agreement)} as the model, at least ${percent(model.held.low)}`,
        ]
      : ['  nothing was learned yet']),
    `  tried since: ${tried.n}, of them wrong: ${tried.wrong}`,
    ...(done
      ? [
          `  used until ${age(done.until, terminal.now())} ago: ${count(done.used)}${done.savedUsd === undefined ? '' : `; saved: ${usd(done.savedUsd)}`}`,
        ]
      : []),
  ].join('\n');
}
