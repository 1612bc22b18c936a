import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { automation as declared } from '../../../automations/refund-request/automation.ts';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { Case } from '../../../lambdas/contract/item/cases.ts';
import type { Grounds } from '../../../lambdas/contract/item/envelope.ts';
import type { Rehearsal } from '../../../lambdas/contract/steps/rehearsal.ts';
import { openModel } from '../../../local/cases/model.ts';
import { thought } from '../../../local/cases/think.ts';
import { type KeptItem, rehearse } from '../../../local/rehearsal/rehearse.ts';

/* Items are thought about once as they came, kept as the API hands them out, and rehearsed. */

const automation = declared as unknown as Automation;
const CASES = readFileSync('automations/refund-request/cases.jsonl', 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .slice(0, 6)
  .map((line) => JSON.parse(line) as Case);
const items: KeptItem[] = [];

beforeAll(async () => {
  const { implementation } = await import('../../../automations/refund-request/evaluate.ts');
  const model = await openModel(() => {}, { sandbox: true });
  try {
    for (const [at, one] of CASES.entries()) {
      const asked = { id: `refund-request_${at}`, case: one, prompts: {}, mostUsd: 1, again: false };
      const subject = { automation, implementation: implementation as never };
      const { item, lineage } = await thought(subject, asked, model);
      const costUsd = lineage.reduce((sum, call) => sum + call.costUsd, 0);
      const grounds = JSON.parse(JSON.stringify(item?.grounds)) as Grounds;
      items.push({ id: one.name, decision: 'approve', costUsd, grounds });
    }
  } finally {
    await model.close();
  }
});

const asked = {
  ...{ automation, candidate: { route: 'route.v1' }, mostUsd: undefined },
  ...{ minutes: 10, sandbox: true },
};
const changing = (at: number, change: (grounds: Grounds) => unknown): KeptItem[] =>
  items.map((item, index) => {
    const grounds = structuredClone(item.grounds) as Grounds;
    if (index === at) change(grounds);
    return { ...item, grounds };
  });
const ids = ({ changed }: Rehearsal) => changed.map(({ id }) => id);

describe('a rehearsal', () => {
  it('comes to what the items came to, where the prompt is the one they met, for about the same money', async () => {
    const told = await rehearse(items, asked, () => {});
    expect(told).toMatchObject({ rehearsed: items.length, changed: [], leftOut: {} });
    expect(told.costUsd.candidate).toBeLessThan(told.costUsd.kept * 1.1);
    expect(told.costUsd.candidate).toBeGreaterThan(0);
  });

  it('tells exactly what is another: label, amount, text', async () => {
    const [first, second] = items;
    const relabelled = changing(0, ({ facts }) => Object.assign(facts, { label: 'other' }));
    const told = await rehearse(relabelled, asked, () => {});
    expect(ids(told)).toEqual([first?.id]);
    expect(told.changed[0]).toMatchObject({ label: ['other', CASES[0]?.label], decision: 'approve' });
    const count = ({ act, ask, refuse }: Rehearsal['verdicts']['kept']) => act + ask + refuse;
    expect([told.verdicts.kept, told.verdicts.candidate].map(count)).toEqual([items.length, items.length]);

    const repriced = changing(1, ({ facts }) =>
      Object.assign(facts.proposal.parameters, { amount: '1.11', currency: 'EUR' }),
    );
    const [change] = (await rehearse(repriced, asked, () => {})).changed;
    expect(change).toMatchObject({ id: second?.id, amount: ['EUR 1.11', expect.anything()] });
    expect(change?.parameters).toContain('amount');
  });

  it('leaves out what cannot be thought about again here, and says why', async () => {
    const told = await rehearse(
      changing(0, ({ facts }) => Object.assign(facts, { files: [{}] })),
      asked,
      () => {},
    );
    expect(told).toMatchObject({
      rehearsed: items.length - 1,
      leftOut: { 'what was read of its documents is not kept': 1 },
    });
  });

  it('thinks again about documents by what was read of them, and never by what a model read', async () => {
    const { automation: invoice } = await import('../../../automations/invoice/automation.ts');
    const { implementation } = await import('../../../automations/invoice/evaluate.ts');
    const lines = readFileSync('automations/invoice/cases.jsonl', 'utf8').trim().split('\n');
    const one = lines.map((line) => JSON.parse(line) as Case).find(({ documents }) => documents?.length);
    const subject = { automation: invoice as never, implementation: implementation as never };
    const given = { id: 'invoice_1', case: one as Case, prompts: {}, mostUsd: 1, again: false };
    const model = await openModel(() => {}, { sandbox: true });
    const { item } = await thought(subject, given, model).finally(() => model.close());
    const kept: KeptItem = {
      ...{ id: 'a', grounds: JSON.parse(JSON.stringify(item?.grounds)) },
      readings: item?.documents?.map(({ ref, name, readingKey: _, ...reading }) => ({ ref, name, reading })),
    };
    expect(kept.readings?.length).toBeGreaterThan(0);
    const candidate = Object.fromEntries(Object.entries(invoice.prompts).slice(0, 1));
    const how = { ...asked, automation: invoice as never, candidate };
    expect(await rehearse([kept], how, () => {})).toMatchObject({ rehearsed: 1, changed: [], leftOut: {} });
    // It is what was read that counts: of a blank page nothing comes that was there before.
    const blank = kept.readings?.map((it) => ({
      ...it,
      reading: { type: 'pdf', suspicions: [], pages: [{ text: 'nothing', words: [], source: 'text' }] },
    }));
    const other = await rehearse([{ ...kept, readings: blank }], how, () => {});
    expect([other.rehearsed, other.changed.length]).toEqual([1, 1]);
    const seen = structuredClone(kept);
    for (const file of (seen.grounds as Grounds).facts.files ?? [])
      Object.assign(file, { sources: ['vision'] });
    expect(await rehearse([seen], how, () => {})).toMatchObject({
      ...{ rehearsed: 0, leftOut: { 'a model read pages of its documents': 1 } },
    });
  });

  it('spends no more than it may', async () => {
    const told = await rehearse(items, { ...asked, mostUsd: 0.000001 }, () => {});
    expect(told.rehearsed).toBe(0);
    expect(told.costUsd.candidate).toBeLessThanOrEqual(0.000001);
    expect(Object.keys(told.leftOut).join()).toContain('the money of the run ended first');
  });

  it('refuses a prompt that is not there', async () => {
    const other = { ...asked, candidate: { route: 'route.v99' } };
    await expect(rehearse(items, other, () => {})).rejects.toThrow('there is no automations/refund-request');
  });
});

afterAll(() => expect(items).toHaveLength(CASES.length));
