import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bytesOf } from '../../bench/row-size.ts';
import { actOn } from '../../lambdas/act/act.ts';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { Endpoint, ModelOffer } from '../../lambdas/contract/endpoint.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { processRecord } from '../../lambdas/process/process.ts';
import { loadKnowledge } from '../../local/sandbox/knowledge.ts';
import { SandboxModel } from '../../local/sandbox/model.ts';
import { OPERATOR, through } from '../support/api.ts';
import { example, implementationOf } from '../support/automations.ts';
import { destinationsAt } from '../support/destinations.ts';
import { ENDPOINT, ENV, sqsRecord, stored } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { orderAt, orderSystemAt } from '../support/order-system.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/*
 * What a refund that acts alone asks of AWS, one by itself in functions that are warm. `npm run bench:work` measures the same deployed,
 * with what many at a time share.
 */

let model: Stub;
let ledger: Stub;
let shop: Stub;
const automation: Automation = example('refund-request');
const implementation: Implementation = await implementationOf(automation);

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  world.secrets = { ...world.secrets, s: '{"signingKey":"k"}', 'signalbox/endpoint': '{"apiKey":"k"}' };
  const sandbox = new SandboxModel(await loadKnowledge(), [], () => undefined);
  model = await stubServer(async (response, { body }) => {
    const said = await sandbox.complete(JSON.parse(body), new AbortController().signal);
    response.writeHead(said.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(said.body));
  });
  ledger = await stubServer({ status: 200, body: { reference: 'R-1' } });
  shop = await stubServer((response, { path }) => {
    const { status, body } = orderAt(path) ?? { status: 404, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
});
afterEach(() => Promise.all([model.close(), ledger.close(), shop.close()]));

function endpoint(): Endpoint {
  const offer = { ...ENDPOINT.models[0], contextTokens: 128_000, maxOutputTokens: 1200 } as ModelOffer;
  const small = { ...offer, name: 'signalbox-sandbox', inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.5 };
  const large: ModelOffer = { ...offer, name: 'signalbox-sandbox-large', tier: 'large' };
  return { ...ENDPOINT, name: 'sandbox', baseUrl: `${model.url}/v1`, models: [small, large] };
}

/** From its post to its end; the calls of each function. */
async function refund(orderId: string) {
  const calls: Record<string, string[]> = {};
  const heard = async <T>(stage: string, run: () => Promise<T>): Promise<T> => {
    world.calls = [];
    const done = await run();
    calls[stage] = world.calls;
    return done;
  };
  const text = 'I was charged twice for the same order. Please pay one charge back.';
  const posted = await heard('intake', () =>
    through((event, who) => postItem(event, who, automation, ENV), {
      body: { orderId, amount: '4.90', currency: 'EUR', text },
      ...{ headers: { 'idempotency-key': orderId }, caller: OPERATOR },
    }),
  );
  const { id } = posted.body;
  const message = sqsRecord({ itemId: id, generation: 1 }, 1);
  const thinking = { env: { ...ENV, STAGE: 'local' }, automation, implementation, endpoints: [endpoint()] };
  await heard('process', () => processRecord(message, { ...thinking, sources: orderSystemAt(shop.url) }));
  const env = { ...ENV, DESTINATIONS: destinationsAt(ledger.url, {}, ['refund-ledger']) };
  await heard('act', () => actOn(message, env, automation));
  return { id, calls };
}

describe('a refund that acts alone', () => {
  it('takes these calls, once secrets and what is known of neighbours are in memory', async () => {
    await refund('W1001');
    const { id, calls } = await refund('W1002');

    expect(stored(id)).toMatchObject({ status: 'done', verdict: 'act' });
    expect(calls).toEqual({
      intake: [
        ...['dynamodb UpdateCommand', 'dynamodb PutCommand', 's3 PutObject', 'dynamodb PutCommand'],
        'sqs SendMessageCommand',
      ],
      process: [
        ...['dynamodb UpdateCommand', 's3 GetObject'],
        // Each step's money and its answer; between them what the order system said.
        ...['dynamodb UpdateCommand', 'dynamodb PutCommand', 'dynamodb PutCommand'],
        ...['dynamodb UpdateCommand', 'dynamodb PutCommand'],
        // Caution and limits in one reading, the room that the action takes, and the rest of the money back.
        ...['dynamodb BatchGetCommand', 'dynamodb TransactWriteCommand', 'dynamodb UpdateCommand'],
        ...['s3 PutObject', 'dynamodb UpdateCommand', 'sqs SendMessageCommand'],
      ],
      // Item, question and what was counted in one reading; the intent, and the outcome.
      act: ['dynamodb BatchGetCommand', 's3 GetObject', 'dynamodb UpdateCommand', 'dynamodb UpdateCommand'],
    });
  });

  it('has a row of at most 2,600 bytes: each write of it costs three units', async () => {
    const { id } = await refund('W1001');
    expect(bytesOf({ ...stored(id) })).toBeLessThanOrEqual(2600);
  });
});
