import { actOn } from '../../lambdas/act/act.ts';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { Endpoint, ModelOffer } from '../../lambdas/contract/endpoint.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { processRecord } from '../../lambdas/process/process.ts';
import { loadKnowledge } from '../../local/sandbox/knowledge.ts';
import { SandboxModel } from '../../local/sandbox/model.ts';
import { OPERATOR, through } from './api.ts';
import { example, implementationOf } from './automations.ts';
import { destinationsAt } from './destinations.ts';
import { ENDPOINT, ENV, sqsRecord } from './fixtures.ts';
import { stubServer } from './http.ts';
import { orderAt, orderSystemAt } from './order-system.ts';
import { time, world } from './world.ts';

/*
 * A refund that acts alone, from its post to its end, one by itself in functions that are warm. A file that uses it puts the doubles of
 * `clients.ts`, `content.ts` and `telemetry.ts` in their places.
 */

export interface Refunds {
  /** From its post to its end; the calls of each function. */
  refund(orderId: string): Promise<{ id: string; calls: Record<string, string[]> }>;
  close(): Promise<void>;
}

/** Begins with an empty world. @param pace limits of the endpoint; one without them writes no row of its own */
export async function openRefunds(
  pace: Pick<Endpoint, 'requestsPerMinute' | 'tokensPerMinute'> = {},
): Promise<Refunds> {
  const automation: Automation = example('refund-request');
  const implementation: Implementation = await implementationOf(automation);
  world.reset();
  time.freezeLater();
  world.secrets = { ...world.secrets, s: '{"signingKey":"k"}', 'signalbox/endpoint': '{"apiKey":"k"}' };
  const sandbox = new SandboxModel(await loadKnowledge(), [], () => undefined);
  const model = await stubServer(async (response, { body }) => {
    const said = await sandbox.complete(JSON.parse(body), new AbortController().signal);
    response.writeHead(said.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(said.body));
  });
  const ledger = await stubServer({ status: 200, body: { reference: 'R-1' } });
  const shop = await stubServer((response, { path }) => {
    const { status, body } = orderAt(path) ?? { status: 404, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const offer = { ...ENDPOINT.models[0], contextTokens: 128_000, maxOutputTokens: 1200 } as ModelOffer;
  const small = { ...offer, name: 'signalbox-sandbox', inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.5 };
  const large: ModelOffer = { ...offer, name: 'signalbox-sandbox-large', tier: 'large' };
  const endpoint: Endpoint = {
    ...{ ...ENDPOINT, ...pace, name: 'sandbox', baseUrl: `${model.url}/v1`, models: [small, large] },
  };

  const refund = async (orderId: string) => {
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
    const thinking = { env: { ...ENV, STAGE: 'local' }, automation, implementation, endpoints: [endpoint] };
    await heard('process', () => processRecord(message, { ...thinking, sources: orderSystemAt(shop.url) }));
    const env = { ...ENV, DESTINATIONS: destinationsAt(ledger.url, {}, ['refund-ledger']) };
    await heard('act', () => actOn(message, env, automation));
    return { id, calls };
  };
  const close = async () => {
    await Promise.all([model.close(), ledger.close(), shop.close()]);
  };
  return { refund, close };
}
