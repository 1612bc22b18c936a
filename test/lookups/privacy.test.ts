import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { defineLookup } from '../../lambdas/contract/steps/lookup.ts';
import { Vault } from '../../lambdas/privacy/vault.ts';
import { ID } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { asking, order, shape, sourceAt } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

let server: Stub;
let vault: Vault;

beforeEach(async () => {
  world.reset();
  time.freezeLater();
  server = await stubServer({ status: 200, body: { email: 'ada@example.org', total: '240.00' } });
  vault = new Vault(ID, { tokens: ['email', 'phone'] });
});
afterEach(() => server.close());

const customer = {
  ...{ name: 'customer', source: 'erp', description: 'The customer with this address.' },
  input: z.object({ email: z.string() }),
  request: ({ email }: { email: string }) => ({ path: '/customers', query: { email } }),
  answer: z.object({ email: z.string(), total: z.string() }),
};
const run = (lookups: Parameters<typeof asking>[1], it = vault) =>
  asking(sourceAt(server.url), lookups, { vault: it });

describe('under privacy, a lookup', () => {
  it('gives its source an order number, and personal data only of kinds that it declares', async () => {
    const { email } = vault.hide({ email: 'ada@example.org' });
    expect(email).toBe('[EMAIL_1]');
    await run({ order: { ...order, answer: z.any() } }).lookup(order, { order: '4711' });
    expect(server.seen.map(({ path }) => path)).toEqual(['/orders/4711']);
    const shy = defineLookup(customer);
    await expect(run({ customer: shy }).lookup(shy, { email })).rejects.toMatchObject({
      name: 'ProcessingError',
      message: "the lookup 'customer' was asked with personal data that its 'given' does not name",
    });
    const other = defineLookup({ ...customer, given: ['phone'] });
    await expect(run({ customer: other }).lookup(other, { email })).rejects.toThrow(/'given'/);
    expect(server.seen).toHaveLength(1);
    const given = defineLookup({ ...customer, given: ['email'] });
    await run({ customer: given }).lookup(given, { email });
    expect(server.seen[1]?.path).toBe('/customers?email=ada%40example.org');
  });

  it('is not asked with a token that a model made up', async () => {
    const given = defineLookup({ ...customer, given: 'all' });
    for (const email of ['[EMAIL_7]', '[email_1]', 'EMAIL_1'])
      await expect(run({ customer: given }).lookup(given, { email })).rejects.toThrow(/stands for no value/);
    expect(server.seen).toEqual([]);
  });

  it('answers with tokens, the same for the same value, also when it is remembered', async () => {
    const given = defineLookup({ ...customer, given: ['email'] });
    const { email } = vault.hide({ email: 'ada@example.org' });
    const first = await run({ customer: given }).lookup(given, { email });
    expect(first).toEqual({ email: '[EMAIL_1]', total: '240.00' });
    // A redelivery begins with an empty vault.
    const later = new Vault(ID, vault.policy);
    later.hide({ email: 'ada@example.org' });
    expect(await run({ customer: given }, later).lookup(given, { email })).toEqual(first);
    expect(server.seen).toHaveLength(1);
    expect(later.back(first)).toMatchObject({ email: 'ada@example.org' });
  });

  it('numbers its tokens in the order of the questions, whichever answer is first', async () => {
    const wide = defineLookup({ ...shape, answer: z.any() });
    const slowFirst = async (slow: string) => {
      server.answers = [
        (response, { path }) => {
          const body = JSON.stringify({ email: `${path.slice(-1)}@example.org` });
          setTimeout(() => response.end(body), path.endsWith(slow) ? 60 : 0);
        },
      ];
      const { lookup } = run({ order: wide }, new Vault(ID, vault.policy));
      world.reset();
      return Promise.all(['a', 'b', 'c'].map((id) => lookup(wide, { order: id })));
    };
    const [one, two] = [await slowFirst('a'), await slowFirst('c')];
    expect(one).toEqual([{ email: '[EMAIL_1]' }, { email: '[EMAIL_2]' }, { email: '[EMAIL_3]' }]);
    expect(two).toEqual(one);
  });
});
