import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Automation, Implementation, StepRunner } from '../../../lambdas/contract/automation.ts';
import { clock, DAY_SECONDS } from '../../../lambdas/kit/clock.ts';
import { runSuite, type Suite } from '../../../local/cases/run.ts';
import { PAY } from '../../support/fixtures.ts';
import {
  aCase,
  automation,
  implementation,
  many,
  means,
  model,
  now,
  run,
  said,
  server,
  suite,
} from './world.ts';

/** Of one call, at the prices of the endpoint: 100 tokens in, 10 out. */
const CALL_USD = 0.00014;

describe('a run of cases', () => {
  it('is right where label and verdict are, and says what it cost', async () => {
    const { cases, spread, costUsd } = await run([aCase()]);
    expect(cases).toMatchObject([
      { name: 'one', verdict: 'PASS', tries: [{ outcome: 'right', faults: [] }] },
    ]);
    expect(cases[0]?.tries[0]).toMatchObject({ label: 'Billing', verdict: 'act', action: 'pay' });
    expect(spread).toEqual({ least: 1, most: 1 });
    expect(costUsd).toBeCloseTo(CALL_USD, 6);
  });

  it('is wrong by what is wrong', async () => {
    server.answers = [said('other')];
    const { cases } = await run([aCase()]);
    expect(cases[0]).toMatchObject({ verdict: 'FAIL' });
    expect(cases[0]?.tries[0]?.faults).toEqual([
      'label: expected Billing, got other',
      'verdict: expected act, got ask',
    ]);
  });

  it('asks anew in every repeat, and shows the spread between them', async () => {
    server.answers = [said('Billing'), said('other'), said('Billing')];
    const { cases, spread } = await run([aCase()], { repeat: 3 });
    expect(server.seen).toHaveLength(3);
    expect(cases[0]?.verdict).toBe('INCONCLUSIVE');
    expect(cases[0]?.tries.filter(({ outcome }) => outcome === 'right')).toHaveLength(2);
    expect(spread).toEqual({ least: 0, most: 1 });
  });

  it('puts the prompt that is tried in place of the one in use', async () => {
    await run([aCase()], {}, { prompts: { route: { version: 'route.v2', text: 'Sort it better.' } } });
    expect(server.seen[0]?.body).toContain('Sort it better.');
    expect(server.seen[0]?.body).not.toContain('Sort the message.');
  });

  it('is no success where no answer could be used, though a person would rightly be asked', async () => {
    server.answers = [
      { ...said(''), body: { choices: [{ finish_reason: 'stop', message: { content: '{}' } }] } },
    ];
    const { cases } = await run([aCase({ label: 'other', verdict: 'ask' })]);
    expect(cases[0]).toMatchObject({ verdict: 'FAIL' });
    expect(cases[0]?.tries[0]?.faults.join()).toContain("answer to 'route' does not fit its schema");
  });

  it('is wrong where the code throws, says what and where, and goes on with the other cases', async () => {
    const thrown = new TypeError("reading 'total' of undefined");
    thrown.stack = `TypeError: x\n    at evaluate (file:///a/automations/${automation.name}/evaluate.ts:7:9)`;
    const evaluate = async (item: { body: { text: string } }) => {
      if (item.body.text === 'Pay me.') return PAY;
      throw thrown;
    };
    const broken = aCase({ name: 'broken', body: { text: 'Pay me twice.' } });
    const { cases } = await run(
      [broken, ...many(5)],
      {},
      {
        implementation: { ...implementation, evaluate } as unknown as Implementation,
      },
    );
    expect(cases.map(({ verdict }) => verdict)).toEqual(['FAIL', ...many(5).map(() => 'PASS')]);
    expect(cases[0]?.tries[0]?.faults).toEqual([
      `the code threw TypeError: reading 'total' of undefined (automations/${automation.name}/evaluate.ts:7:9)`,
    ]);
  });

  it('says of a body that it does not fit, or is quarantined', async () => {
    const { cases } = await run([
      aCase({ body: { text: 5 } }),
      aCase({ name: 'empty', body: { text: ' ' } }),
    ]);
    expect(cases.map(({ verdict }) => verdict)).toEqual(['FAIL', 'FAIL']);
    expect(cases.flatMap(({ tries }) => tries[0]?.faults)).toEqual([
      expect.stringContaining('the body does not fit the schema'),
      'quarantined: the item has no text: there is nothing to evaluate',
    ]);
    expect(server.seen).toEqual([]);
  });

  it('knows nothing of what is wrong with a sandbox that was told nothing', async () => {
    server.answers = [said('other')];
    model.real = false;
    const untaught = await run([aCase()]);
    const taught = await run([aCase()], {}, { taught: true });
    expect(untaught.cases[0]?.verdict).toBe('INCONCLUSIVE');
    expect(untaught.cases[0]?.tries[0]?.faults.at(-1)).toContain('add sandbox.ts, or ask a real model');
    expect(taught.cases[0]?.verdict).toBe('FAIL');
  });
});

