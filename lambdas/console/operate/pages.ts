import type { Context } from 'hono';
import { closedSheet } from '../../approve/channels/page/closed.ts';
import { logger } from '../../kit/telemetry.ts';
import { getItem } from '../../tables/items/items.ts';
import type { ConsoleContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import { mayHold, type Person } from '../sign-in/identity.ts';
import { address } from '../site.ts';
import { readFilter } from './filter.ts';
import { findItems } from './find.ts';
import { ITEMS, itemPath, itemsScreen } from './items.ts';
import { storyScreen } from './story.ts';

type Made = Promise<Screen | Response | undefined>;

/** What the console lends to a part of it: pages for who is signed in. */
export interface Desk {
  page(path: string, make: (c: Context, person: Person) => Made): void;
}

/** What an operator needs at night. To anybody else these pages say that they are for operators. */
export function operatePages(context: ConsoleContext, { page }: Desk): void {
  const { env, site, declarations } = context;
  const names = declarations.map(({ name }) => name);
  const forOperators =
    (make: (c: Context, person: Person) => Made) =>
    async (c: Context, person: Person): Made =>
      mayHold(person) ? make(c, person) : OPERATORS_ONLY;

  page(
    ITEMS,
    forOperators(async (c) => {
      const filter = readFilter((name) => c.req.query(name), names);
      const found = await findItems(context, filter);
      logger.info('items found', { items: found.items.length, by: filter.search ? filter.by : 'filter' });
      const [only, ...others] = found.items;
      if (filter.search && only && others.length === 0)
        return new Response(null, { status: 303, headers: { location: address(site, itemPath(only.id)) } });
      return itemsScreen(context, filter, found);
    }),
  );
  page(
    `${ITEMS}/:id`,
    forOperators(async (c) => {
      const id = c.req.param('id') ?? '';
      // Longer than any id of ours, and than DynamoDB takes a key.
      const row = id.length > 200 ? undefined : await getItem(env.ITEM_TABLE, id);
      return row && storyScreen(context, row);
    }),
  );
}

export const OPERATORS_ONLY = closedSheet(
  'No access',
  'Only operators see how all items go, and set them right.',
  403,
);
