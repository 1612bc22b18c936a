import { FINAL } from '../../lambdas/contract/item/status.ts';
import { type Client, type Item, MOST_WAIT_SECONDS } from '../client.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { FOLLOW_OPTIONS, follow } from '../follow.ts';
import { statusColour } from '../format.ts';
import { wholeId } from '../short-id.ts';
import { eventLine, story } from '../story.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';
import { safeJson } from '../text.ts';

export const status: Command = {
  name: 'status',
  summary: 'Show the story of one item',
  usage: `signalbox status <id> [options]

  id         its short number as in mails and lists (60e4257-g1, 60e4257),
             the beginning of its digits, or its whole id
  --wait N   wait up to N seconds until it is finished or waits for a person
  --follow   print one line for each event, also of the past, until the item is
             finished; Ctrl-C ends it. With --json a line of JSON for each
  --for T    follow so long at most: 30m, 12h, 7d (12h)

Times in the timeline count from when the item was received.`,
  example: ['status', '60e4257-g1'],
  arguments: ['id'],
  options: { wait: 'text', ...FOLLOW_OPTIONS },
  async run(input, terminal) {
    const seconds = input.number('wait', 0, MOST_WAIT_SECONDS);
    if (seconds !== undefined && input.flag('follow'))
      throw new UsageError('say --wait or --follow, not both');
    const client = await connect(terminal);
    const id = await wholeId(client, input.argument(0) ?? '');
    if (input.flag('follow')) return followOne(client, id, input, terminal);
    const { data, json } = await client.item(id, seconds);
    if (input.json) printJson(terminal, json);
    else terminal.out(story(data, terminal));
  },
};

async function followOne(client: Client, id: string, input: Input, terminal: Terminal): Promise<void> {
  const printed = new Set<string>();
  let last: string | undefined;
  await follow(input, terminal, async () => {
    const { data, json } = await client.item(id);
    const raw = json as Item;
    const fresh = data.timeline.map((event, at) => ({ event, at, key: JSON.stringify(event) }));
    const news = fresh.filter(({ key }) => !printed.has(key));
    for (const { event, at, key } of news) {
      printed.add(key);
      if (input.json) terminal.out(safeJson({ id, status: raw.status, ...raw.timeline[at] }, 0));
      else terminal.out(eventLine(event, data.receivedAt));
    }
    if (data.status !== last && !input.json) terminal.out(statusLine(data, terminal));
    else if (data.status !== last && news.length === 0) terminal.out(safeJson({ id, status: raw.status }, 0));
    last = data.status;
    return FINAL.includes(data.status) ? 'over' : 'goes on';
  });
}

function statusLine({ id, status: now }: Item, terminal: Terminal): string {
  return `${id}  ${paint(terminal, statusColour(now), now)}`;
}
