import { MOST_WAIT_SECONDS } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { story } from '../story.ts';
import { printJson } from '../terminal.ts';

export const status: Command = {
  name: 'status',
  summary: 'Show the story of one item',
  usage: `signalbox status <id> [options]

  --wait N  wait up to N seconds until it is finished or waits for a person

Times in the timeline count from when the item was received.

  signalbox status refund-request_46b767aebc56f89c1cc262d04cf3b37a`,
  arguments: ['id'],
  options: { wait: 'text' },
  async run(input, terminal) {
    const seconds = input.number('wait', 0, MOST_WAIT_SECONDS);
    const client = await connect(terminal);
    const { data, json } = await client.item(input.argument(0) ?? '', seconds);
    if (input.json) printJson(terminal, json);
    else terminal.out(story(data, terminal));
  },
};
