import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AMOUNT,
  BOB,
  editable,
  fieldsIn,
  fieldsOf,
  question,
  row,
  send,
  withCat,
} from '../../support/desk.ts';
import { time, world } from '../../support/world.ts';
import { approve, kept, STRICT } from './edits-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('edits that the gate objects to', () => {
  /** The page that shows the objections. */
  const reviewed = async (amount = '100') => {
    question(editable(AMOUNT));
    const { status, text } = await approve({ amount }, STRICT);
    expect(status).toBe(200);
    return { text, fields: { ...fieldsIn(text), amount, comment: 'less will do' } };
  };

  it('are shown before they count: the edits, the new reason, and what would happen', async () => {
    const { text } = await reviewed();

    expect(text).toContain('amount: 24.90 becomes <b>100.00</b>');
    expect(text).toMatch(/<section class="fault"[\s\S]*<li>more than 50<\/li>[\s\S]*<\/section>/);
    expect(text).not.toMatch(/<section class="fault"(?:(?!<\/section>)[\s\S])*<li>the amount is large<\/li>/);
    expect(text).toContain('Approve with these changes: Pay EUR 100.00');
    expect(row().version).toBe(1);
    expect([...world.content.keys()]).toHaveLength(2);
  });

  it('count when they are sent once more', async () => {
    const { fields } = await reviewed();

    await send({ ...fields, decision: 'approve' }, {}, STRICT);

    expect(row()).toMatchObject({ decision: 'approve', edits: [{ to: '100.00' }] });
    expect(kept().reasons).toEqual(['the amount is large', 'more than 50']);
  });

  it('count from when the question was first seen', async () => {
    question(editable(AMOUNT));
    const fields = { ...(await fieldsOf()), comment: 'x', amount: '100', decision: 'approve' };
    time.advance(30);
    const { text } = await send(fields, {}, STRICT);
    time.advance(30);

    await send({ ...fields, ...fieldsIn(text) }, {}, STRICT);

    expect(row().activeSeconds).toBe(60);
  });

  it('are shown again where other edits are sent than those that were shown', async () => {
    const { fields } = await reviewed('100');

    const { text } = await send({ ...fields, amount: '120', decision: 'approve' }, {}, STRICT);

    expect(text).toContain('24.90 becomes <b>120.00</b>');
    expect(row().version).toBe(1);
    await send({ ...fields, ...fieldsIn(text), amount: '120', decision: 'approve' }, {}, STRICT);
    expect(row().edits).toMatchObject([{ to: '120.00' }]);
  });

  it('may be given up: what was asked is approved, or rejected, or passed on from the same page', async () => {
    const { fields } = await reviewed();
    await send({ ...fields, amount: '24.90', decision: 'approve' }, {}, STRICT);
    expect(row()).toMatchObject({ decision: 'approve' });
    expect(row()).not.toHaveProperty('edits');

    const second = await reviewed();
    await send({ ...second.fields, decision: 'reject' }, {}, STRICT);
    expect(row().decision).toBe('reject');

    const third = await reviewed();
    await send({ ...third.fields, decision: 'escalate' }, {}, STRICT);
    expect(world.sent('questions')).toMatchObject([{ command: 'escalate' }]);
  });

  it.each([
    ['no second nonce', async () => ({ reviewed: '' })],
    [
      'the first nonce for the second',
      async (fields: Record<string, string>) => ({ reviewed: fields.nonce ?? '' }),
    ],
    [
      'the second nonce for the first',
      async (fields: Record<string, string>) => ({ nonce: fields.reviewed ?? '' }),
    ],
    [
      "a second nonce of another's page",
      async () => {
        const ann = { ...(await fieldsOf(BOB)), comment: 'x', amount: '100', decision: 'approve' };
        return { reviewed: fieldsIn((await send(ann, {}, STRICT)).text).reviewed ?? '' };
      },
    ],
  ])('do not count with %s', async (_name, forge) => {
    const { fields } = await reviewed();

    await send({ ...fields, ...(await forge(fields)), decision: 'approve' }, {}, STRICT);

    expect(row().version).toBe(1);
  });

  it('do not count after the document was changed by somebody else meanwhile', async () => {
    question(editable(AMOUNT), withCat({ quorum: 2 }));
    const { text } = await approve({ amount: '100' }, STRICT);
    await approve({ amount: '30' }, STRICT, BOB);
    expect(row().edits).toMatchObject([{ to: '30.00' }]);

    const { status } = await send(
      { ...fieldsIn(text), amount: '100', comment: 'x', decision: 'approve' },
      {},
      STRICT,
    );

    expect(status).toBe(400);
    expect(Object.keys(row().votes)).toEqual(['bob@example.com']);
  });
});
