import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bytesOf } from '../../../bench/row-size.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { actsAlone } from '../../../lambdas/record/alone.ts';
import { chainOutcomes } from '../../../lambdas/record/receipts/outcomes.ts';
import { putAudits } from '../../../lambdas/tables/audit/audit.ts';
import { SHOWN_BY_AUTOMATION } from '../../../lambdas/tables/indexes.ts';
import { HOT_ROWS, type HotRowName } from '../../../local/capacity/hot-rows.ts';
import { ENV, stored } from '../../support/fixtures.ts';
import { change } from '../../support/receipts.ts';
import { openRefunds, type Refunds } from '../../support/refund-alone.ts';
import { world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

/* What one item writes to keys that others write too. Every key of the control table that it writes, and that no other item has for itself, is here. */

let refunds: Refunds;
beforeEach(async () => {
  refunds = await openRefunds({ requestsPerMinute: 500, tokensPerMinute: 500_000 });
});
afterEach(() => refunds.close());

interface Written {
  TableName: string;
  Key?: { id: string };
  Item?: { id: string };
}

/** Which of the keys a row is; undefined for one that is an item's own. */
function nameOf(table: string, id: string): HotRowName | undefined {
  if (table !== 'control') return undefined;
  if (id.startsWith('endpoint#')) return 'endpoint';
  if (id.startsWith('client#')) return 'client';
  if (id.includes('_budget#')) return 'budget';
  if (/_limit#\w+#day#/.test(id)) return 'dayLimit';
  // Of one item, and of one customer's order.
  if (/_limit#(?:item|\w+#subject)#/.test(id)) return undefined;
  throw new Error(`an item writes '${id}' of the control table: say in hot-rows.ts who else does`);
}

const units = (bytes: number) => Math.ceil(bytes / 1024);
const shown = (row: Partial<ItemRow> | undefined) =>
  JSON.stringify(['automation', 'order', ...SHOWN_BY_AUTOMATION].map((name) => row?.[name as keyof ItemRow]));

/** Write units of a refund that acts alone, by key; what the stream brings about included. */
async function measured(): Promise<Partial<Record<HotRowName, number>>> {
  const first = await refunds.refund('W1001');
  // What follows another receipt is longer than the first of a chain.
  await chainOutcomes([change({ status: 'acting' }, stored(first.id))], ENV);
  const found: Partial<Record<HotRowName, number>> = {};
  const add = (name: HotRowName, more: number) => {
    found[name] = (found[name] ?? 0) + more;
  };
  const { tables } = world;
  const run = tables.run.bind(tables);
  const rowOf = (id: string) => tables.row<Partial<ItemRow>>('items', id);
  vi.spyOn(tables, 'run').mockImplementation((command, input) => {
    const sent = input as unknown as Written & { TransactItems?: { Put?: Written; Update?: Written }[] };
    const each = sent.TransactItems?.flatMap(({ Put, Update }) => Put ?? Update ?? []) ?? [sent];
    const writes = /^(?:Put|Update|Transact)/.test(command) ? each : [];
    const keys = writes.map(({ TableName, Key, Item }) => ({
      table: TableName,
      id: (Key ?? Item)?.id ?? '',
    }));
    const before = keys.map(({ id }) => shown(rowOf(id)));
    const answer = run(command, input);
    for (const [at, { table, id }] of keys.entries()) {
      const name = nameOf(table, id);
      if (name)
        add(name, (sent.TransactItems ? 2 : 1) * units(bytesOf(tables.row<object>(table, id) as never)));
      if (table === 'items' && shown(rowOf(id)) !== before[at]) add('byAutomation', 1);
    }
    return answer;
  });
  const { id } = await refunds.refund('W1002');
  vi.mocked(tables.run).mockRestore();

  const done = stored(id);
  expect(done).toMatchObject({ status: 'done', verdict: 'act' });
  await chainOutcomes([change({ status: 'acting' }, done)], ENV);
  const receipt = tables.all('receipts').find((row) => row.id === id);
  add('chain', units(bytesOf(receipt as never)));
  for (const entry of actsAlone([change(undefined, done)])) {
    await putAudits('audit', [entry]);
    add('audit', units(bytesOf(entry as never)));
  }
  return found;
}

describe('what an item writes where others write too', () => {
  it('is what the capacity is reckoned with', async () => {
    const said = Object.fromEntries(Object.entries(HOT_ROWS).map(([name, { units: of }]) => [name, of]));
    expect(await measured()).toEqual(said);
  });
});
