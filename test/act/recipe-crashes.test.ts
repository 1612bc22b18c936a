import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Double } from '../support/doubles/double.ts';
import { stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { allowed, deliver, outcome, RECIPES, run } from './recipe-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

let double: Double | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

describe.each(RECIPES)('to $name', (recipe) => {
  it('happens once, wherever the worker dies', async () => {
    double = await allowed(recipe);
    await deliver(recipe, double);
    const calls = world.calls.length;
    expect(calls).toBeGreaterThan(3);
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        await double.close();
        double = await allowed(recipe);
        world.crashAt(point, after);
        await deliver(recipe, double);
        world.revive();
        // Its lease has ended, and what it did can be found.
        time.advance(46);
        await run(recipe, double);
        expect(outcome(double), `call ${point}, after: ${after}`).toBe('done once');
      }
    }
  });

  it('happens once for ten messages at the same moment', async () => {
    double = await allowed(recipe);
    const there = double;
    await Promise.all(Array.from({ length: 10 }, () => deliver(recipe, there)));
    expect(outcome(there)).toBe('done once');
  });

  it('leaves no word of the answer, the parameters or the secret in its row', async () => {
    double = await allowed(recipe);
    double.faults = ['500 after it'];
    await run(recipe, double);
    const row = JSON.stringify(stored());
    const words = [...Object.values(recipe.parameters), ...Object.values(recipe.secret)].map(String);
    for (const word of words.filter((one) => one.length > 4)) expect(row).not.toContain(word);
  });
});
