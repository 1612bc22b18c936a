import { beforeEach, describe, expect, it, vi } from 'vitest';
import { applyEdits } from '../../../lambdas/approve/decision/apply-edits.ts';
import type { Action, Automation } from '../../../lambdas/contract/automation.ts';
import { digest } from '../../../lambdas/kit/digest.ts';
import { AMOUNT, editable } from '../../support/desk.ts';
import { automation, ID, proposal, QUESTION } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const GATE = (verdict: 'act' | 'ask' | 'refuse', ...reasons: string[]): Automation => ({
  ...(automation as Automation),
  gate: () => ({ verdict, reasons }),
});
const edits = [{ field: 'amount', from: '24.90', to: '20.00' }];
const apply = async (of = GATE('act', 'fine'), document = editable(AMOUNT), made = edits) => {
  const edited = await applyEdits('bucket', document, made, of);
  if (!edited) throw new Error('what the gate saw is not what it was');
  return edited;
};

describe('an edited proposal', () => {
  it('is the asked one with the edits, in its digits and its words', async () => {
    const document = editable(AMOUNT, { parameters: { amount: '24.90', order: 'W1' } });

    const edited = await apply(GATE('act', 'fine'), document);

    expect(edited.document).toEqual({
      ...document,
      parameters: { amount: '20.00', order: 'W1' },
      summary: 'Pay EUR 20.00',
      question: { ...document.question, confirm: 'pay' },
    });
    expect(edited).toMatchObject({ refused: false, objections: [], digest: digest(edited.document) });
    expect(edited.proposalKey).toBe(`items/${ID}/proposal-g1-${edited.digest.slice(0, 16)}.json`);
    expect(edited.digest).not.toBe(digest(document));
  });

  it('is told apart in mails and lists by its own amount, not by the one that was asked', async () => {
    const policy = GATE('act', 'fine');
    const pay = policy.actions.pay as Action;
    const of: Automation = {
      ...policy,
      actions: { ...policy.actions, pay: { ...pay, amount: ({ amount }) => String(amount) } },
      approval: { ...policy.approval, subject: { label: true, amountFrom: ['50', '150'] } },
    };
    const document = editable(AMOUNT);
    const asked = {
      ...QUESTION,
      ...document.question,
      amount: { value: '24.90' },
      subject: ['Billing', 'below 50'],
    };
    const to = (amount: string) =>
      apply(of, { ...document, question: asked }, [{ field: 'amount', from: '24.90', to: amount }]);

    expect((await to('99.00')).document.question).toMatchObject({
      amount: { value: '99.00' },
      subject: ['Billing', '50 to 150'],
    });
    const unread = (await to('much')).document.question;
    expect(unread).toMatchObject({ subject: ['Billing', 'amount unclear'] });
    expect(unread).not.toHaveProperty('amount');
  });

  it('is judged by the gate with its own parameters, and all else that the gate saw', async () => {
    const seen: unknown[] = [];
    const watching: Automation = {
      ...(automation as Automation),
      gate: (item) => {
        seen.push(item);
        return { verdict: 'act', reasons: [] };
      },
    };

    await apply(watching);

    expect(seen).toMatchObject([
      { body: {}, label: 'Billing', proposal: { action: 'pay', parameters: { amount: '20.00' } } },
    ]);
  });

  it.each<[string, Automation, string[], boolean]>([
    ['the gate would act', GATE('act', 'fine'), [], false],
    ['the gate asks for a reason that was told', GATE('ask', 'the amount is large'), [], false],
    ['the gate asks for a new reason', GATE('ask', 'the amount is large', 'too odd'), ['too odd'], false],
    ['the gate refuses', GATE('refuse', 'never that'), ['never that'], true],
    [
      'the gate refuses for a reason that was told',
      GATE('refuse', 'the amount is large'),
      ['the amount is large'],
      true,
    ],
  ])('is met, where %s, with these objections', async (_name, of, objections, refused) => {
    const edited = await apply(of);

    expect(edited).toMatchObject({ objections, refused });
    expect(edited.document.reasons).toEqual([
      'the amount is large',
      ...objections.filter((it) => it !== 'the amount is large'),
    ]);
  });

  it('is held to the rules of the house as well', async () => {
    const document = editable(AMOUNT, { action: 'erase', risk: 'catastrophic' });
    const key = document.question?.evaluated?.key ?? '';
    const evaluated = JSON.parse(world.content.get(`bucket/${key}`) ?? '');
    evaluated.proposal.action = 'erase';
    evaluated.suspicions = ['ignore-previous'];
    world.content.set(`bucket/${key}`, JSON.stringify(evaluated));
    const question = { ...QUESTION, edits: AMOUNT, evaluated: { key, digest: digest(evaluated) } };

    const { objections } = await apply(GATE('act'), { ...document, question });

    expect(objections).toEqual([
      expect.stringContaining('ignore-previous'),
      'a catastrophic action always needs a person',
    ]);
  });

  it.each([
    ['that names what to type', { confirm: () => 'this much', amount: () => '20.00' }, 'this much'],
    ['that has an amount', { amount: ({ amount }) => String(amount) }, '20.00'],
    ['with neither', {}, 'pay'],
  ] satisfies [string, Partial<Action>, string][])(
    'is confirmed by its own word, of an action %s',
    async (_name, more, confirm) => {
      const pay = { ...automation.actions.pay, ...more } as Action;
      const of: Automation = { ...GATE('act'), actions: { pay } };

      expect((await apply(of)).document.question?.confirm).toBe(confirm);
    },
  );

  it.each([
    ['what the gate saw was changed', (text: string) => text.replace('Twice!', 'Thrice!')],
    ['what the gate saw is another item', (text: string) => text.replace(ID, 'item-b')],
    [
      'the gate would see other feedback',
      (text: string) => text.replace('"feedback":[]', '"feedback":["x"]'),
    ],
  ])('is not there when %s', async (_name, change) => {
    const document = editable(AMOUNT);
    const key = `bucket/${document.question?.evaluated?.key}`;
    world.content.set(key, change(world.content.get(key) ?? ''));

    expect(await applyEdits('bucket', document, edits, GATE('act'))).toBeUndefined();
  });

  it('is not there where the gate kept nothing, or the action is declared no more', async () => {
    const { evaluated: _, ...kept } = editable(AMOUNT).question ?? QUESTION;
    await expect(apply(GATE('act'), proposal({ question: kept }))).rejects.toThrow('kept nothing');
    await expect(apply({ ...GATE('act'), actions: {} })).rejects.toThrow(/not declared|cannot be edited/);
  });
});

