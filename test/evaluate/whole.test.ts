import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Implementation, StepRunner } from '../../lambdas/contract/automation.ts';
import type { Gated } from '../../lambdas/contract/item/envelope.ts';
import { ProcessingError } from '../../lambdas/kit/errors.ts';
import { inWhole } from '../../lambdas/kit/long/ask.ts';
import { partsOf } from '../../lambdas/kit/long/parts.ts';
import { think } from '../../lambdas/process/pipeline.ts';
import { automation, ID, PAY, scripted } from '../support/fixtures.ts';

/* A long text on its way through the stages: what nobody read is not acted on. */

const LONG = Array.from({ length: 4000 }, (_, at) => `Line ${at} of the request.`).join('\n');
const PARTS = partsOf(LONG);
const schema = z.object({ found: z.string() });
const prompt = { version: 'find.v1', text: 'Find.' };
const find = { prompt, schema, input: ({ text }: { text: string }) => ({ text }) };

type Label = (part: number) => string;

/** Answers about parts as it is asked about them. */
function model(labelOf: Label = () => 'Billing', fails?: number): StepRunner & { seen: string[] } {
  const seen: string[] = [];
  return {
    ...scripted(),
    seen,
    async model(name, { input }) {
      const { part, text } = input as { part?: number; text: string };
      if (name !== 'route') seen.push(text);
      if (name !== 'route' && part === fails) throw new ProcessingError('no usable answer');
      const answer = name === 'route' ? { label: labelOf(part ?? 1) } : { found: 'x' };
      return (part === undefined ? answer : { part, answer }) as never;
    },
  };
}

async function through(
  evaluate: Implementation<{ text?: string }>['evaluate'],
  step = model(),
  text = LONG,
): Promise<Gated> {
  const received = { id: ID, automation: 'demo', generation: 1, body: { text }, feedback: [] };
  const prompts = { route: { version: 'route.v1', text: 'Sort.' } };
  const { item } = await think(received, {
    automation: automation as never,
    implementation: { prompts, evaluate } as never,
    step,
  });
  return item;
}

describe('a long text', () => {
  it('that is read in all its parts may act alone: it is routed and thought about part by part, in order', async () => {
    const step = model();
    const item = await through(async (it, own) => {
      await inWhole(own, 'find', it, find);
      return PAY;
    }, step);
    expect(step.seen).toEqual(PARTS);
    expect(PARTS.length).toBeGreaterThan(3);
    expect([item.verdict, item.label, item.suspicions]).toEqual(['act', 'Billing', []]);
  });

  it.each<[string, Implementation<{ text?: string }>['evaluate']]>([
    [
      'only the beginning',
      async ({ text }, step) => step.model('find', { ...find, input: { text } }).then(() => PAY),
    ],
    ['nothing', async () => PAY],
    [
      'all parts but one',
      async ({ whole = '' }, step) => {
        for (const text of partsOf(whole).slice(1)) await step.model('find', { ...find, input: { text } });
        return PAY;
      },
    ],
    [
      'a part without its end',
      async ({ whole = '' }, step) => {
        for (const text of partsOf(whole))
          await step.model('find', { ...find, input: { text: text.slice(0, -1) } });
        return PAY;
      },
    ],
    [
      'a part whose answer failed, and goes on all the same',
      async (it, step) => {
        await inWhole(step, 'find', it, find).catch(() => undefined);
        return PAY;
      },
    ],
  ])('of which evaluate gives a model %s asks a person', async (_, evaluate) => {
    const item = await through(evaluate, model(undefined, 2));
    expect([item.verdict, item.reasons]).toEqual(['ask', ['the text is long, and not all of it was read']]);
    expect(item.removed).toEqual([{ kind: 'rest', characters: expect.any(Number) }]);
  });

  it('that code has read needs no model', async () => {
    expect((await through(async () => ({ ...PAY, readWhole: true }))).verdict).toBe('act');
  });

  it('whose parts tell nothing has the label of those that do; of two labels none', async () => {
    const evaluate: Implementation['evaluate'] = async () => ({ ...PAY, readWhole: true });
    expect(
      (
        await through(
          evaluate,
          model((part) => (part === 2 ? 'Billing' : 'other')),
        )
      ).label,
    ).toBe('Billing');
    const torn = await through(
      evaluate,
      model((part) => (part === 1 ? 'Billing' : part === 2 ? 'Sales' : 'other')),
    );
    expect([torn.label, torn.unrouted, torn.verdict]).toEqual([
      'other',
      'parts of the text fit different labels',
      'ask',
    ]);
  });

  it('is asked about as a short one, where it is one: no word of parts goes to the model', async () => {
    const step = model();
    expect(
      (await through((it, own) => inWhole(own, 'find', it, find).then(() => PAY), step, 'Pay me.')).verdict,
    ).toBe('act');
    expect(step.seen).toEqual(['Pay me.']);
  });
});
