import type { Context } from 'hono';
import { html } from 'hono/html';
import { closedSheet } from '../../approve/channels/page/closed.ts';
import type { Form } from '../../approve/channels/page/proof.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { logger } from '../../kit/telemetry.ts';
import { getItem } from '../../tables/items/items.ts';
import { approvalId } from '../../tables/keys.ts';
import { readRedrive } from '../../tables/redrives/redrives.ts';
import { AUDITS, isAskedAbout } from '../audits/open.ts';
import type { DeskContext } from '../context.ts';
import { OLD_FORM } from '../forms.ts';
import type { Screen } from '../frame.ts';
import { mayHold, type Person } from '../sign-in/identity.ts';
import { address, type Site } from '../site.ts';
import { buttonsPart, pressButton } from './buttons.ts';
import { deadLettersScreen, lettersScreen, pressDead } from './dead-letters.ts';
import { readFilter } from './filter.ts';
import { findItems } from './find.ts';
import { holdScreen, pressHold } from './hold.ts';
import { ITEMS, itemPath, itemsScreen } from './items.ts';
import { DEAD_LETTERS, HOLD, OVERVIEW, overviewScreen } from './overview.ts';
import { manyPart, REDRIVES, redriveScreen, takeRedrives } from './redrives.ts';
import { storyScreen } from './story.ts';

type Made = Promise<Screen | Response | undefined>;

/** What the console lends to a part of it: pages for who is signed in. */
export interface Desk {
  nonceOf(person: Person): Promise<unknown>;
  /** @param make `form` is undefined where it is none of ours */
  form(path: string, make: (c: Context, person: Person, form: Form | undefined) => Made): void;
  page(path: string, make: (c: Context, person: Person) => Made): void;
}

/** What an operator needs at night. To anybody else these pages say that they are for operators. */
export function operatePages(context: DeskContext, { page, form, nonceOf }: Desk): void {
  const { env, site, declarations } = context;
  const names = declarations.map(({ name }) => name);
  const forOperators =
    (make: (c: Context, person: Person) => Made) =>
    async (c: Context, person: Person): Made =>
      mayHold(person) ? make(c, person) : OPERATORS_ONLY;

  page(
    OVERVIEW,
    forOperators(async () => overviewScreen(context)),
  );
  page(
    HOLD,
    forOperators(async (c, person) => {
      const automation = declarations.find(({ name }) => name === c.req.query('automation'));
      return automation && holdScreen(context, automation, await nonceOf(person));
    }),
  );
  form(HOLD, async (_, person, sent) => {
    if (!mayHold(person)) return OPERATORS_ONLY;
    const automation = declarations.find(({ name }) => name === sent?.field('automation'));
    if (!automation) return closedSheet('Nothing was changed', OLD_FORM, 400);
    const news = await pressHold(context, person, automation, sent);
    return holdScreen(context, automation, await nonceOf(person), news);
  });
  page(
    DEAD_LETTERS,
    forOperators(async (_, person) => deadLettersScreen(context, person)),
  );
  page(
    `${DEAD_LETTERS}/:queue`,
    forOperators(async (c, person) =>
      lettersScreen(context, person, c.req.param('queue') ?? '', await nonceOf(person)),
    ),
  );
  form(`${DEAD_LETTERS}/:queue`, async (c, person, sent) => {
    if (!mayHold(person)) return OPERATORS_ONLY;
    const queue = c.req.param('queue') ?? '';
    const news = await pressDead(context, person, queue, sent);
    return lettersScreen(context, person, queue, await nonceOf(person), news);
  });
  page(
    ITEMS,
    forOperators(async (c, person) => {
      const filter = readFilter((name) => c.req.query(name), names);
      const found = await findItems(context, filter);
      logger.info('items found', { items: found.items.length, by: filter.search ? filter.by : 'filter' });
      const [only, ...others] = found.items;
      if (filter.search && only && others.length === 0)
        return new Response(null, { status: 303, headers: { location: address(site, itemPath(only.id)) } });
      return itemsScreen(context, filter, found, manyPart(context, filter, await nonceOf(person)));
    }),
  );
  page(
    `${ITEMS}/:id`,
    forOperators(async (c, person) => {
      const row = await rowOf(c);
      if (row && (await isAskedAbout(context, person, row))) return auditFirst(site, row);
      return row && storyScreen(context, row, buttonsPart(site, row, await nonceOf(person)));
    }),
  );
  form(`${ITEMS}/:id`, async (c, person, sent) => {
    if (!mayHold(person)) return OPERATORS_ONLY;
    const before = await rowOf(c);
    if (!before) return undefined;
    if (await isAskedAbout(context, person, before)) return auditFirst(site, before);
    const news = await pressButton(context, person, before.id, sent);
    const row = (await rowOf(c)) ?? before;
    return storyScreen(context, row, buttonsPart(site, row, await nonceOf(person)), news);
  });
  form(REDRIVES, async (_, person, sent) =>
    mayHold(person) ? takeRedrives(context, person, sent, await nonceOf(person)) : OPERATORS_ONLY,
  );
  page(
    `${REDRIVES}/:id`,
    forOperators(async (c) => {
      const id = c.req.param('id') ?? '';
      const row = id.length > 200 ? undefined : await readRedrive(env.CONTROL_TABLE, id);
      return row?.redrive === id ? redriveScreen(context, row) : undefined;
    }),
  );

  async function rowOf(c: Context): Promise<ItemRow | undefined> {
    const id = c.req.param('id') ?? '';
    // Longer than any id of ours, and than DynamoDB takes a key.
    return id.length > 200 ? undefined : getItem(env.ITEM_TABLE, id);
  }
}

/** Whoever is to say what would have been right must not have read what was done. */
function auditFirst(site: Site, { id, generation }: ItemRow): Screen {
  const body = html`<h1>You are asked about this item</h1>
<p class="brief">It ended without a person, and waits for your audit. Once you have answered, its story is here.</p>
<p><a href="${address(site, `${AUDITS}/${approvalId(id, generation)}`)}">Open the audit</a></p>`;
  return { status: 200, title: 'You are asked about this item', body, at: 'operate' };
}

export const OPERATORS_ONLY = closedSheet(
  'No access',
  'Only operators see how all items go, and set them right.',
  403,
);
