import { beforeEach, describe, expect, it, vi } from 'vitest';
import { permitted } from '../../../lambdas/act/permission.ts';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { digest } from '../../../lambdas/kit/digest.ts';
import {
  AMOUNT,
  APPROVAL,
  BOB,
  editable,
  fieldsIn,
  fieldsOf,
  plain,
  question,
  row,
  send,
  show,
  withCat,
} from '../../support/desk.ts';
import { automation, ENV, stored } from '../../support/fixtures.ts';
import { named, time, world } from '../../support/world.ts';
import { approve, kept, STRICT } from './edits-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('approved with edits', () => {
  it('is recorded at once where the gate has nothing against it, bound to the edited document', async () => {
    const asked = question(editable(AMOUNT));

    const { status, text } = await approve({ amount: '20' });

    expect(status).toBe(200);
    expect(text).toContain('Approved: Pay EUR 20.00');
    expect(text).not.toContain('24.90');
    expect(row()).toMatchObject({
      ...{ status: 'decided', decision: 'approve', askedDigest: asked.digest, askedKey: asked.proposalKey },
      edits: [{ field: 'amount', from: '24.90', to: '20.00' }],
      digest: digest(kept()),
    });
    expect(kept()).toMatchObject({ parameters: { amount: '20.00' }, summary: 'Pay EUR 20.00' });
    expect((await show(BOB)).text).toContain('Already decided: approved with edits');
  });

  it('is what act carries out, and not what was asked', async () => {
    question(editable(AMOUNT));
    await approve({ amount: '20' });

    const { document, digest: allowed } = await permitted(
      ENV as never,
      { row: stored(), question: row() },
      automation,
    );

    expect(document.parameters).toEqual({ amount: '20.00' });
    expect(allowed).toBe(row().digest);
  });

  it('leaves the asked document as it is', async () => {
    const asked = question(editable(AMOUNT));
    const before = world.content.get(`bucket/${asked.proposalKey}`);

    await approve({ amount: '20' });

    expect(world.content.get(`bucket/${asked.proposalKey}`)).toBe(before);
    expect(row().proposalKey).not.toBe(asked.proposalKey);
  });

  it('is no edit where the fields come back as they were shown', async () => {
    const asked = question(editable(AMOUNT));

    await approve({ amount: '24.90' });

    expect(row()).toMatchObject({ decision: 'approve', digest: asked.digest });
    expect(row()).not.toHaveProperty('edits');
    expect([...world.content.keys()]).toHaveLength(2);
  });

  it.each(['order', 'action', 'destination', 'amonut', '__proto__', 'constructor'])(
    'changes nothing but what has a field: with %j nothing at all is decided, and it says why',
    async (name) => {
      question(editable(AMOUNT, { parameters: { amount: '24.90', order: 'W1' } }));

      const { status, text } = await approve(
        Object.fromEntries([
          ['amount', '20'],
          [name, 'W2'],
        ]),
      );

      expect(status).toBe(400);
      expect(text).toContain(
        'is no field of this form; what may be changed is amount. Nothing was recorded.',
      );
      expect(text).toContain('value="20"');
      expect(row()).toMatchObject({ status: 'pending', version: 1 });
      expect(kept()).toMatchObject({ parameters: { amount: '24.90', order: 'W1' }, destination: 'ledger' });
    },
  );

  it.each(['amount', 'comment'])('is not taken with two of %s: one of them would be lost', async (name) => {
    question(editable(AMOUNT));
    const body = new URLSearchParams({
      ...(await fieldsOf()),
      comment: 'half',
      amount: '20',
      decision: 'approve',
    });
    body.append(name, '30');

    const { status, text } = await plain(`/approvals/${APPROVAL}`, { method: 'POST', body });

    expect(status).toBe(400);
    expect(text).toContain('was sent more than once');
    expect(row().version).toBe(1);
  });

  it.each(['0.99', '200.01', 'much', '-1'])(
    'is refused with the limits for %j, and nothing is kept',
    async (amount) => {
      question(editable(AMOUNT));
      const keys = world.content.size;

      const { status, text } = await approve({ amount });

      expect(status).toBe(400);
      expect(text).toContain('Amount must be from 1.00 to 200.00.');
      expect(text).toContain(`value="${amount}"`);
      expect(row().version).toBe(1);
      expect(world.content.size).toBe(keys);
    },
  );

  it.each(['reject', 'again'])('is not meant by who changes a field and then says %s', async (decision) => {
    const asked = question(editable(AMOUNT));

    await approve({ amount: '1000000', decision });

    expect(row()).toMatchObject({ decision, digest: asked.digest });
    expect(row()).not.toHaveProperty('edits');
  });

  it('is not turned into an approval of what was asked where nobody can check the edits', async () => {
    question(editable(AMOUNT));

    const { status, text } = await approve({ amount: '20' }, { declarations: [] });

    expect(status).toBe(400);
    expect(text).toContain('Your changes can no longer be checked');
    expect(row().status).toBe('pending');
  });

  it('is refused where the gate refuses, in its words', async () => {
    question(editable(AMOUNT));

    const { status, text } = await approve({ amount: '151' }, STRICT);

    expect(status).toBe(400);
    expect(text).toContain('The policy refuses this: more than anybody may pay.');
    expect(row().version).toBe(1);
  });

  it('is not recorded where the document could not be stored', async () => {
    question(editable(AMOUNT));
    const fields = await fieldsOf();
    world.fault = (call) => {
      if (call.includes('PutObject')) throw named('AccessDenied');
    };

    const { status } = await send({ ...fields, decision: 'approve', comment: 'x', amount: '20' });

    expect(status).toBe(500);
    expect(row().version).toBe(1);
  });

  it('is refused and counted where what the gate saw is not what it was', async () => {
    const document = editable(AMOUNT);
    question(document);
    const key = `bucket/${document.question?.evaluated?.key}`;
    world.content.set(key, (world.content.get(key) ?? '').replace('Twice!', 'Thrice!'));

    const { status, text } = await approve({ amount: '20' });

    expect(status).toBe(409);
    expect(text).toContain('The proposal has changed');
    expect(world.counted).toContain('proposalsTampered');
    expect(row().version).toBe(1);
  });

  it('is confirmed by the amount that it pays, not by the one that was proposed', async () => {
    const pay = { ...automation.actions.pay, amount: ({ amount }: { amount?: unknown }) => String(amount) };
    const given = { declarations: [{ ...automation, actions: { pay } } as Automation] };
    question(editable(AMOUNT, { risk: 'catastrophic' }, { confirm: '24.90' }));

    expect((await approve({ amount: '20', confirm: '24.90' }, given)).text).toContain(
      'type &quot;20.00&quot;',
    );
    expect(row().version).toBe(1);
    await approve({ amount: '20', confirm: '20.00' }, given);
    expect(row().decision).toBe('approve');
  });
});

