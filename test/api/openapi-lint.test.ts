import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, it } from 'vitest';
import { openapi } from '../../lambdas/api/openapi/openapi.ts';
import { STATUS_CHANGE, statusChangeSchema } from '../../lambdas/api/openapi/webhooks.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { automations } from '../support/automations.ts';

/* The linter of Redocly, with the rules that it recommends. */

const described = () => openapi(automations.map(registryEntry), 'https://signalbox.acme.test/');

async function lint(document: object): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({
    source: JSON.stringify(document),
    absoluteRef: 'openapi.json',
    config,
  });
  return problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer}: ${message}`);
}

it('finds nothing in the description, not even a warning', async () => {
  expect(await lint(described())).toEqual([]);
});

it('finds what is wrong: it does run', async () => {
  expect(await lint({ ...described(), servers: [] })).toEqual([expect.stringMatching(/^no-empty-servers /)]);
});

interface Named {
  operationId?: string;
  tags?: string[];
  description?: string;
  callbacks?: object;
}

it('names, tags and explains every operation, and describes the callback where an item is posted', () => {
  const { paths, tags, servers } = JSON.parse(JSON.stringify(described())) as {
    paths: Record<string, Record<string, Named>>;
    tags: { name: string }[];
    servers: object[];
  };
  const known = tags.map(({ name }) => name);
  const all = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.values(verbs).map((operation) => ({ path, ...operation })),
  );
  for (const { path, operationId, tags: own = [], description, callbacks } of all) {
    expect(operationId, path).toMatch(/^[a-zA-Z][\w-]*$/);
    expect(known, path).toEqual(expect.arrayContaining(own));
    expect([own.length, description === undefined], path).toEqual([1, false]);
    const posts = automations.some(({ name }) => path === `/v1/automations/${name}/items`);
    expect(callbacks !== undefined, path).toBe(posts);
  }
  expect(servers).toEqual([{ url: 'https://signalbox.acme.test', description: 'This deployment' }]);
});

it('shows a status change that is one', () => {
  expect(statusChangeSchema.parse(STATUS_CHANGE)).toEqual(STATUS_CHANGE);
});
