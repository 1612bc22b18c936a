import type { Item } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { wholeId } from '../short-id.ts';
import { printJson } from '../terminal.ts';

export const withdraw: Command = {
  name: 'withdraw',
  summary: 'Withdraw an item before it acts',
  usage: `signalbox withdraw <id> [options]

  id             its short number, or its whole id
  --reason TEXT  why, at most 300 characters; it stays on the item's timeline

Its open approval is closed. Items that act, acted or may have acted, or are
finished, stay as they are. A client withdraws its own items, an operator those
of every client.`,
  example: ['withdraw', '816d1d2', '--reason', 'sent twice'],
  arguments: ['id'],
  options: { reason: 'text' },
  async run(input, terminal) {
    const reason = input.option('reason');
    if (reason !== undefined && (reason.trim() === '' || reason.length > 300))
      throw new UsageError('--reason must be 1 to 300 characters');
    const client = await connect(terminal);
    const id = await wholeId(client, input.argument(0) ?? '', true);
    const body = JSON.stringify(reason === undefined ? {} : { reason });
    const { data, json } = await client.delete<Item>(`/v1/items/${encodeURIComponent(id)}`, body);
    if (input.json) return printJson(terminal, json);
    terminal.out(`${data.id}  ${data.automation}  ${data.status}`);
  },
};
