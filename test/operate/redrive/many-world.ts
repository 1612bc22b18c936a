import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { advanceAll } from '../../../lambdas/operate/redrive/advance.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { type Answered, OPERATOR, type Request, through } from '../../support/api.ts';
import { ENV, itemRow, stored } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { time, world } from '../../support/world.ts';
import { demo, REASON } from './world.ts';

/* Many items of one automation that rest, and the clock that lets them go on. */

export const registry = [registryEntry(demo)];
const ERROR = { class: 'TransientError', message: 'was down' } as const;

/** Hex digits that tell items apart. */
const idOf = (n: number) => `demo_${n.toString(16).padStart(32, '0')}`;

/** So many items that act alone and were parked by what was down, a second apart. */
export function parkedItems(count: number, fields: (n: number) => Partial<ItemRow> = () => ({})): string[] {
  const parked = Array.from({ length: count }, (_, n) => {
    const receivedAt = new Date(time.at - 3_600_000 + n * 1000).toISOString();
    const id = idOf(n);
    const row = itemRow({
      ...{
        id,
        receivedAt,
        updatedAt: receivedAt,
        order: `${receivedAt}#${id}`,
        status: 'parked',
        error: ERROR,
      },
      timeline: [{ at: receivedAt, event: 'parked', stage: 'act' }],
      bodyKey: `items/${id}/body.json`,
      ...fields(n),
    });
    world.tables.put('items', row);
    world.content.set(`bucket/${row.bodyKey}`, '{"text":"charged twice"}');
    return id;
  });
  return parked;
}

export function redrives(body: object = {}, given: Request = {}): Promise<Answered> {
  return through((event, caller) => answer(event, caller, registry, [], [demo]), {
    route: 'POST /v1/automations/{name}/redrives',
    path: '/v1/automations/demo/redrives',
    params: { name: 'demo' },
    body: { reason: REASON, ...body },
    caller: OPERATOR,
    ...given,
  });
}

export function standing(id: string, given: Request = {}): Promise<Answered> {
  return through((event, caller) => answer(event, caller, registry), {
    ...{ route: 'GET /v1/redrives/{id}', path: `/v1/redrives/${id}`, params: { id }, body: '' },
    ...{ caller: OPERATOR, ...given },
  });
}

/** A minute goes by. */
export async function minute(): Promise<void> {
  time.advance(60);
  await advanceAll(registry, ENV);
}

export async function untilDone(id: string, most = 200): Promise<Answered['body']> {
  for (let turn = 0; turn < most; turn += 1) {
    const { body } = await standing(id);
    if (body.state === 'done') return body;
    await minute();
  }
  throw new Error('the redrive does not end');
}

export const goneOn = (ids: readonly string[]) => ids.filter((id) => stored(id).generation === 2);
