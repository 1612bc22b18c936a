import { STATUSES } from '../../lambdas/contract/item/status.ts';
import type { Page } from '../client.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { age, statusColour, usd } from '../format.ts';
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
  --limit N       as many to a page, 1 to 100 (50)
  --cursor C      the page after an earlier one

  signalbox items --status parked --since 24h`,
  arguments: [],
  options: { automation: 'text', status: 'text', since: 'text', limit: 'text', cursor: 'text' },
  async run(input, terminal) {
    const query = {
      automation: input.option('automation'),
      status: input.oneOf('status', STATUSES),
      since: input.time('since', terminal.now()),
      limit: input.number('limit', 1, 100),
      cursor: input.option('cursor'),
    };
    const client = await connect(terminal);
    const { data, json } = await client.get<Page>('/v1/items', query);
    if (input.json) return printJson(terminal, json);
    if (data.items.length === 0) terminal.out(`no items${data.cursor ? ' on this page' : ''}`);
    else terminal.out(table(columns(terminal), data.items, terminal));
    if (data.cursor) terminal.out(`\nmore: ${nextCall(input, query.since, data.cursor)}`);
  },
};

function columns(terminal: Terminal): Column<Listed>[] {
  return [
    { title: 'id', cell: ({ id }) => id },
    { title: 'status', cell: ({ status }) => status, colour: ({ status }) => statusColour(status) },
    { title: 'age', cell: ({ receivedAt }) => age(receivedAt, terminal.now()), right: true, optional: true },
    { title: 'verdict', cell: ({ verdict }) => verdict ?? '', optional: true },
    { title: 'label', cell: ({ label }) => label ?? '', least: 8, optional: true },
    { title: 'cost', cell: ({ costUsd }) => usd(costUsd), right: true, optional: true },
    { title: 'priority', cell: ({ priority }) => priority ?? '', optional: true },
  ];
}

function nextCall(input: Input, time: string | undefined, cursor: string): string {
  const kept = ['automation', 'status', 'limit'].map((name) => [name, input.option(name)]);
  const options = [...kept, ['since', time], ['cursor', cursor]].filter(([, value]) => value !== undefined);
  return ['signalbox items', ...options.map(([name, value]) => `--${name} ${value}`)].join(' ');
}
