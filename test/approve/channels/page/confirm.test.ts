import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AMOUNT,
  ANN,
  APPROVAL,
  asksOnceMore,
  BOB,
  editable,
  fieldsIn,
  fieldsOf,
  post,
  question,
  row,
  show,
} from '../../../support/desk.ts';
import { proposal, QUESTION } from '../../../support/fixtures.ts';
import { time, world } from '../../../support/world.ts';
import { approve, takeBack } from '../../decision/decide-world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));

const WHY = { comment: 'seen the "invoice" & <it> fits\nsecond line' };

beforeEach(() => {
  world.reset();
  time.freeze();
});

/** The first form of a decision, and what its answer asks to be sent. */
async function first(more: Record<string, string> = {}, token = ANN) {
  const page = await post({ ...(await fieldsOf(token)), decision: 'approve', ...WHY, ...more });
  return { page, form: fieldsIn(page.text) };
}

describe('a decision by a mailed link, from consequential on', () => {
  it.each([
    ['approve', 'Yes, approve: Pay EUR 24.90'],
    ['reject', 'Yes, reject: do nothing'],
    ['again', 'Yes, send back'],
  ])(
    '%s: the first form records nothing, and its answer says once more what will be done',
    async (decision, button) => {
      const before = question();

      const { page, form } = await first({ decision });

      expect(page.status).toBe(200);
      expect(row()).toEqual(before);
      expect(asksOnceMore(page)).toBe(true);
      expect(page.text).toContain('Pay EUR 24.90');
      expect(page.text).toContain('seen the &quot;invoice&quot; &amp; &lt;it&gt; fits');
      expect(page.text.match(/<form/g)).toHaveLength(1);
      expect(page.text.match(/<button[^>]*>[^<]*/g)).toEqual([expect.stringContaining(button)]);
      // Nothing is typed: what is no hidden field is the one that people do not see.
      const open = [...page.text.matchAll(/<(?:input|textarea|select)(?![^>]*type="hidden")[^>]*>/g)];
      expect(open.map(([field]) => /name="(\w+)"/.exec(field)?.[1])).toEqual(['website']);

      const { status } = await post(form);
      expect(status).toBe(200);
      expect(row()).toMatchObject({ status: 'decided', decision, ...WHY, decidedBy: 'ann@example.com' });
    },
  );

  it('keeps when the question was opened and how long it was in view', async () => {
    question();
    const page = await fieldsOf();
    time.advance(100);
    const asked = await post({ ...page, decision: 'approve', ...WHY, active: '42' });
    time.advance(60);
    await post(fieldsIn(asked.text));

    expect(row().trail.at(-1)).toMatchObject({ openedAt: '2026-12-01T09:00:00.000Z', activeSeconds: 42 });
  });

  it('carries the words of a catastrophic action, which are typed once', async () => {
    question(
      proposal({ ...{ action: 'erase', risk: 'catastrophic' }, question: { ...QUESTION, confirm: 'a "7"' } }),
    );
    const { page, form } = await first({ confirm: 'a "7"' });

    expect(asksOnceMore(page)).toBe(true);
    await post({ ...form, confirm: '' });
    expect(row().status).toBe('pending');
    await post(form);
    expect(row().decision).toBe('approve');
  });

  it('carries edits, shows them, and writes their document only when they are decided', async () => {
    question(editable(AMOUNT));
    const before = [...world.content.keys()];
    const { page, form } = await first({ amount: '20.00' });

    expect(page.text).toContain('amount: 24.90 becomes <b>20.00</b>');
    expect([...world.content.keys()]).toEqual(before);
    await post(form);
    expect(row().edits).toEqual([{ field: 'amount', from: '24.90', to: '20.00' }]);
  });

  it('asks no second time for a routine action, and a first form without a reason comes back as before', async () => {
    question(proposal({ risk: 'routine' }));
    await first();
    expect(row().status).toBe('decided');
    question();
    expect((await first({ comment: '' })).page.text).toContain('Please give a reason');
  });

  const others: [
    string,
    (form: Record<string, string>) => Record<string, string> | Promise<Record<string, string>>,
  ][] = [
    ['another decision', (form) => ({ ...form, decision: 'reject' })],
    ['another reason', (form) => ({ ...form, comment: 'other' })],
    ['an edit that was not shown', (form) => ({ ...form, amount: '20.00' })],
    ['the nonce of the first page', (form) => ({ ...form, nonce: form.seen ?? '' })],
    ['a nonce of nobody', (form) => ({ ...form, nonce: `${time.at}.${'A'.repeat(16)}.${'A'.repeat(43)}` })],
    [
      'the nonce for another decision',
      async (form) => {
        const { form: other } = await first({ decision: 'reject' });
        return { ...form, nonce: other.nonce ?? '' };
      },
    ],
  ];
  it.each(others)('records nothing with %s: what it would do is shown once more', async (_name, change) => {
    question(editable(AMOUNT));
    const { form } = await first();

    const { status, text } = await post(await change(form));

    expect(row().status).toBe('pending');
    expect(status).toBe(400);
    expect(text).toContain('<form id="confirm"');
    expect(text).toContain('nothing is recorded yet');
  });

  it.each([
    ['the link of somebody else', { t: BOB }],
    ['the page of nobody', { seen: 'x' }],
    ['no page', { seen: '' }],
  ])('records nothing with %s, and the question comes back', async (_name, change) => {
    question();
    const { form } = await first();

    const { status, text } = await post({ ...form, ...change });

    expect([status, row().status]).toEqual([400, 'pending']);
    expect(text).not.toContain('<form id="confirm"');
  });

  it('is shown once more after a quarter of an hour', async () => {
    question();
    const { form } = await first();
    time.advance(15 * 60 + 1);
    const late = await post(form);

    expect([late.status, row().status]).toEqual([400, 'pending']);
    await post(fieldsIn(late.text));
    expect(row().status).toBe('decided');
  });

  it('counts once, however often its second form is sent', async () => {
    question();
    const { form } = await first();
    await post(form);

    expect((await post(form)).text).toContain('already decided by ann@example.com');
    expect(row().trail.filter(({ event }) => event === 'decided')).toHaveLength(1);
  });

  it('is bound to the browser of the page, as the first form is', async () => {
    question();
    const { form } = await first();

    const { status } = await post(form, { cookie: `__Host-signalbox-page=${'z'.repeat(16)}` });

    expect([status, row().status]).toEqual([400, 'pending']);
  });
});

