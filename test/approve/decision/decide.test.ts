import { beforeEach, describe, expect, it, vi } from 'vitest';
import { makeNonce } from '../../../lambdas/pages/links.ts';
import {
  ANN,
  APPROVAL,
  BOB,
  fieldsIn,
  fieldsOf,
  KEY,
  plain,
  post,
  question,
  row,
  send,
  show,
} from '../../support/desk.ts';
import { proposal } from '../../support/fixtures.ts';
import { named, time, world } from '../../support/world.ts';
import { BROWSER, bound, why } from './decide-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a decision', () => {
  it.each(['approve', 'reject'] as const)(
    'to %s is recorded with who, when, how, why and how long it took',
    async (decision) => {
      question();
      const fields = await fieldsOf();
      time.advance(75);

      const { status, text } = await send({ ...fields, ...why, decision });

      expect(status).toBe(200);
      expect(text).toContain(decision === 'approve' ? 'Approved: Pay EUR 24.90' : 'Rejected: Pay EUR 24.90');
      const at = '2026-12-01T09:01:15.000Z';
      const person = {
        ...{ by: 'ann@example.com', channel: 'mail', authenticatedBy: 'mailed link' },
        ...{ openedAt: '2026-12-01T09:00:00.000Z', activeSeconds: 75 },
      };
      expect(row()).toMatchObject({
        ...{ status: 'decided', decision, decidedBy: 'ann@example.com', decidedAt: at, carriedAt: at },
        ...{ comment: 'seen the invoice', activeSeconds: 75, phase: 'closed#2026-12' },
        phaseAt: `${at}#${APPROVAL}`,
      });
      const facts = { at, ...person, ...why, digest: row().digest };
      expect(row().trail.slice(1)).toEqual([
        { event: decision === 'approve' ? 'approved' : 'rejected', ...facts },
        { event: 'decided', decision, ...facts },
      ]);
    },
  );

  it.each([
    ['no nonce', () => ''],
    ['a nonce of nobody', () => `${time.at}.${BROWSER}.abc`],
    ['a nonce of another time', (nonce: string) => nonce.replace(/^\d+/, String(time.at - 1))],
    ['a nonce for another browser', (nonce: string) => nonce.replace(/\.[\w-]{16}\./, `.${BROWSER}.`)],
    ['a nonce that is cut', (nonce: string) => nonce.slice(0, -1)],
    ['a nonce that is longer', (nonce: string) => `${nonce}.x`],
    ['a nonce made with another key', () => makeNonce('another key', bound())],
    ["a nonce of another approver's page", () => makeNonce(KEY, bound(BOB))],
    ['a nonce for another proposal', () => makeNonce(KEY, bound(ANN, { digest: 'x' }))],
    ['a nonce of another question', () => makeNonce(KEY, bound(ANN, { approvalId: 'item-b-g1' }))],
    ['a nonce of tomorrow', () => makeNonce(KEY, bound(), time.at + 1000)],
    ['a nonce of thirteen hours ago', () => makeNonce(KEY, bound(), time.at - 13 * 3_600_000)],
  ])('is not taken with %s, and the page is shown again', async (_name, change) => {
    question();
    const fields = await fieldsOf();

    for (const decision of ['approve', 'reject', 'again', 'claim', 'escalate', 'hand-over']) {
      const { status, text } = await send({
        ...{ ...fields, ...why, decision, to: 'bob@example.com' },
        nonce: change(fields.nonce ?? ''),
      });

      expect(status).toBe(400);
      expect(text).toContain('<form');
    }
    expect(row().version).toBe(1);
    expect(world.sent('questions')).toEqual([]);
  });

  it('is taken with a nonce of our own making: the tests above refuse for the reason they name', async () => {
    question();

    await send({ t: ANN, ...why, decision: 'approve', nonce: makeNonce(KEY, bound()) });

    expect(row().decision).toBe('approve');
  });

  it('is taken at the second try, with the nonce of the page that was shown again', async () => {
    question();
    const { text } = await send({ t: ANN, nonce: 'old', decision: 'approve' });

    await send({ ...fieldsIn(text), ...why, decision: 'approve' });

    expect(row().decision).toBe('approve');
  });

  it.each(['', 'yes', 'APPROVE', 'approve ', 'constructor', '__proto__', 'decided', 'none', 'expired'])(
    'is not guessed from %j',
    async (decision) => {
      question();

      const { status } = await send({ ...(await fieldsOf()), ...why, decision });

      expect(status).toBe(400);
      expect(row().status).toBe('pending');
    },
  );

  it('is not changed by sending the form again, and the second click says by whom and when', async () => {
    question();
    const ann = { ...(await fieldsOf(ANN)), ...why };
    const bob = { ...(await fieldsOf(BOB)), ...why };
    await send({ ...ann, decision: 'reject' });
    const decided = row();

    for (const again of [
      await send({ ...ann, decision: 'reject' }),
      await send({ ...ann, decision: 'approve' }),
      await send({ ...bob, decision: 'approve' }),
      await send({ ...bob, decision: 'claim' }),
      await send({ ...bob, decision: 'undo' }),
      await send({ ...ann, decision: 'undo' }),
      await show(BOB),
    ]) {
      expect(again.status).toBe(200);
      expect(again.text).toMatch(
        /already decided by ann@example\.com at .*2026-12-01 09:00:00 UTC<\/time>: rejected/,
      );
      expect(again.text).not.toContain('<form');
    }
    expect(row()).toEqual(decided);
  });

  it('is told in one word to who comes later: nothing was edited', async () => {
    question();
    await send({ ...(await fieldsOf()), ...why, decision: 'approve' });

    const { text } = await show(BOB);

    expect(text).toContain('<h1>Already decided: approved</h1>');
    expect(text).not.toContain('with edits');
  });

  it('is one, whoever clicks at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      world.reset();
      question();
      const [ann, bob] = [await fieldsOf(ANN), await fieldsOf(BOB)];

      const clicks = [
        send({ ...ann, ...why, decision: 'approve' }),
        send({ ...bob, ...why, decision: 'reject' }),
        send({ ...ann, ...why, decision: 'reject' }),
        send({ ...bob, ...why, decision: 'approve' }),
      ];
      const pages = await Promise.all(clicks);

      const already = pages.filter(({ text }) => text.includes('already decided by'));
      expect(already).toHaveLength(3);
      for (const { text } of already) expect(text).toContain(row().decidedBy);
      expect(row().trail.filter(({ event }) => event === 'decided')).toHaveLength(1);
    }
  });

  it('is said to be recorded, whatever fails after it was', async () => {
    question(proposal({ summary: 'Pay EUR 24.90 to ann@shop.example' }));
    const fields = await fieldsOf();
    let written = false;
    world.fault = (call) => {
      if (written) throw named('TimeoutError');
      if (call.includes('UpdateCommand')) written = true;
    };

    const { status, text } = await send({ ...fields, ...why, decision: 'approve' });

    expect(status).toBe(200);
    expect(text).toContain('Approved: Pay EUR 24.90 to ann@shop.example');
  });

  it('takes any characters in a comment, and each line end as one', async () => {
    question();
    const comment = `<b>"'\u0000😀\r\n`.padEnd(2001, 'x');

    await send({ ...(await fieldsOf()), decision: 'reject', comment });

    expect(row().comment).toBe(comment.replace('\r\n', '\n'));
    expect(row().comment).toHaveLength(2000);
  });

  it.each(['approve', 'reject', 'again', 'hand-over'])(
    'to %s is not taken with a comment that is too long: cut, it would not be theirs',
    async (decision) => {
      question();
      const comment = 'x'.repeat(2001);

      const { status, text } = await send({
        ...(await fieldsOf()),
        decision,
        comment,
        to: 'eve@example.com',
      });

      expect(status).toBe(400);
      expect(text).toContain('Your comment has 2,001 characters; at most 2,000 are allowed');
      expect(text).toContain(`${comment}</textarea>`);
      expect(row().version).toBe(1);
      expect(world.sent('questions')).toEqual([]);
    },
  );

  it('is asked for as a form where a program sends JSON', async () => {
    question();
    const fields = { ...(await fieldsOf()), ...why, decision: 'approve' };
    for (const type of ['application/json', 'application/problem+json; charset=utf-8']) {
      const { status, text } = await plain(`/approvals/${APPROVAL}?t=${ANN}`, {
        ...{ method: 'POST', body: JSON.stringify(fields) },
        headers: { 'content-type': type },
      });
      expect(status).toBe(415);
      expect(text).toContain('Send a form');
    }
    expect(row().version).toBe(1);
  });

  it('is not read from a form that could not be shown again', async () => {
    question();
    const hidden = await fieldsOf();
    for (const name of ['comment', 'active', 'confirm', 'nothing']) {
      const { status, text } = await post({ ...hidden, decision: 'approve', [name]: "'".repeat(950_000) });
      expect([status, text.length < 20_000], name).toEqual([413, true]);
    }
    const most = await post({ ...hidden, decision: 'approve', comment: "'".repeat(290_000) });
    expect([most.status, most.text.length < 5_500_000]).toEqual([400, true]);
    expect(row().version).toBe(1);
  });

  it('is not taken from a form that is none', async () => {
    question();
    for (const body of ['{"t":"x"}', 'a'.repeat(100_000), '%%%', '']) {
      const { status } = await plain(`/approvals/${APPROVAL}`, { method: 'POST', body });
      expect(status).toBe(404);
    }
    const file = new FormData();
    file.set('t', new File(['x'], 'x'));
    expect((await plain(`/approvals/${APPROVAL}`, { method: 'POST', body: file })).status).toBe(404);
    expect(row().status).toBe('pending');
  });

  it('takes the link also from the address of a POST: it is the same key', async () => {
    question();
    const fields = await fieldsOf();

    const path = `/approvals/${APPROVAL}?t=${ANN}`;
    const posted = (form: Record<string, string>) =>
      plain(path, { method: 'POST', body: new URLSearchParams(form) });
    const { text } = await posted({ nonce: fields.nonce ?? '', decision: 'approve', ...why });
    const { t: _, ...form } = fieldsIn(text);
    const { status } = await posted(form);

    expect(status).toBe(200);
    expect(row().status).toBe('decided');
  });

  it.each([
    ['', 90],
    ['12.4', 12],
    ['12.6', 13],
    ['0', 0],
    ['90.4', 90],
    ['500', 90],
    ['1e9', 90],
    ['Infinity', 90],
    ['-5', 90],
    ['NaN', 90],
    ['twelve', 90],
    [' ', 0],
  ])('believes a page that counted %j seconds of ninety: %i', async (active, seconds) => {
    question();
    const fields = await fieldsOf();
    time.advance(90);

    await send({ ...fields, ...why, decision: 'reject', active });

    expect(row().activeSeconds).toBe(seconds);
  });
});
