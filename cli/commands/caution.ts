import type * as z from 'zod/mini';
import type { cautionedSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { age } from '../format.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';

type Cautioned = z.output<typeof cautionedSchema>;

export const caution: Command = {
  name: 'caution',
  summary: 'Make an automation ask a person instead of acting alone',
  usage: `signalbox caution <automation> --on|--off --reason "…" [options]

  --on           from the next gate on, it asks a person instead of acting alone
  --off          it may act alone again
  --reason TEXT  why, for the next operator: 3 to 300 characters
  --action NAME  only these actions, separated by commas
  --label NAME   only these labels, separated by commas

--off without --action and --label ends all caution. Items that have their
verdict are not affected: to stop one, use withdraw. For a token with the role
operator.`,
  example: ['caution', 'refund-request', '--on', '--reason', 'odd refunds'],
  arguments: ['automation'],
  options: { on: 'flag', off: 'flag', reason: 'text', action: 'text', label: 'text' },
  async run(input, terminal) {
    const automation = input.argument(0) ?? '';
    const body = JSON.stringify(orderOf(input));
    const client = await connect(terminal);
    const path = `/v1/automations/${encodeURIComponent(automation)}/caution`;
    const { data, json } = await client.post<Cautioned>(path, body, {});
    if (input.json) return printJson(terminal, json);
    terminal.out(told(data, terminal));
  },
};

function orderOf(input: Input): object {
  const on = input.flag('on');
  if (on === input.flag('off')) throw new UsageError('say either --on or --off');
  const reason = input.option('reason');
  if (reason === undefined) throw new UsageError('--reason is missing: say why, for the next operator');
  return { on, ...named(input, 'action', 'actions'), ...named(input, 'label', 'labels'), reason };
}

/** What an option names, separated by commas. */
export function named(input: Input, option: string, field: string): object {
  const names = input
    .option(option)
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (names?.length === 0) throw new UsageError(`--${option} must name at least one`);
  return names ? { [field]: names } : {};
}

function told({ automation, caution: held }: Cautioned, terminal: Terminal): string {
  if (!held.on) return `${automation}: ${paint(terminal, 'green', 'acts alone where its gate allows it')}`;
  const notes = (held.notes ?? []).map(
    ({ of, by, at, reason }) => `  ${of}: ${by}, ${age(at, terminal.now())} ago: ${reason}`,
  );
  return [`${automation}: ${paint(terminal, 'yellow', cautionWords(held))}`, ...notes].join('\n');
}

/** What asks a person, in one line. */
export function cautionWords({ everything, actions, labels }: Cautioned['caution']): string {
  if (everything) return 'asks a person about everything';
  const parts = [
    ...(actions.length > 0 ? [`the actions ${actions.join(', ')}`] : []),
    ...(labels.length > 0 ? [`the labels ${labels.join(', ')}`] : []),
  ];
  return `asks a person about ${parts.join(' and ')}`;
}
