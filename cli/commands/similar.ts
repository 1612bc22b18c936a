import type * as z from 'zod/mini';
import type { similarSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { paint, printJson } from '../terminal.ts';

type Similar = z.output<typeof similarSchema>;

export const similar: Command = {
  name: 'similar',
  summary: 'Let a step use answers to similar questions again, or not',
  usage: `signalbox similar <automation> <step> --on|--off --reason "…"

  --on           it learns anew, and uses no such answer until comparisons
                 have shown again that few enough would be wrong
  --off          every question is asked of a model
  --reason TEXT  why, for the next operator: 3 to 300 characters

A step switches itself off when audits show more wrong answers than its
'wrongAtMost' allows. It is heard within ten seconds. For a token with the
role operator.`,
  example: ['similar', 'support-triage', 'route', '--on', '--reason', 'fixed'],
  arguments: ['automation', 'step'],
  options: { on: 'flag', off: 'flag', reason: 'text' },
  async run(input, terminal) {
    const on = input.flag('on');
    if (on === input.flag('off')) throw new UsageError('say either --on or --off');
    const reason = input.option('reason');
    if (reason === undefined) throw new UsageError('--reason is missing: say why, for the next operator');
    const path = `/v1/automations/${encodeURIComponent(input.argument(0) ?? '')}/similar`;
    const body = JSON.stringify({ step: input.argument(1) ?? '', on, reason });
    const { data, json } = await (await connect(terminal)).post<Similar>(path, body, {});
    if (input.json) return printJson(terminal, json);
    const state = data.on
      ? paint(terminal, 'green', 'learns anew which similar questions may share an answer')
      : paint(terminal, 'yellow', 'asks a model about every question');
    terminal.out(`${data.automation} ${data.step}: ${state}`);
  },
};
