import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Automation, Implementation, StepRunner } from '../../../lambdas/contract/automation.ts';
import type { Case } from '../../../lambdas/contract/item/cases.ts';
import { defineLookup } from '../../../lambdas/contract/steps/lookup.ts';
import type { Suite } from '../../../local/cases/run.ts';
import type { AnswersPath } from '../../../local/sandbox/answers.ts';
import { PAY } from '../../support/fixtures.ts';
import { aCase, automation, implementation, many, model, run } from './world.ts';

describe('what sources say', () => {
  const order = defineLookup({
    ...{ name: 'order', source: 'shop', description: 'Finds an order.', cacheMinutes: 60 },
    input: z.object({ id: z.string() }),
    request: ({ id }) => ({ path: `/orders/${encodeURIComponent(id)}` }),
    answer: z.object({ total: z.string() }),
  });
  const tier = defineLookup({ ...order, name: 'tier', required: false });
  const asking: Partial<Suite> = {
    automation: { ...automation, lookups: { order, tier } } as unknown as Automation,
    implementation: {
      ...implementation,
      evaluate: async (_: unknown, step: StepRunner) => {
        const found = await step.lookup(order, { id: 'W1' });
        const beside = await step.lookup(tier, { id: 'W1' });
        const amount = found ? found.total : '0.00';
        return { ...PAY, parameters: { amount, ...(beside === undefined ? {} : { note: 'known' }) } };
      },
    } as unknown as Implementation,
  };
  const faults = async (cases: readonly Case[], repeat = 1) => {
    const came = await run(cases, { repeat }, asking);
    return came.cases.flatMap(({ tries }) => tries.flatMap((it) => it.faults));
  };
  const told = aCase({
    ...{ name: 'told', verdict: 'ask', lookups: { order: null, tier: { total: '1' } } },
    parameters: { amount: '0.00', note: 'known' },
  });

  it('stands in the case, each for itself, and nothing else is asked', async () => {
    const of = (name: string, total: string, amount = total) =>
      aCase({ name, lookups: { order: { total }, tier: null }, verdict: 'ask', parameters: { amount } });
    expect(await faults([of('one', '5.00'), of('two', '7.00'), told], 2)).toEqual([]);
    expect(await faults([of('one', '5.00', '6.00')])).toEqual([
      "parameter 'amount': expected 6.00, got 5.00",
    ]);
  });

  it('is missed where the case is silent about what the item needs', async () => {
    const [first] = await faults([aCase()]);
    expect(first).toContain("the lookup 'order' was asked, and the case has no answer to it");
  });

  it('is what the sandbox says where the case is silent, by path, query and body', async () => {
    const shop: AnswersPath = (path, query, body) =>
      path === 'orders/W 1'
        ? { total: `${query.in}${(body as { of: string } | undefined)?.of ?? ''}` }
        : null;
    model.knowledge = [{ steps: {}, prompts: [], sources: { shop } }];
    const asked = (request: object) => {
      const lookups = { order: { ...order, request: () => request }, tier };
      const { implementation } = asking;
      const automation_ = { ...automation, lookups } as unknown as Automation;
      const ask = async (_: unknown, step: StepRunner) => {
        const { total = '0.00' } = (await step.lookup(order, { id: 'W1' })) ?? {};
        return { ...PAY, parameters: { amount: total, note: 'known' } };
      };
      return { automation: automation_, implementation: { ...implementation, evaluate: ask } };
    };
    const faultsOf = async (request: object, fields: Partial<Case>) => {
      const of = asked(request) as unknown as Partial<Suite>;
      const came = await run([aCase({ verdict: 'ask', ...fields })], {}, of);
      return came.cases.flatMap(({ tries }) => tries.flatMap((it) => it.faults));
    };
    const get = { path: '/orders/W%201', query: { in: '7.00', not: undefined } };
    const amount = (is: string) => ({ parameters: { amount: is } });
    expect(await faultsOf(get, amount('7.00'))).toEqual([]);
    expect(await faultsOf({ ...get, body: { of: '1' } }, amount('7.001'))).toEqual([]);
    expect(await faultsOf({ ...get, path: '/orders/2' }, amount('0.00'))).toEqual([]);
    expect(await faultsOf(get, { ...amount('5.00'), lookups: { order: { total: '5.00' } } })).toEqual([]);
  });

  it('is down where the case says so, though the sandbox would answer', async () => {
    model.knowledge = [{ steps: {}, prompts: [], sources: { shop: () => ({ total: '5.00' }) } }];
    const parameters = { amount: '5.00', note: 'known' };
    const silent = aCase({ name: 'silent', verdict: 'ask', parameters });
    const down = {
      ...silent,
      name: 'down',
      verdict: 'act' as const,
      down: ['tier'],
      parameters: { amount: '5.00', note: null },
    };
    expect(await faults([silent, down])).toEqual([]);
  });

  it('is down for one item, and for no other, where a case leaves out what is not needed', async () => {
    const silent = many(12).map((one) => ({
      ...{ ...one, lookups: { order: { total: '5.00' } } },
      parameters: { amount: '5.00', note: null },
    }));
    expect(await faults([...silent, told])).toEqual([]);
  });
});
