import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openapi } from '../../lambdas/api/openapi/openapi.ts';
import { acceptedSchema, itemSchema, problemSchema } from '../../lambdas/api/openapi/schemas.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { OPERATOR, through } from '../support/api.ts';
import { automations } from '../support/automations.ts';
import { automation as demo, ENV } from '../support/fixtures.ts';
import { fits } from '../support/json-schema.ts';
import type { Operation } from '../support/openapi.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => ({
  count: () => {},
  logger: { info: () => {}, error: () => {}, debug: () => {} },
}));

const document = JSON.parse(
  JSON.stringify(openapi(automations.map(registryEntry), 'https://signalbox.acme.test/')),
) as {
  openapi: string;
  info: { title: string; version: string };
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Record<string, unknown>>; securitySchemes: Record<string, object> };
};

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

beforeEach(() => {
  world.reset();
  time.freeze();
});

/** Paths of the webhooks of all automations. */
const webhooks = automations.flatMap(({ name, doors }) =>
  Object.keys(doors?.webhooks ?? {}).map((webhook) => `/v1/automations/${name}/webhooks/${webhook}`),
);

describe('the description of the API', () => {
  it('is OpenAPI 3.1, with a title, a version and a way to sign in', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect(document.info).toMatchObject({ title: 'Signalbox', version: expect.any(String) });
    for (const scheme of document.security.flatMap(Object.keys))
      expect(document.components.securitySchemes).toHaveProperty(scheme);
  });

  it('names every operation of the contract that is built', () => {
    const named = operations.map(({ method, path }) => `${method} ${path}`).sort();

    expect(named).toEqual(
      [
        'delete /v1/items/{id}',
        'delete /v1/redrives/{id}',
        'get /approvals/{id}',
        'get /approvals/{id}/pages/{ref}/{n}',
        'get /console',
        'get /openapi.json',
        'get /v1/audit',
        'get /v1/automations',
        'get /v1/automations/{name}',
        'get /v1/automations/{name}/audits',
        'get /v1/automations/{name}/drift',
        'get /v1/automations/{name}/judged',
        'get /v1/automations/{name}/releases',
        'get /v1/automations/{name}/similar',
        'get /v1/automations/{name}/surrogate',
        'get /v1/automations/{name}/statistics',
        'get /v1/breakers',
        'get /v1/cases',
        ...['', '/{queue}'].map((it) => `get /v1/dead-letters${it}`),
        'get /v1/endpoints',
        'get /v1/items',
        'get /v1/items/{id}',
        ...['export', 'receipt', 'verification'].map((it) => `get /v1/items/{id}/${it}`),
        'get /v1/receipts/{day}',
        'get /v1/reports/{week}',
        ...['', '/{id}'].map((it) => `get /v1/redrives${it}`),
        'get /v1/statistics',
        'post /approvals/{id}',
        'post /mcp',
        'post /slack/interactions',
        ...automations.map(({ name }) => `post /v1/automations/${name}/items`),
        ...webhooks.map((path) => `post ${path}`),
        ...automations
          .filter(({ documents }) => documents)
          .map(({ name }) => `post /v1/automations/${name}/uploads`),
        ...[
          ...'calibrate caution drain drift redrives resume review similar surrogate suspend'.split(' '),
          ...['releases', 'releases/promote', 'releases/rollback', 'rehearsals'],
        ].map((command) => `post /v1/automations/{name}/${command}`),
        'post /v1/breakers/{endpoint}',
        ...['delete', 'redrive'].map((it) => `post /v1/dead-letters/{queue}/${it}`),
        'post /v1/endpoints/probe',
        'post /v1/erasures',
        'post /v1/items/{id}/compensate',
        'post /v1/items/{id}/redrive',
      ].sort(),
    );
  });

  it('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference]) => reference ?? '',
    );

    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) {
      const found = reference
        .split('/')
        .slice(1)
        .reduce<unknown>((part, key) => (part as Record<string, unknown>)?.[key], document);
      expect(found, reference).toBeDefined();
    }
    expect(JSON.stringify(document)).not.toContain('$schema');
  });

  it('declares each parameter of a path, once, with a place and a type', () => {
    for (const { path, method, parameters } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
        path,
      ).toEqual(inPath);
      expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
      for (const parameter of parameters) {
        expect(['path', 'query', 'header'], `${method} ${path}`).toContain(parameter.in);
        if (parameter.in === 'path') expect(parameter.required).toBe(true);
        expect(Object.keys(parameter.schema)).toEqual(
          expect.arrayContaining([expect.stringMatching(/^(type|enum)$/)]),
        );
      }
    }
  });

  it('gives a parameter a default of its own type', () => {
    for (const { parameters } of operations) {
      for (const { name, schema } of parameters) {
        if (schema.default !== undefined && schema.type === 'string')
          expect(typeof schema.default, name).toBe('string');
      }
    }
  });

  it('describes each answer, and every refusal as a problem document', () => {
    // The refusals of MCP are its protocol's own.
    for (const { path, responses } of operations.filter((it) => !it.security && it.path !== '/mcp')) {
      const begun = /(?:id|name)\}\/redrives?$/.test(path);
      const success = begun ? '202' : path.endsWith('/uploads') ? '201' : '200';
      expect(Object.keys(responses), path).toEqual(expect.arrayContaining([success, '400', '401', '403']));
      for (const [status, { description, content = {} }] of Object.entries(responses)) {
        expect(description.length).toBeGreaterThan(3);
        const file = path === '/v1/audit' ? ['text/csv'] : [];
        expect(Object.keys(content)).toEqual(
          Number(status) < 400 ? ['application/json', ...file] : ['application/problem+json'],
        );
      }
    }
    const ids = operations.flatMap(({ operationId }) => operationId ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells what browsers and Slack call from what a token calls: pages, and no token', () => {
    const open = operations.filter(({ security }) => security);

    expect(open.map(({ path }) => path)).toEqual(
      operations
        .map(({ path }) => path)
        .filter((it) => webhooks.includes(it) || (!it.startsWith('/v1/') && it !== '/mcp')),
    );
    for (const { path, security, responses } of open) {
      expect(security, path).toEqual([]);
      const kinds = Object.values(responses).flatMap(({ content = {} }) => Object.keys(content));
      const others: Record<string, string[]> = {
        '/openapi.json': ['application/json'],
        '/slack/interactions': [],
        '/approvals/{id}/pages/{ref}/{n}': ['image/png', 'text/html'],
      };
      const kind = webhooks.includes(path) ? ['application/problem+json'] : (others[path] ?? ['text/html']);
      expect([...new Set(kinds)], path).toEqual(kind);
    }
  });

  it('says between which numbers a number of a query lies', () => {
    const numbers = operations.flatMap(({ path, parameters }) =>
      parameters.flatMap(({ name, schema }) =>
        schema.type === 'integer' ? [{ path, name, ...schema }] : [],
      ),
    );

    expect(numbers).toEqual([
      { path: '/v1/items/{id}', name: 'wait', type: 'integer', minimum: 0, maximum: 25 },
      {
        path: '/v1/items',
        name: 'limit',
        type: 'integer',
        minimum: 1,
        maximum: 100,
        description: 'Default 50',
      },
      {
        path: '/v1/automations/{name}/audits',
        name: 'days',
        type: 'integer',
        minimum: 1,
        maximum: 90,
        description: 'Default 28',
      },
      {
        path: '/v1/statistics',
        name: 'days',
        type: 'integer',
        minimum: 1,
        maximum: 400,
        description: 'Default 30',
      },
    ]);
  });

  it('says what a priority changes, and that a list may be of no automation', () => {
    for (const { parameters } of operations.filter(({ operationId }) => operationId?.startsWith('post-'))) {
      const { description } = parameters.find(({ name }) => name === 'Signalbox-Priority') ?? {};
      expect(description).toMatch(/urgent waits longer.*low takes idle capacity.*turned away/);
    }
    expect(document.paths['/v1/items']?.get?.responses).toHaveProperty('404');
  });

  it('tells the two answers apart that a POST may have with 200', async () => {
    const { Item = {}, Accepted = {} } = document.components.schemas;
    const post = (status?: 'done') => {
      if (status) for (const row of world.tables.all('items')) world.tables.put('items', { ...row, status });
      return through((event, caller) => postItem(event, caller, demo as never, ENV), {
        headers: { 'idempotency-key': 'k-1', ...(status ? { prefer: 'wait=5' } : {}) },
      });
    };
    await post();

    const [receipt, story] = [await post(), await post('done')];

    expect(
      document.paths[`/v1/automations/${automations[0]?.name}/items`]?.post?.responses['200']?.content,
    ).toEqual({
      'application/json': {
        schema: { oneOf: [{ $ref: '#/components/schemas/Item' }, { $ref: '#/components/schemas/Accepted' }] },
      },
    });
    expect([receipt.status, fits(Item, receipt.body), fits(Accepted, receipt.body)]).toEqual([
      200,
      false,
      true,
    ]);
    expect([story.status, fits(Item, story.body), fits(Accepted, story.body)]).toEqual([200, true, false]);
    expect(itemSchema.parse(story.body)).toEqual(story.body);
  });

  it('knows no keyword but those of JSON Schema 2020-12', () => {
    const keywords =
      'type properties required additionalProperties items enum const anyOf oneOf allOf not format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems default description title propertyNames prefixItems $ref $defs examples'.split(
        ' ',
      );
    const check = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [keyword, value] of Object.entries(schema)) {
        expect(keywords).toContain(keyword);
        if (keyword === 'properties' || Array.isArray(value)) Object.values(value as object).forEach(check);
        else if (!['enum', 'const', 'default', 'examples', 'required'].includes(keyword)) check(value);
      }
    };
    Object.values(document.components.schemas).forEach(check);
    for (const { requestBody } of operations) check(requestBody?.content['application/json']?.schema);
  });

  it('shows bodies that are taken in as they stand, and answers that fit', async () => {
    for (const automation of automations) {
      const { requestBody } =
        document.paths[`/v1/automations/${automation.name}/items`]?.post ?? ({} as Operation);
      const examples = Object.values(requestBody?.content['application/json']?.examples ?? {});
      expect(examples.length).toBe(automation.examples.length);
      for (const { value } of examples) {
        const { status, body } = await through((event, caller) => postItem(event, caller, automation, ENV), {
          body: value,
          caller: OPERATOR,
        });
        expect(status).toBe(202);
        expect(acceptedSchema.parse(body)).toEqual(body);
      }
      const refused = await through((event, caller) => postItem(event, caller, automation, ENV), {
        body: { wrong: 1 },
        caller: OPERATOR,
      });
      // One that repairs takes it in, and says by the item what became of it.
      const schema = automation.repair ? acceptedSchema : problemSchema;
      expect(schema.parse(refused.body)).toEqual(refused.body);
    }
  });
});
