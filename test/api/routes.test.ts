import { describe, expect, it, vi } from 'vitest';
import { dispatch } from '../../lambdas/api/door/dispatch.ts';
import { partsOf, ROUTES, type Route, routesOf } from '../../lambdas/api/routes.ts';
import { ENV as FUNCTIONS, type HandlerName } from '../../lambdas/contract/env.ts';
import { json } from '../../lambdas/kit/http.ts';
import { OPERATOR, SHOP, through } from '../support/api.ts';
import { automations } from '../support/automations.ts';
import { rehearsal } from '../support/rehearsed.ts';
import { sources } from '../support/sources.ts';
import { handlerName, ofType, property, references, synthesise } from '../support/synth.ts';

vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const table: [string, Route][] = Object.entries(ROUTES);

describe('the table of routes', () => {
  it('is what API Gateway has: every route, its function and who may call it', async () => {
    const app = await synthesise('prod');
    const functions = new Map(
      ofType(app, 'AWS::Lambda::Function').map((fn) => [`${fn.stack}/${fn.id}`, handlerName(fn)]),
    );
    const targets = new Map(
      ofType(app, 'AWS::ApiGatewayV2::Integration').map((it) => [
        `${it.stack}/${it.id}`,
        references(property(it, 'IntegrationUri')).map((id) => functions.get(`${it.stack}/${id}`))[0],
      ]),
    );
    const deployed = ofType(app, 'AWS::ApiGatewayV2::Route').map((it) => [
      property(it, 'RouteKey'),
      references(property(it, 'Target')).map((id) => targets.get(`${it.stack}/${id}`))[0],
      property(it, 'AuthorizationType') === 'CUSTOM' ? 'a token' : 'everybody',
    ]);
    const serving = (operation: string) =>
      automations
        .filter(({ documents }) => operation !== 'upload' || documents)
        .filter(({ doors }) => operation !== 'webhook' || doors?.webhooks)
        .map(({ name }) => name);
    const meant = table.flatMap(([operation, { at, fn, who }]) =>
      (at.includes('{automation}') ? serving(operation) : ['']).map((name) => [
        at.replace('{automation}', name),
        fn,
        typeof who === 'object' ? 'everybody' : 'a token',
      ]),
    );
    expect(deployed.sort()).toEqual(meant.sort());
  });

  it('names each route once; no other file of the house names one but the console, whose buttons name commands of it', () => {
    const all: string[] = table.map(([, { at }]) => at);
    expect(new Set(all).size).toBe(all.length);
    const named = sources('lib', 'lambdas')
      // The rows of some rooms lie beside the table.
      .filter(
        ({ path }) =>
          !['routes', 'door/dead-letters', 'door/releases', 'door/similar', 'door/surrogates'].includes(
            path.slice('lambdas/api/'.length, -3),
          ),
      )
      .flatMap(({ path, code }) =>
        [...code.matchAll(/'((?:GET|POST|DELETE|ANY) \/[^']*)'/g)].map(([, at = '']) => ({ path, at })),
      );
    expect(named.filter(({ path }) => !path.startsWith('lambdas/console/'))).toEqual([]);
    const commands = table.flatMap(([, { at, fn }]) => (fn === 'operate/commands' ? [String(at)] : []));
    expect(named.filter(({ at }) => !commands.includes(at))).toEqual([]);
  });

  it('loads no client of AWS, directly or through others', () => {
    const files = new Map(sources('lambdas').map((it) => [it.path, it.imports]));
    const seen = new Set<string>();
    const open = ['lambdas/api/routes.ts'];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      open.push(...(files.get(path) ?? []));
    }
    expect([...seen].filter((it) => /^@aws|^lambdas\/kit\/(?:aws|telemetry|http)/.test(it))).toEqual([]);
  });
});

/** Answers with the name of the operation. */
const named = (fn: HandlerName) => (event: never, caller: never) =>
  dispatch(
    fn as 'operate/commands',
    new Proxy({}, { get: (_, name) => async () => json(200, { name }) }) as never,
    event,
    caller,
    [{ name: 'demo' }] as never,
  );

const BODIES: Record<string, object> = {
  caution: { on: true, reason: 'odd refunds' },
  surrogateSwitch: { on: true, reason: 'a test' },
  calibrate: { step: 'route' },
  similar: { step: 'route', on: true, reason: 'fixed' },
  compensate: { action: 1, reason: 'refunded twice' },
  redrive: { reason: 'is well again' },
  redrives: { reason: 'is well again' },
  erase: { subject: 'zoe@example.com', reason: 'asked us to' },
  force: { state: 'open', reason: 'is down' },
  suspend: { reason: 'wrong amounts' },
  drain: { reason: 'before the upgrade' },
  reference: { pin: true, reason: 'usual' },
  release: { step: 'route', version: 'v2', reason: 'shorter' },
  promote: { reason: 'is better' },
  rollback: { reason: 'is worse' },
  deadLettersRedrive: { reason: 'the fix is out' },
  deadLettersDelete: { ids: ['x'], reason: 'it is nonsense' },
  rehearsal,
  redriveStop: { reason: 'is down again' },
};
const QUERIES: Record<string, Record<string, string>> = { cases: { automation: 'demo' } };
const params = { name: 'demo', id: 'x', endpoint: 'house', queue: 'demo' };
const described = table.filter(([, { says }]) => says !== undefined);

const ask = (operation: string, { at, fn }: Pick<Route, 'at' | 'fn'>, caller: object, more: object = {}) =>
  through(
    named(fn) as never,
    {
      ...{ route: at, path: partsOf({ at }).path, params, body: BODIES[operation] ?? '' },
      ...{ query: QUERIES[operation] ?? {}, caller, ...more },
    } as never,
  );

describe('a row of the table', () => {
  it.each(described)(
    'is answered by its own answer, and by no other function: %s',
    async (operation, row) => {
      expect((await ask(operation, row, OPERATOR)).body).toEqual({ name: operation });
      const others = (Object.keys(FUNCTIONS) as HandlerName[]).filter((it) => it !== row.fn);
      for (const fn of others) {
        const { status } = await ask(operation, { ...row, fn }, OPERATOR);
        expect(status, fn).toBe(404);
      }
    },
  );

  it.each(described)('admits the role it says, and none below: %s', async (operation, row) => {
    const roles = ['client', 'auditor', 'operator'];
    const asked = roles.map(async (role) => (await ask(operation, row, { ...OPERATOR, role })).status);
    const from = roles.indexOf(String(row.who));
    expect(await Promise.all(asked)).toEqual(roles.map((_, rank) => (rank >= from ? 200 : 403)));
  });

  it.each(described.filter(([, row]) => row.everywhere))(
    'that all automations share is not for a token of some: %s',
    async (operation, row) => {
      expect((await ask(operation, row, { ...SHOP, role: 'operator' })).status).toBe(403);
    },
  );

  it.each(described.filter(([, row]) => row.query))(
    'refuses a parameter that is not in its query: %s',
    async (operation, row) => {
      const { status, body } = await ask(operation, row, OPERATOR, {
        query: { ...QUERIES[operation], wiat: '5' },
      });
      const errors = [{ pointer: '/wiat', message: 'unknown parameter: remove it' }];
      expect([status, body.errors]).toEqual([400, errors]);
    },
  );
});

it('gives each function its own rows alone', () => {
  const rows = (Object.keys(FUNCTIONS) as HandlerName[]).flatMap((fn) => routesOf(fn));
  expect(rows.map(({ operation }) => operation).sort()).toEqual(Object.keys(ROUTES).sort());
});