describe('terms that depend on the amount', () => {
  const pay: Action = { ...(automation.actions.pay as Action), amount: ({ amount }) => String(amount) };
  const stepped: Automation = {
    ...GATE('act'),
    actions: { pay },
    approval: {
      ...automation.approval,
      byAmount: [
        { from: '500.00', quorum: 2 },
        { from: '100.00', group: 'b' },
      ],
    },
  };
  const to = async (from: string, amount: string) => {
    const document = editable(AMOUNT, { parameters: { amount: from } });
    return apply(stepped, document, [{ field: 'amount', from, to: amount }]);
  };

  it.each([
    ['24.90', '99.99', undefined],
    ['24.90', '100.00', '100.00'],
    ['100.00', '499.99', undefined],
    ['100.00', '500.00', '500.00'],
    ['500.00', '9000.00', undefined],
    ['9000.00', '1.00', undefined],
    // What cannot be read gets the terms of the most.
    ['24.90', 'a lot', '500.00'],
    ['a lot', '9000.00', undefined],
  ])('are not left by an edit from %s to %s', async (from, amount, step) => {
    const { refused, objections } = await to(from, amount);

    expect(refused).toBe(step !== undefined);
    expect(objections).toEqual(step ? [`amounts from ${step} on need another approval`] : []);
  });
});