describe('the money of a run', () => {
  it('ends before it is passed: what is left is not known', async () => {
    // A call is held at its worst: 100 tokens out, and what the request may be in.
    const leftUsd = 20 * CALL_USD;
    const { cases, costUsd, spread } = await run(many(60), { leftUsd });
    const outcomes = cases.map(({ tries }) => tries[0]?.outcome);
    expect(outcomes).toContain('right');
    expect(outcomes).toContain('none');
    expect(costUsd).toBeLessThanOrEqual(leftUsd);
    expect(server.seen.length * CALL_USD).toBeLessThanOrEqual(leftUsd);
    expect(cases.at(-1)?.tries[0]?.faults).toEqual(['the money of the run ended first: raise --most-usd']);
    expect(spread.most).toBe(1);
  });

  it('makes no call where there is none', async () => {
    const { cases } = await run([aCase()], { leftUsd: 0 });
    expect([cases[0]?.verdict, server.seen]).toEqual(['INCONCLUSIVE', []]);
  });

  it('is no more after midnight', async () => {
    const leftUsd = 20 * CALL_USD;
    server.answers = [
      (response) => {
        const answer = said('Billing');
        // Each answer comes a day later.
        const at = clock.now() + DAY_SECONDS * 1000;
        clock.now = () => at;
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      },
    ];
    await run(many(60), { leftUsd, deadline: Number.POSITIVE_INFINITY });
    expect(server.seen.length).toBeGreaterThan(0);
    expect(server.seen.length * CALL_USD).toBeLessThanOrEqual(leftUsd);
  });

  it('is shared by the automations of a run', async () => {
    const shared = means({ leftUsd: 0.01 });
    const first = await runSuite(suite(many(3)), shared, model);
    expect(shared.leftUsd).toBeCloseTo(0.01 - first.costUsd, 9);
    const other = suite(many(3), { automation: { ...automation, name: 'other' } });
    const second = await runSuite(other, shared, model);
    expect(shared.leftUsd).toBeCloseTo(0.01 - first.costUsd - second.costUsd, 9);
  });
});

describe('what ends a run', () => {
  it('is its time: a model that is down is waited for, and no longer', async () => {
    server.answers = [{ status: 503 }];
    const { cases } = await run(many(6), { deadline: now() + 300 });
    expect(new Set(cases.map(({ verdict }) => verdict))).toEqual(new Set(['INCONCLUSIVE']));
    expect(cases.flatMap(({ tries }) => tries[0]?.faults)).toContain('the time of the run ended first');
  });
});

it('an agent is asked with the prompt that is tried', async () => {
  const schema = z.strictObject({ amount: z.string() });
  server.answers = [
    (response, { body }) => {
      const answer = body.includes('Find out better.') ? { amount: '24.90' } : { label: 'Billing' };
      const message = { role: 'assistant', content: JSON.stringify(answer) };
      const usage = { prompt_tokens: 100, completion_tokens: 10 };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ choices: [{ finish_reason: 'stop', message }], usage }));
    },
  ];
  const of: Partial<Suite> = {
    automation: {
      ...automation,
      ...{ agents: { find: { mostTurns: 2 } }, prompts: { ...automation.prompts, find: 'find.v1' } },
    } as Automation,
    implementation: {
      ...implementation,
      evaluate: async (_: unknown, step: StepRunner) => {
        const prompt = { version: 'find.v1', text: 'Find out.' };
        const { amount } = await step.agent('find', { prompt, input: {}, schema });
        return { ...PAY, parameters: { amount } };
      },
    } as unknown as Implementation,
    prompts: { find: { version: 'find.v2', text: 'Find out better.' } },
  };
  const { cases } = await run([aCase()], {}, of);
  expect(cases[0]?.tries[0]?.faults).toEqual([]);
});
