import type { Item } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { hint } from '../hint.ts';
import { wholeId } from '../short-id.ts';
import { printJson } from '../terminal.ts';

export const compensate: Command = {
  name: 'compensate',
  summary: 'Ask people to take back an action that is done',
  usage: `signalbox compensate <id> <action> --reason TEXT

  id             the item's short number, or its whole id
  action         which of its actions: its number, from 1, or its name
  --reason TEXT  why, for the approvers and the audit: 3 to 300 characters

The automation's code proposes the action that takes it back, as an item of its
own, and a person decides about it. For a token with the role operator.`,
  example: ['compensate', '816d1d2', '1', '--reason', 'refunded twice'],
  arguments: ['id', 'action'],
  options: { reason: 'text' },
  async run(input, terminal) {
    const reason = input.option('reason');
    if (reason === undefined) throw new UsageError('--reason is missing: say why, for the approvers');
    const named = input.argument(1) ?? '';
    const action = /^[1-9]\d{0,2}$/.test(named) ? Number(named) : named;
    const client = await connect(terminal);
    const id = await wholeId(client, input.argument(0) ?? '', true);
    const path = `/v1/items/${encodeURIComponent(id)}/compensate`;
    const { data, json } = await client.post<Item>(path, JSON.stringify({ action, reason }), {});
    if (input.json) return printJson(terminal, json);
    terminal.out(`${data.id}  ${data.automation}  ${data.status}`);
    terminal.out(`It takes action ${named} back once a person agrees: ${hint(terminal, 'status', data.id)}`);
  },
};