describe('the field that people do not see', () => {
  it.each([
    ['the first form', async () => ({ ...(await fieldsOf()), decision: 'approve', ...WHY })],
    ['the second form', async () => (await first()).form],
    ['a claim', async () => ({ ...(await fieldsOf()), decision: 'claim' })],
  ])(
    'makes %s void: nothing is recorded, the answer says so and offers the form again',
    async (_name, made) => {
      const before = question();

      const { status, text } = await post({ ...(await made()), website: 'https://a.example' });

      expect(status).toBe(400);
      expect(row()).toEqual(before);
      expect(text).toContain('the form was ignored');
      expect(text).toContain('value="approve"');
    },
  );

  it('makes a form void when it is there twice, once with nothing in it', async () => {
    question(proposal({ risk: 'routine' }));
    const fields = new URLSearchParams({ ...(await fieldsOf()), decision: 'approve', website: '' });
    fields.append('website', 'x');

    await post(fields as never);

    expect(row().status).toBe('pending');
  });

  it('is empty in the form of a browser, and then changes nothing', async () => {
    question();
    const { form } = await first({ website: '' });
    await post({ ...form, website: '' });

    expect(row().status).toBe('decided');
  });

  it('keeps a decision that was made', async () => {
    question();
    await approve();

    const { text } = await post({ ...(await fieldsOf(BOB)), t: BOB, decision: 'reject', website: 'x' });

    expect(text).toContain('already decided by ann@example.com');
  });

  it('is out of sight and reach, and not by a style that robots look for', async () => {
    question();

    const { text } = await show();

    expect(text).toMatch(
      /<div class="quiet" aria-hidden="true">.*name="website" tabindex="-1" autocomplete="off"/,
    );
    expect(text).not.toMatch(/\.quiet\{[^}]*display:none/);
  });
});

describe('a page of before', () => {
  const tell = () => proposal({ action: 'tell', risk: 'routine', reversible: true });

  it('decides nothing after the decision was taken back, and says what happened', async () => {
    question(tell());
    const [anns, bobs] = [await fieldsOf(ANN), await fieldsOf(BOB)];
    await post({ ...anns, decision: 'approve' });
    await takeBack();

    for (const fields of [anns, bobs]) {
      const { status, text } = await post({ ...fields, decision: 'approve' });
      expect(status).toBe(400);
      expect(text).toContain('ann@example.com undid the decision at 2026-12-01 09:00 UTC');
    }
    expect(row()).toMatchObject({ status: 'pending', round: 1 });
    await post({ ...(await fieldsOf()), decision: 'approve' });
    expect(row().status).toBe('decided');
  });

  it('takes back no later decision than its own', async () => {
    question(tell());
    const thanks = fieldsIn((await post({ ...(await fieldsOf()), decision: 'approve' })).text);
    await takeBack();
    await approve();

    await post({ ...thanks, decision: 'undo' });

    expect(row()).toMatchObject({ status: 'decided', round: 1 });
  });

  it('says who changed the proposal, and how', async () => {
    question(editable(AMOUNT), { quorum: 2 });
    const bobs = await fieldsOf(BOB);
    const { form } = await first({ amount: '20.00' });
    await post(form);

    const { status, text } = await post({ ...bobs, decision: 'approve', ...WHY });

    expect(status).toBe(400);
    expect(text).toContain(
      'ann@example.com changed the proposal while you read it (amount from 24.90 to 20.00)',
    );
    expect(row().votes).not.toHaveProperty('bob@example.com');
  });

  it('is no longer followed by a way back after the third time', async () => {
    question(tell());
    for (let times = 0; times < 3; times += 1) {
      await approve();
      expect((await takeBack()).undone).toBe(true);
    }
    const { text } = await post({ ...(await fieldsOf()), decision: 'approve' });

    expect(text).not.toContain('value="undo"');
    expect(row()).toMatchObject({ status: 'decided', round: 3, id: APPROVAL });
    expect(row().carriedAt).toBeDefined();
    expect((await takeBack()).undone).toBe(false);
  });
});
