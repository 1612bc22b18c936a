import { STATUSES } from '../../lambdas/contract/item/status.ts';
import { about } from '../about.ts';
import type { Client, Item, Page } from '../client.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { detailsOf } from '../details.ts';
import { UsageError } from '../errors.ts';
import { FOLLOW_OPTIONS } from '../follow.ts';
import { followItems } from '../follow-items.ts';
import { age, statusColour, usd } from '../format.ts';
import { hint } from '../hint.ts';
import { shortIds } from '../short-id.ts';
import { type Column, table } from '../table.ts';
import { printJson, type Terminal } from '../terminal.ts';

type Listed = Page['items'][number];

export const items: Command = {
  name: 'items',
  summary: 'List items, newest first',
  usage: `signalbox items [options]

  --automation A  only of this automation
  --status S      only in this status: ${STATUSES.slice(0, 3).join(', ')},
                  ${STATUSES.slice(3, 8).join(', ')},
                  ${STATUSES.slice(8).join(', ')}
  --since T       only received since then: 30m, 12h, 7d, 2026-11-20,
                  or an ISO 8601 time
  --reference R   whose reference field is R, such as an order number
  --key K         posted with this Idempotency-Key by your token's client
  --limit N       as many to a page, 1 to 100 (50)
  --cursor C      the page after an earlier one
  --follow        one line for each new or changed item of the newest 500,
                  until Ctrl-C. With --json a line of JSON for each
  --for T         follow so long at most: 30m, 12h, 7d (12h)

Short numbers stand for ids; --json has whole ids and no more requests.`,
  example: ['items', '--status', 'parked', '--since', '24h'],
  arguments: [],
  options: {
    ...{ automation: 'text', status: 'text', since: 'text', limit: 'text', cursor: 'text' },
    ...{ reference: 'text', key: 'text' },
    ...FOLLOW_OPTIONS,
  },
  async run(input, terminal) {
    const query = {
      automation: input.option('automation'),
      status: input.oneOf('status', STATUSES),
      since: input.time('since', terminal.now()),
      reference: input.option('reference'),
      key: input.option('key'),
      limit: input.number('limit', 1, 100),
      cursor: input.option('cursor'),
    };
    if (input.flag('follow') && (query.cursor ?? query.limit) !== undefined)
      throw new UsageError('--follow takes neither --cursor nor --limit: leave them out');
    const client = await connect(terminal);
    if (input.flag('follow')) return followItems(client, query, input, terminal);
    const { data, json } = await client.get<Page>('/v1/items', query);
    if (input.json) return printJson(terminal, json);
    if (data.items.length === 0) terminal.out(`no items${data.cursor ? ' on this page' : ''}`);
    else terminal.out(await told(client, data.items, terminal));
    if (data.cursor) terminal.out(`\nmore: ${nextCall(input, query.since, data.cursor, terminal)}`);
  },
};

async function told(client: Client, listed: readonly Listed[], terminal: Terminal): Promise<string> {
  const ids = listed.map(({ id }) => id);
  const details = await detailsOf(client, ids, true);
  const known = new Map(details.map(({ data }) => [data.id, data]));
  return table(columns(shortIds(ids), known, terminal), listed, terminal);
}

function columns(
  short: (id: string) => string,
  known: ReadonlyMap<string, Item>,
  terminal: Terminal,
): Column<Listed>[] {
  const narrow = Number.isFinite(terminal.columns);
  const words = ({ id, label }: Listed) => {
    const item = known.get(id);
    return item ? about(item, terminal.now()) : (label ?? '');
  };
  return [
    { title: 'id', cell: ({ id }) => short(id) },
    { title: 'automation', cell: ({ automation }) => automation },
    { title: 'status', cell: ({ status }) => status, colour: ({ status }) => statusColour(status) },
    { title: 'age', cell: ({ receivedAt }) => age(receivedAt, terminal.now()), right: true },
    { title: 'label', cell: ({ label }) => label ?? '', optional: true },
    { title: 'cost', cell: ({ costUsd }) => usd(costUsd), right: true, optional: true },
    {
      title: 'priority',
      cell: ({ priority }) => (priority === 'normal' ? '' : (priority ?? '')),
      optional: true,
    },
    { title: 'about', cell: words, least: 24, wraps: narrow },
  ];
}

function nextCall(input: Input, time: string | undefined, cursor: string, terminal: Terminal): string {
  const kept = ['automation', 'status', 'reference', 'key', 'limit'].map(
    (name) => [name, input.option(name)] as const,
  );
  const given = [...kept, ['since', time] as const, ['cursor', cursor] as const];
  const words = given.flatMap(([name, value]) => {
    if (value === undefined) return [];
    // Apart from its option, what begins with a dash is taken for another option.
    return value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value];
  });
  return hint(terminal, 'items', ...words);
}
