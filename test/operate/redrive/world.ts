import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { actOn } from '../../../lambdas/act/act.ts';
import { ask } from '../../../lambdas/approve/ask/ask.ts';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { ActionMessage, WorkMessage } from '../../../lambdas/contract/item/messages.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import type { HttpDestination } from '../../../lambdas/contract/outside/destination.ts';
import { processRecord } from '../../../lambdas/process/process.ts';
import { parkedForNeighbours } from '../../../lambdas/record/parked.ts';
import type { BreakerRow } from '../../../lambdas/tables/control/breakers.ts';
import { noteParked } from '../../../lambdas/tables/redrives/parked-for.ts';
import { registryEntry } from '../../../lib/parts/registry.ts';
import { good } from '../../process/lease-world.ts';
import { type Answered, OPERATOR, type Request, through } from '../../support/api.ts';
import { context } from '../../support/desk.ts';
import { destinationsAt } from '../../support/destinations.ts';
import { automation, ENDPOINT, ENV, ID, itemRow, PAY, sqsRecord, stored } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';

/* Items that stopped, an operator who lets them go on, and every room that has a part in it. */

export let model: Stub;
export let ledger: Stub;
export const REASON = 'the ledger is well again';

export const demo: Automation = { ...automation, reference: 'subject' } as unknown as Automation;

export async function freshHouse(): Promise<void> {
  world.reset();
  time.freezeLater();
  world.secrets['signalbox/endpoint'] = '{"apiKey":"key-1"}';
  world.queueNames.set('signalbox-test-demo-work', 'work');
  model = await stubServer(good());
  ledger = await stubServer({ status: 200, body: { reference: 'R-1' } });
}

export async function closeHouse(): Promise<void> {
  await Promise.all([model.close(), ledger.close()]);
}

/** An item that waits in the queue of work. */
export function posted(fields: Partial<ItemRow> = {}, body: object = { text: 'charged twice' }): string {
  const id = fields.id ?? ID;
  const row = itemRow({ ...fields, id, bodyKey: `items/${id}/body.json` });
  world.tables.put('items', row);
  world.content.set(`bucket/${row.bodyKey}`, JSON.stringify(body));
  world.queues.set('work', [
    ...(world.queues.get('work') ?? []),
    JSON.stringify({ itemId: id, generation: row.generation }),
  ]);
  return id;
}

export function redrive(body: object = {}, given: Request = {}, id = ID): Promise<Answered> {
  return through((event, caller) => answer(event, caller, [registryEntry(demo)], [], [demo]), {
    route: 'POST /v1/items/{id}/redrive',
    path: `/v1/items/${id}/redrive`,
    params: { id },
    body: { reason: REASON, ...body },
    caller: OPERATOR,
    ...given,
  });
}

const prompt = { version: 'route.v1', text: 'Sort.' };

/** A worker of `process`: two steps ask the model. */
export function think(message: WorkMessage, receives = 1, of: Automation = demo): Promise<void> {
  return processRecord(sqsRecord(message, receives), {
    env: ENV,
    endpoints: [{ ...ENDPOINT, baseUrl: model.url }],
    automation: of,
    implementation: { prompts: { route: prompt }, evaluate: async () => PAY } as never,
  });
}

export function act(
  message: ActionMessage,
  of: Automation = demo,
  destination: Partial<HttpDestination> = {},
): Promise<void> {
  // One try: what fails is given up, and parked.
  const DESTINATIONS = destinationsAt(ledger.url, destination);
  const env = { ...ENV, RETRY_SCHEDULE_SECONDS: '[]', DESTINATIONS };
  return actOn(sqsRecord(message), env, of);
}

/** A run puts its question, or hears what was decided and sends the action. */
export async function ran(name: string): Promise<void> {
  const { itemId, generation } = { itemId: '', generation: 0, ...world.executions.get(name)?.input };
  const taskToken = `token of ${name}`;
  world.tokens.add(taskToken);
  await ask({ itemId, generation, taskToken }, context());
  const told = world.answers.find(({ token }) => token === taskToken);
  if ((told?.output as { decision?: string } | undefined)?.decision === 'approve')
    world.queues.set('actions', [
      ...(world.queues.get('actions') ?? []),
      JSON.stringify({ itemId, generation }),
    ]);
}

/** Every worker goes on until all queues are empty. */
export async function settle(of: Automation = demo): Promise<void> {
  const seen = new Set<string>();
  for (let turn = 0; turn < 50; turn += 1) {
    const work = world.taken('work') as WorkMessage[];
    const actions = world.taken('actions') as ActionMessage[];
    const runs = [...world.executions.keys()].filter((name) => !seen.has(name));
    if (work.length + actions.length + runs.length === 0) return;
    for (const message of work) await think(message, 1, of);
    for (const message of actions) await act(message, of);
    for (const name of runs) {
      seen.add(name);
      await ran(name);
    }
  }
  throw new Error('the house does not come to rest');
}

/** The stream tells that these came to be parked. */
export async function streamed(ids: readonly string[] = [ID]): Promise<void> {
  const records = ids.map((id) => ({ dynamodb: { NewImage: marshall(stored(id)) } }) as DynamoDBRecord);
  await noteParked(ENV.CONTROL_TABLE, parkedForNeighbours(records));
}

/** How the breaker of the ledger stands. */
export function breaker(fields: Partial<BreakerRow> = {}): void {
  world.tables.put(ENV.CONTROL_TABLE, { id: 'destination#ledger', ...fields });
}

/** It was open, and is closed from now on. */
export const closes = () => breaker({ breaker: 'closed', rampFrom: time.at, epoch: 2 });

export const calls = () => ledger.seen.map(({ headers }) => headers['idempotency-key']);
export const paid = () => model.seen.length;
export const redriven = (id = ID) => stored(id).timeline.filter(({ event }) => event === 'redriven');
