import { beforeEach, describe, expect, it, vi } from 'vitest';
import { makeNonce, nonceTime } from '../../lambdas/approve/links.ts';
import { ANN, APPROVAL, BOB, fieldsOf, plain, question, row, send, show } from '../support/desk.ts';
import { proposal } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/shared/clients.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/shared/content.ts', () => import('../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a decision', () => {
  it.each(['approve', 'reject'] as const)(
    'to %s is recorded with who, when, why and how long it took',
    async (decision) => {
      question();
      const fields = await fieldsOf();
      time.advance(75);

      const { status } = await send({ ...fields, decision, comment: 'seen the invoice' });

      expect(status).toBe(200);
      expect(row()).toMatchObject({
        ...{
          status: 'decided',
          decision,
          decidedBy: 'ann@example.com',
          decidedAt: '2026-12-01T09:01:15.000Z',
        },
        ...{ comment: 'seen the invoice', activeSeconds: 75 },
      });
    },
  );

  it.each([
    ['no nonce', (_: string) => ''],
    ['a nonce of nobody', () => `${time.at}.abc`],
    ['a nonce of another time', (nonce: string) => nonce.replace(/^\d+/, String(time.at - 1))],
    ['a nonce that is cut', (nonce: string) => nonce.slice(0, -1)],
    ['a nonce that is longer', (nonce: string) => `${nonce}.x`],
    ['a nonce made with another key', () => makeNonce('another key', row(), ANN)],
    ["a nonce of another approver's page", () => makeNonce('key-of-the-desk', row(), BOB)],
    ['a nonce for another proposal', () => makeNonce('key-of-the-desk', { ...row(), digest: 'x' }, ANN)],
    ['a nonce of another question', () => makeNonce('key-of-the-desk', { ...row(), id: 'item-b-g1' }, ANN)],
    ['a nonce of tomorrow', () => makeNonce('key-of-the-desk', row(), ANN, time.at + 1000)],
    [
      'a nonce of thirteen hours ago',
      () => makeNonce('key-of-the-desk', row(), ANN, time.at - 13 * 3_600_000),
    ],
  ])('is not taken with %s, and the page is shown again', async (_name, change) => {
    question();
    const fields = await fieldsOf();

    const { status, text } = await send({
      ...fields,
      nonce: change(fields.nonce ?? ''),
      decision: 'approve',
    });

    expect(status).toBe(400);
    expect(text).toContain('<form');
    expect(row().status).toBe('pending');
  });

  it('is taken at the second try, with the nonce of the page that was shown again', async () => {
    question();
    const { text } = await send({ t: ANN, nonce: 'old', decision: 'approve' });
    const nonce = /name="nonce" value="([^"]+)"/.exec(text)?.[1] ?? '';

    await send({ t: ANN, nonce, decision: 'approve' });

    expect(row().decision).toBe('approve');
  });

  it.each(['', 'yes', 'APPROVE', 'approve ', 'constructor'])('is not guessed from %j', async (decision) => {
    question();

    const { status } = await send({ ...(await fieldsOf()), decision });

    expect(status).toBe(400);
    expect(row().status).toBe('pending');
  });

  it('is not changed by sending the form again, and the second click says by whom and when', async () => {
    question();
    const ann = await fieldsOf(ANN);
    const bob = await fieldsOf(BOB);
    await send({ ...ann, decision: 'reject' });
    const decided = row();

    for (const again of [
      await send({ ...ann, decision: 'reject' }),
      await send({ ...ann, decision: 'approve' }),
      await send({ ...bob, decision: 'approve' }),
      await show(BOB),
    ]) {
      expect(again.status).toBe(200);
      expect(again.text).toMatch(/already decided by ann@example\.com at 2026-12-01.09:00\S* ?\S*: rejected/);
    }
    expect(row()).toEqual(decided);
  });

  it('is one, whoever clicks at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      world.reset();
      question();
      const [ann, bob] = [await fieldsOf(ANN), await fieldsOf(BOB)];

      const clicks = [
        send({ ...ann, decision: 'approve' }),
        send({ ...bob, decision: 'reject' }),
        send({ ...ann, decision: 'reject' }),
        send({ ...bob, decision: 'approve' }),
      ];
      const pages = await Promise.all(clicks);

      const already = pages.filter(({ text }) => text.includes('already decided by'));
      expect(already).toHaveLength(3);
      for (const { text } of already) expect(text).toContain(row().decidedBy);
    }
  });

  it('comes too late when the question closes while the form is open', async () => {
    question();
    const fields = await fieldsOf();
    time.advance(3 * 3600);

    await send({ ...fields, decision: 'approve' });

    expect(row().status).toBe('pending');
  });

  it('does not count when the question closes between the look and the write', async () => {
    question();
    const fields = await fieldsOf();
    world.fault = (call) => {
      if (call.includes('GetObject')) time.advance(3 * 3600);
    };

    const { text } = await send({ ...fields, decision: 'approve' });

    expect(row().status).toBe('pending');
    expect(text).toContain('closed');
  });

  it('keeps a comment to two thousand characters, and takes any characters in it', async () => {
    question();

    await send({ ...(await fieldsOf()), decision: 'reject', comment: `<b>"'\u0000😀${'x'.repeat(5000)}` });

    expect(row().comment).toHaveLength(2000);
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

  it('does not take the link from the address of a POST', async () => {
    question();
    const fields = await fieldsOf();

    const { status } = await plain(`/approvals/${APPROVAL}?t=${ANN}`, {
      method: 'POST',
      body: new URLSearchParams({ nonce: fields.nonce ?? '', decision: 'approve' }),
    });

    expect(status).toBe(404);
    expect(row().status).toBe('pending');
  });
});

describe('a catastrophic action', () => {
  const erase = proposal({ action: 'erase', risk: 'catastrophic' });

  it.each(['', 'ERASE', 'eras', 'erase it', 'yes'])(
    'is not approved with %j for its word',
    async (confirm) => {
      question(erase);

      const { status, text } = await send({ ...(await fieldsOf()), decision: 'approve', confirm });

      expect(status).toBe(400);
      expect(text).toContain('type &quot;erase&quot;');
      expect(row().status).toBe('pending');
    },
  );

  it('is approved with its word, and rejected without', async () => {
    question(erase);
    await send({ ...(await fieldsOf()), decision: 'approve', confirm: ' erase ' });
    expect(row().decision).toBe('approve');

    question(erase);
    await send({ ...(await fieldsOf()), decision: 'reject' });
    expect(row().decision).toBe('reject');
  });
});

describe('a nonce', () => {
  it('tells when its page was made, for twelve hours', () => {
    const approval = question();
    const nonce = makeNonce('key', approval, ANN);
    const made = time.at;

    expect(nonceTime('key', approval, ANN, nonce)).toBe(made);
    time.advance(12 * 3600);
    expect(nonceTime('key', approval, ANN, nonce)).toBe(made);
    time.advance(1);
    expect(nonceTime('key', approval, ANN, nonce)).toBeUndefined();
  });

  it('is none in any of these', () => {
    const approval = question();
    for (const nonce of [
      '',
      '.',
      '1',
      'NaN.x',
      '1e3.x',
      '-1.x',
      '0x10.x',
      `${Number.MAX_SAFE_INTEGER}0.x`,
      `${time.at}.é${'x'.repeat(42)}`,
    ]) {
      expect(nonceTime('key', approval, ANN, nonce)).toBeUndefined();
    }
  });
});
