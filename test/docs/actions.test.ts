import { build } from 'esbuild';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Automation, Implementation } from '../../lambdas/contract/automation.ts';
import type { Proposed } from '../../lambdas/contract/item/proposal.ts';
import { inOrder } from '../../lambdas/evaluate/in-order.ts';
import { askFor, gate } from '../../lambdas/gate/gate.ts';
import { faultsInCompensations } from '../../lib/checks/parameters.ts';
import { automation } from '../support/fixtures.ts';
import { fences, ROOT } from './fences.ts';

/* The three blocks of docs/actions.md, as a reader would paste them. */

async function load<T>(at: number): Promise<T> {
  const contents = fences('docs/actions.md', 'ts')[at]?.text ?? '';
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    ...{ bundle: true, write: false, format: 'esm', platform: 'node' },
  });
  const text = outputFiles?.[0]?.text ?? '';
  return (await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)) as T;
}

it('a list as the guide writes it acts alone, and one with words in it asks', async () => {
  const { actions } = await load<{ actions: Automation['actions'] }>(0);
  const { implementation } = await load<{ implementation: Implementation<unknown, Proposed> }>(1);
  const body = { ticket: 'T-77' };
  const schema = z.strictObject({ ticket: z.string().check(z.regex(/^T-\d{1,6}$/)) });
  const of = { ...automation, actions, schema, content: () => ({ text: '' }) } as unknown as Automation;
  const routed = {
    ...{ id: 'demo_1', automation: 'demo', generation: 1, body, feedback: [], text: '', suspicions: [] },
    ...{ automatic: false, label: 'Billing' },
  };

  const proposal = inOrder(await implementation.evaluate(routed, {} as never), of.actions);
  const wordy = { ...proposal, further: [{ action: 'close', parameters: { ticket: 'now, please' } }] };

  expect(gate({ ...routed, proposal }, { automation: of }).verdict).toBe('act');
  expect(gate({ ...routed, proposal: wordy }, { automation: of })).toMatchObject({
    verdict: 'ask',
    reasons: ["action 2: 'ticket' is no declared value and no text that code composed"],
  });
});

it('an action as the guide writes it is taken back with what was carried out, and only after people agree', async () => {
  const { actions } = await load<{ actions: Automation['actions'] }>(2);
  const of = { ...automation, actions } as unknown as Automation;
  const { compensate } = actions.refund ?? {};

  const done = { parameters: { amount: '24.90' }, reference: 'RF-7', body: {} };
  const parameters = compensate?.parameters(done) ?? {};

  expect(faultsInCompensations(of)).toEqual([]);
  expect(actions[compensate?.action ?? '']?.describe(parameters)).toBe('Charge EUR 24.90 again, for RF-7');
  const item = {
    ...{ id: 'demo_1', automation: 'demo', generation: 1, body: {}, feedback: [], text: '', suspicions: [] },
    ...{ automatic: false, label: 'Billing' },
    proposal: { action: 'charge', parameters, confidence: null, brief: 'Back.', evidence: [] },
  };
  expect(askFor(item, 'asked for', { automation: of })).toMatchObject({
    verdict: 'ask',
    reasons: ['asked for'],
  });
});
