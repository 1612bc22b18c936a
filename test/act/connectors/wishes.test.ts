import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Destination } from '../../../lambdas/contract/outside/destination.ts';
import { type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';
import { allowed, standsAfter } from './delivery.ts';
import { RULES } from './world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

/* How long a destination wishes to be left alone, where what it says is no time. */

let api: Stub;
beforeEach(async () => {
  world.reset();
  time.freezeLater();
  world.secrets.key = JSON.stringify({ token: 'T', botToken: 'xoxb-1', signingKey: 'S' });
  api = await stubServer({ status: 200 });
  allowed();
});
afterEach(() => api.close());

const common = { kind: 'destination', name: 'there', timeoutSeconds: 5, secretId: 'key' } as const;
const slack = { slack: { text: () => 'Hello' } };
const there: Record<string, [() => Destination, object]> = {
  request: [
    () => ({ ...common, connector: 'request', url: api.url, local: true, auth: 'bearer' }),
    { request: RULES },
  ],
  http: [() => ({ ...common, connector: 'http', url: api.url, idempotent: true }), {}],
  slack: [() => ({ ...common, connector: 'slack', apiUrl: api.url, channel: 'C02ABC' }), slack],
};

describe.each(Object.keys(there))('an action by %s waits and is tried again', (name) => {
  it.each(['1e400', 'Infinity', '1e300', '-5', '0x10', 'soon', ''])(
    'after 429 and 503 with "%s"',
    async (wish) => {
      const [destination, rules] = there[name] as [() => Destination, object];
      for (const status of [429, 503]) {
        api.answers = [{ status, headers: { 'retry-after': wish } }];
        expect(await standsAfter(destination(), rules)).toEqual({ status: 'acting' });
        time.advance(8000);
      }
      const wished = world.tables.all('control').map((row) => JSON.stringify(row));
      expect(wished.join()).not.toMatch(/Infinity|NaN|null/);
    },
  );
});
