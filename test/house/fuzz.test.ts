import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callerOf } from '../../lambdas/api/caller.ts';
import { problemSchema } from '../../lambdas/api/openapi/schemas.ts';
import { ROUTES, type Route } from '../../lambdas/api/routes.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { announceUpload } from '../../lambdas/intake/doors/upload.ts';
import { type ApiEvent, apiHandler, type Caller, type Reply } from '../../lambdas/kit/http.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { send, standInForTheApi } from '../api/mcp/world.ts';
import { request } from '../support/api.ts';
import { freshHouse } from '../support/console.ts';
import { automation, ENV, itemRow } from '../support/fixtures.ts';
import { body, each, given, MINUTES, word } from '../support/fuzz.ts';
import { answer } from '../support/gateway.ts';
import { world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/bucket/bytes.ts', () => import('../support/bucket.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/*
 * With `fuzz-pages.test.ts` ten thousand requests that nobody would send on purpose, at every HTTP door, in the functions' own code. None
 * is answered by a fault of ours.
 */

beforeEach(() => freshHouse());
afterEach(() => vi.unstubAllGlobals());

const DEMO = {
  ...automation,
  reference: 'subject',
  documents: { types: ['pdf'], mostBytes: 1000, mostPages: 5 },
  promise: { normalMinutes: 5 },
} as unknown as Automation;
const REGISTRY = [registryEntry(DEMO)];

type Given = typeof given extends fc.Arbitrary<infer T> ? T : never;
type Door = (event: ApiEvent, caller: Caller) => Promise<Reply>;

/** A request as API Gateway hands it over. */
const answered = new Map<number, number>();
async function sent(run: Door, route: string, it: Given): Promise<void> {
  const params = { automation: it.id, name: it.id, id: it.id };
  const { statusCode = 0, body: said = '' } = await apiHandler(run)(request({ ...it, route, params }));
  answered.set(statusCode, (answered.get(statusCode) ?? 0) + 1);
  expect(statusCode, said).toBeLessThan(500);
  expect(statusCode).toBeGreaterThanOrEqual(200);
  if (statusCode >= 400) expect(problemSchema.parse(JSON.parse(said)).status).toBe(statusCode);
}

describe('no request makes a fault of ours', () => {
  it('at the door of items', { timeout: MINUTES }, () =>
    each(given, 3200, async (it) => {
      world.reset();
      await sent(
        (event, who) => postItem(event, who, DEMO, ENV),
        'POST /v1/automations/{automation}/items',
        it,
      );
    }),
  );

  it('at the door of uploads', { timeout: MINUTES }, () =>
    each(given, 1000, async (it) => {
      world.reset();
      await sent(
        (event, who) => announceUpload(event, who, DEMO, ENV),
        'POST /v1/automations/{automation}/uploads',
        it,
      );
    }),
  );

  const routes: readonly Route[] = Object.values(ROUTES);
  const others = routes.filter(({ fn }) => fn === 'api/api' || fn === 'operate/commands').map(({ at }) => at);

  it('at any other route of the API, and at none', { timeout: MINUTES }, () => {
    const route = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...others) },
      { weight: 1, arbitrary: word },
    );
    return each(fc.tuple(route, given), 3000, async ([at, it]) => {
      world.reset();
      world.queueNames.set('signalbox-test-demo-work', 'work');
      world.tables.put('items', itemRow());
      await sent((event, who) => answer(event, who, REGISTRY), at, it);
    });
  });

  it('by requests of which enough get past the door', () => {
    for (const status of [200, 201, 202, 400, 401, 403, 404])
      expect(answered.get(status), String(status)).toBeGreaterThan(10);
  });

  it('at the door of agents', { timeout: MINUTES }, () => {
    standInForTheApi();
    const methods = fc.constantFrom(
      'tools/list',
      'tools/call',
      'ping',
      'initialize',
      'resources/read',
      '__proto__',
    );
    const said = fc.record({
      jsonrpc: fc.constantFrom('2.0', '1.0'),
      id: fc.oneof(fc.integer(), word),
      method: methods,
      params: fc.jsonValue(),
    });
    const message = fc.oneof(
      said.map((it) => JSON.stringify(it)),
      body,
    );
    const tool = fc.record({
      name: fc.oneof(fc.constantFrom('demo', 'get_item'), word),
      arguments: fc.dictionary(fc.constantFrom('id', 'text', 'documents'), fc.oneof(word, fc.jsonValue())),
    });
    const call = tool.map((params) =>
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    );
    return each(fc.tuple(given, fc.oneof(message, call)), 300, async ([it, text]) => {
      world.reset();
      const { statusCode = 0, body: said = '' } = await send({ ...it, body: text, base64: false });
      expect(statusCode, said).toBeLessThan(500);
    });
  });

  it('in the header that names the caller', { timeout: MINUTES }, () => {
    world.secrets['signalbox/clients'] = '{"clients":[]}';
    return each(word, 500, async (header) => {
      expect(await callerOf(header, 'signalbox/clients')).toEqual({});
    });
  });
});
