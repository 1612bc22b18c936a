import { afterAll, describe, expect, it } from 'vitest';
import { openapi } from '../../lambdas/api/openapi/openapi.ts';
import { registryEntry } from '../../lib/parts/registry.ts';
import { automations } from '../support/automations.ts';
import { CALLER, TypedClient } from '../support/typed-client.ts';

/* `test/live/client.test.ts` calls the deployed API with it. */

describe('a client that a generator makes of the description', () => {
  const client = new TypedClient(openapi(automations.map(registryEntry), 'https://signalbox.acme.test'));
  afterAll(() => client.remove());

  it('is typed: a caller that is right compiles', () => {
    expect(client.check(CALLER)).toEqual([]);
  });

  it.each([
    ['a field that is missing', "currency: 'EUR', ", ''],
    ['a value that is none', "'EUR'", "'EURO'"],
    ['a header that is none', "'urgent'", "'at once'"],
    ['an answer that cannot be', 'links.self', 'links.own'],
  ])('and one that is wrong does not: %s', (_name, right, wrong) => {
    expect(CALLER).toContain(right);
    expect(client.check(CALLER.replace(right, wrong)).length).toBeGreaterThan(0);
  });
});
