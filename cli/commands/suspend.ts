import type * as z from 'zod/mini';
import type { heldSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { age } from '../format.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';
import { named } from './caution.ts';

type Held = z.output<typeof heldSchema>;

export const suspend: Command = {
  name: 'suspend',
  summary: 'Hold an automation, or some of its actions, until it is resumed',
  usage: `signalbox suspend <automation> --reason "…" [options]

  --reason TEXT  why, for the next operator: 3 to 300 characters
  --action NAME  only these actions, separated by commas

Work is accepted and waits; no model is called, and nothing is done. What is
in hand comes to its end: a call that is under way, and the thinking about an
item, whose action waits then. People may still decide. End it with resume.
For a token with the role operator.`,
  example: ['suspend', 'refund-request', '--reason', 'the shop sends odd orders'],
  arguments: ['automation'],
  options: { reason: 'text', action: 'text' },
  run: (input, terminal) => held('suspend', named(input, 'action', 'actions'), input, terminal),
};

/** Calls for a hold, and tells what is held then. */
export async function held(call: string, named: object, input: Input, terminal: Terminal): Promise<void> {
  const reason = input.option('reason');
  if (reason === undefined) throw new UsageError('--reason is missing: say why, for the next operator');
  const client = await connect(terminal);
  const path = `/v1/automations/${encodeURIComponent(input.argument(0) ?? '')}/${call}`;
  const { data, json } = await client.post<Held>(path, JSON.stringify({ ...named, reason }), {});
  if (input.json) return printJson(terminal, json);
  const { automation, state, hold } = data;
  const notes = (hold.notes ?? []).map(
    ({ of, by, at, reason: why }) => `  ${of}: ${by}, ${age(at, terminal.now())} ago: ${why}`,
  );
  terminal.out([`${automation}: ${paint(terminal, 'yellow', heldWords(state, hold))}`, ...notes].join('\n'));
}

/** The state of an automation and the actions that wait, in one line. */
export function heldWords(state: Held['state'], { actions }: Held['hold']): string {
  return actions.length > 0 ? `${state}, and these actions wait: ${actions.join(', ')}` : state;
}