describe('a second approver', () => {
  it('sees what the first has changed, and decides about that', async () => {
    question(editable(AMOUNT), withCat({ quorum: 2 }));
    const bob = await fieldsOf(BOB);
    const first = await approve({ amount: '20' });
    expect(first.text).toContain('Your approval counts: 1 of 2');
    expect(first.text).toContain('Pay EUR 20.00');

    const old = await send({ ...bob, decision: 'approve', comment: 'as it was', amount: '24.90' });
    expect(old.status).toBe(400);
    // What was typed for another document must not come back as an edit of this one.
    expect(old.text).toContain('as it was</textarea>');
    expect(old.text).toMatch(/name="amount" value="20.00"/);
    expect(old.text).toContain('<h1>Pay EUR 20.00</h1>');
    expect(old.text).toContain('Changed by an approver: amount from 24.90 to 20.00.');
    await send({ ...fieldsIn(old.text), decision: 'approve', comment: 'x' });

    expect(row()).toMatchObject({ status: 'decided', edits: [{ from: '24.90', to: '20.00' }] });
  });

  it('is shown the new document where it changes between the look and the write', async () => {
    question(editable(AMOUNT), withCat({ quorum: 2 }));
    const bob = await fieldsOf(BOB);
    world.fault = (call) => {
      if (!call.includes('UpdateCommand')) return;
      world.fault = undefined;
      const document = editable(AMOUNT, { parameters: { amount: '20.00' }, summary: 'Pay EUR 20.00' });
      const changed = { digest: digest(document), proposalKey: 'items/edited.json', version: 2 };
      world.content.set('bucket/items/edited.json', JSON.stringify(document));
      world.tables.put('approvals', {
        ...row(),
        ...changed,
        votes: { 'ann@example.com': { at: '', ...changed } },
      });
    };

    const typed = { amount: '24.90', comment: 'x' };
    const { status, text } = await send({ ...bob, ...typed, decision: 'approve' });

    expect(status).toBe(400);
    expect(text).toContain('Somebody changed the proposal while you read it.');
    expect(text).toMatch(/name="amount" value="20.00"/);
    expect(text).toContain('<h1>Pay EUR 20.00</h1>');
    await send({ ...fieldsIn(text), decision: 'approve', comment: 'x' });
    expect(row().status).toBe('decided');
  });
});
