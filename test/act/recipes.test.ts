import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fences, read } from '../docs/fences.ts';
import { type Double, FAULTS, type Fault } from '../support/doubles/double.ts';
import type { Payments } from '../support/doubles/payments.ts';
import { stored } from '../support/fixtures.ts';
import { allowed, goOn, outcome, RECIPES, type Recipe, recipeNamed, run } from './recipe-world.ts';
import { told } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

let double: Double | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

async function after(recipe: Recipe, ...faults: (Fault | undefined)[]): Promise<Double> {
  await double?.close();
  double = await allowed(recipe);
  double.faults = faults;
  await run(recipe, double);
  return double;
}

const names = Object.keys(FAULTS) as Fault[];

describe.each(RECIPES)('to $name', (recipe) => {
  it('is done once, and only its reference is kept', async () => {
    const there = await after(recipe);
    expect(outcome(there)).toBe('done once');
    expect(stored().action?.result).toEqual({
      status: expect.any(Number),
      reference: expect.stringMatching(/^\w+$/),
    });
    expect(there.writes.filter(({ path }) => !path.endsWith('/token'))).toHaveLength(1);
  });

  it.each(names)('happens once or a person is asked, after: %s', async (fault) => {
    const there = await after(recipe, fault);
    expect(['done once', 'a person; done once', 'a person; not done']).toContain(outcome(there));
    await goOn(recipe, there, 3600);
    expect(['done once', 'a person; done once', 'a person; not done']).toContain(outcome(there));
  });

  it('never happens twice, whatever goes wrong one after the other, and however late somebody lets it go on', async () => {
    const late = fc.constantFrom(60, 3 * 3600, 30 * 3600);
    const sequence = fc.array(fc.option(fc.constantFrom(...names), { nil: undefined }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sequence, late, async (faults, seconds) => {
        const there = await after(recipe, ...faults);
        await goOn(recipe, there, seconds);
        await goOn(recipe, there, seconds);
        expect(outcome(there)).not.toMatch(/[A-Z]{4}/);
      }),
      { numRuns: 12, seed: 15 },
    );
  });
});

it('docs/connectors.md has the table of what happens after each fault', async () => {
  const rows: string[] = [];
  for (const fault of names) {
    const cells: string[] = [];
    for (const recipe of RECIPES) cells.push(outcome(await after(recipe, fault)));
    rows.push(`| ${fault} | ${cells.join(' | ')} |`);
  }
  const head = [
    `| | ${RECIPES.map(({ name }) => name).join(' | ')} |`,
    `|---|${'---|'.repeat(RECIPES.length)}`,
  ];
  expect(read('docs/connectors.md')).toContain([...head, ...rows].join('\n'));
});

describe('what others did there', () => {
  it.each([
    ['answer a ticket', 'the ticket was changed since it was read'],
    ['add a contact', 'it was done there before, and not by this action'],
    ['refund a charge', 'it was done there before, and not by this action'],
    ['enter an invoice', 'it was done there before, and not by this action'],
  ])('before it: to %s is refused by name', async (name, reason) => {
    const recipe = recipeNamed(name);
    double = await allowed(recipe);
    recipe.others?.(double as never);
    await run(recipe, double);
    expect(told()).toMatchObject({ status: 'quarantined', error: 'InputError' });
    expect(told().cause).toContain(reason);
    expect(double.effects).toEqual([]);
  });

  it.each(['add a contact', 'refund a charge'])(
    'after a request that was lost: who did it to %s is for a person to say',
    async (name) => {
      const recipe = recipeNamed(name);
      double = await allowed(recipe);
      double.faults = ['the request is lost before it'];
      const there = double;
      double.meanwhile = () => setImmediate(() => recipe.others?.(there as never));
      await run(recipe, double);
      expect(told()).toMatchObject({ status: 'parked', error: 'ProcessingError' });
      expect(told().cause).toContain('ask there whether it acted');
      expect(double.effects).toEqual([]);
    },
  );
});

describe('a refund', () => {
  const recipe = recipeNamed('refund a charge');

  it('whose first request is still at work is waited for', async () => {
    double = await allowed(recipe);
    const payments = double as Payments;
    double.faults = ['the request is lost before it'];
    double.meanwhile = () => {
      payments.atWork = payments.seen.at(-1)?.headers['idempotency-key'] as string;
    };
    await run(recipe, double);
    expect(outcome(double)).toBe('done once');
    expect(payments.writes).toHaveLength(3);
  });

  it('is found by its own mark after the provider has forgotten the key', async () => {
    double = await allowed(recipe);
    double.faults = ['the answer is lost', 'the answer is lost', 'the answer is lost', 'the answer is lost'];
    // The question is lost as well, until the item is given up.
    const { find: _, ...rules } = recipe.rules;
    await run({ ...recipe, rules }, double);
    expect(stored().status).toBe('parked');
    double.faults = [];
    await goOn(recipe, double, 48 * 3600);
    expect(outcome(double)).toBe('done once');
  });

  it('is not sent again after the provider has forgotten the key, where nothing else tells', async () => {
    const { find: _, ...rules } = recipe.rules;
    const blind = { ...recipe, rules };
    double = await allowed(blind);
    double.faults = ['the request is lost before it', ...Array(3).fill('500 before it')] as Fault[];
    await run(blind, double);
    const before = double.seen.length;
    await goOn(blind, double, 48 * 3600);
    expect(told().cause).toContain('keeps no key for so long: ask there whether it acted');
    expect(double.seen).toHaveLength(before);
  });
});

it.each(['help-desk', 'crm', 'payments', 'erp'])(
  'docs/connectors.md has the recipe %s as it runs here',
  (name) => {
    const shown = fences('docs/connectors.md', 'ts').find(({ info }) => info.recipe === name);
    expect(shown?.text).toBe(readFileSync(`test/recipes/${name}.ts`, 'utf8'));
  },
);
