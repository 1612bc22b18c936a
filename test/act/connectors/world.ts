import type { Call } from '../../../lambdas/act/connectors/connector.ts';
import { request } from '../../../lambdas/act/connectors/request.ts';
import type { Action } from '../../../lambdas/contract/automation.ts';
import type { RequestDestination } from '../../../lambdas/contract/outside/destination.ts';
import type { RequestRules } from '../../../lambdas/contract/outside/request.ts';
import { automation, ENV, ID, itemRow } from '../../support/fixtures.ts';
import { type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';

/* One API that knows us by a token, and an action that it does. */

export let api: Stub;

export async function freshApi(): Promise<void> {
  world.reset();
  time.freezeLater();
  api = await stubServer({ status: 200, body: { ok: true } });
  world.secrets.key = JSON.stringify({ token: 'the-token' });
}

export const RULES: RequestRules = {
  repeats: { by: 'header', keptHours: 24 },
  request: () => ({ method: 'POST', path: '/orders', body: { json: { a: 1 } } }),
  reads: ({ json }) =>
    (json as { ok?: unknown } | undefined)?.ok === true ? { outcome: 'done' } : undefined,
};

export const destination = (more: Partial<RequestDestination> = {}): RequestDestination => ({
  ...{ kind: 'destination', connector: 'request', name: 'erp', url: `${api.url}/v1/`, local: true },
  ...{ auth: 'bearer', secretId: 'key', timeoutSeconds: 1, ...more },
});

export function asked(rules: RequestRules | undefined, more: Partial<Call> = {}): Call {
  const declared = { ...(automation.actions.pay as Action), ...(rules ? { request: rules } : {}) };
  const call = {
    item: ID,
    row: itemRow(),
    env: { ...ENV, DESTINATIONS: '{}' },
    idempotencyKey: `${ID}-0123456789abcdef`,
    action: 'pay',
    parameters: {},
  };
  return { ...call, declared, repeated: false, unsure: false, until: time.at + 45_000, ...more };
}

export const call = (rules: Partial<RequestRules> = {}, more: Partial<Call> = {}, to = destination()) =>
  request.call(to, asked({ ...RULES, ...rules }, more));

export const sends = (made: ReturnType<RequestRules['request']>) => call({ request: () => made });
