import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../../../lambdas/kit/digest.ts';
import { makeNonce } from '../../../../lambdas/pages/links.ts';
import {
  ANN,
  APPROVAL,
  BOB,
  fieldsOf,
  KEY,
  plain,
  question,
  row,
  send,
  show,
} from '../../../support/desk.ts';
import { proposal, QUESTION } from '../../../support/fixtures.ts';
import { words } from '../../../support/pages.ts';
import { named, time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));
vi.mock('../../../../lambdas/kit/telemetry.ts', () => import('../../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const FACTS = /24\.90|ann@|bob@|Charged twice|demo|ledger/;

describe("an approver's page", () => {
  it('shows what would happen, why, until when and to whom the link belongs', async () => {
    question();

    const { status, text } = await show();

    expect(status).toBe(200);
    expect(text).toContain('Pay EUR 24.90');
    expect(text).toContain('the amount is large');
    expect(text).toContain('Charged twice.');
    expect(text).toContain('ann@example.com');
    expect(text).toContain('2026-12-01 09:30 UTC');
    expect(text).toContain('2026-12-01 11:30 UTC');
    expect(text).toContain('It cannot be undone.');
    expect(text).toContain('route.v1');
    expect(text).toContain('policy-1');
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])(
    'is not changed by %s, however often',
    async (method) => {
      question();
      const before = world.tables.snapshot();

      for (let times = 0; times < 3; times += 1) await show(ANN, APPROVAL, method);

      expect(world.tables.snapshot()).toBe(before);
      expect(world.calls.filter((call) => !/Get|Query/.test(call))).toEqual([]);
    },
  );

  it.each(['OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE-IT'])('is not there for %s', async (method) => {
    question();

    const { status, text } = await show(ANN, APPROVAL, method);

    expect(status).toBe(405);
    expect(text).not.toMatch(FACTS);
  });

  it.each([
    ['a link of nobody', 'x'.repeat(43), APPROVAL],
    ['no link at all', '', APPROVAL],
    ['the hash of a link', sha256(ANN), APPROVAL],
    ['a question that is not there', ANN, 'item-none-g1'],
    ['a name that every object has', 'constructor', APPROVAL],
    ['a very long name', ANN, 'x'.repeat(3000)],
    ['a name longer than any of ours', ANN, 'x'.repeat(201)],
  ])('is a 404 without a fact for %s', async (_name, token, id) => {
    question();

    const shown = await show(token, id);
    const posted = await send({ t: token, nonce: 'x', decision: 'approve' }, {}, {}, id);

    for (const { status, text } of [shown, posted]) {
      expect(status).toBe(404);
      expect(text).not.toMatch(FACTS);
    }
    expect(row().status).toBe('pending');
  });

  it('is a 404 for the link of another question', async () => {
    question();
    world.tables.put('approvals', { ...row(), id: 'item-b-g1' });

    expect((await show(ANN, 'item-b-g1')).status).toBe(404);
  });

  it('is a 404 for a question that expired before it was put: its row holds nothing but that', async () => {
    question();
    world.tables.put('approvals', { id: APPROVAL, status: 'expired', version: 1, trail: [] });

    expect((await show()).status).toBe(404);
    expect((await send({ t: ANN, nonce: 'x', decision: 'approve' })).status).toBe(404);
  });

  it('is a 404 for who is no approver any more, though the link was good', async () => {
    question();
    const fields = await fieldsOf(ANN);
    const groups = { leads: [{ email: 'bob@example.com' }], bosses: [] };
    const { SETTINGS } = await import('../../../support/fixtures.ts');
    const given = { settings: { ...SETTINGS, groups } };

    expect((await plain(`/approvals/${APPROVAL}?t=${ANN}`, {}, given)).status).toBe(404);
    expect((await send({ ...fields, decision: 'reject', comment: 'x' }, {}, given)).status).toBe(404);
    expect(row().status).toBe('pending');
  });

  it.each([
    ['the time is over', {}, 3 * 3600],
    ['the time is over this moment', {}, 2.5 * 3600],
    ['the question has expired', { status: 'expired' as const }, 0],
  ])('is closed, with nothing to decide and no fact, when %s', async (_name, fields, seconds) => {
    question(proposal(), fields);
    const bound = {
      ...{ subject: sha256(ANN), approvalId: APPROVAL, digest: row().digest },
      browser: 'b'.repeat(16),
    };
    const open = { t: ANN, nonce: makeNonce(KEY, bound), decision: 'approve', comment: 'yes' };
    time.advance(seconds);

    for (const { status, text } of [await show(), await send(open)]) {
      expect(status).toBe(200);
      expect(text).not.toContain('<form');
      expect(text).not.toMatch(/24\.90/);
      expect(text).toContain('closed');
    }
    expect(row().status).not.toBe('decided');
  });

  it('shows hostile words as words, wherever they stand', async () => {
    const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&`;
    question(
      proposal({
        ...{
          summary: hostile,
          brief: hostile,
          label: hostile,
          reasons: [hostile],
          promptVersions: [hostile],
        },
        parameters: { [hostile]: hostile, list: [hostile], nested: { [hostile]: hostile } },
        evidence: [{ source: hostile, quote: hostile }],
        ...{ risk: 'catastrophic', action: hostile, policyVersion: hostile },
        question: { ...QUESTION, confirm: hostile },
      }),
      {
        escalateTo: hostile,
        asked: { 'ann@example.com': { group: 'leads', via: hostile, note: hostile } },
        claim: { by: hostile, until: '2026-12-01T09:10:00.000Z' },
        votes: { [hostile]: { at: '', digest: '' } },
        quorum: 2,
        edits: [{ field: hostile, from: 1, to: 2 }],
      },
    );

    const { text } = await show();
    const { text: faulty } = await send({ ...(await fieldsOf()), decision: 'approve', comment: hostile });

    for (const markup of [text, faulty]) {
      expect(markup).not.toContain('<script>alert');
      expect(markup).not.toContain('<img');
      expect(markup.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(14);
    }
  });

  it('shows a hostile approver of a decided question as words', async () => {
    question(proposal(), {
      ...{ status: 'decided', decision: 'approve', decidedBy: '<script>x</script>' },
      ...{ decidedAt: '2026-12-01T08:50:00.000Z' },
    });

    expect((await show()).text).not.toContain('<script>x');
  });

  it.each(['parameters', 'summary', 'destination', 'question'])(
    'shows no form and decides nothing when the document is not the one that was asked about: its %s',
    async (field) => {
      question();
      const fields = await fieldsOf();
      const other = proposal({
        ...{ parameters: { parameters: { amount: '9999.00' } } }[field],
        ...{ summary: { summary: 'Pay EUR 9999.00' }, destination: { destination: 'elsewhere' } }[field],
        ...{ question: { question: { ...QUESTION, confirm: 'ok' } } }[field],
      });
      world.content.set(`bucket/${row().proposalKey}`, JSON.stringify(other));

      const posted = { ...fields, comment: 'yes' };
      for (const { status, text } of [
        await show(),
        await send({ ...posted, decision: 'approve' }),
        await send({ ...posted, decision: 'reject' }),
        await send({ ...posted, decision: 'hand-over', to: 'bob@example.com' }),
      ]) {
        expect(status).toBe(409);
        expect(text).not.toMatch(/<form|9999|24\.90/);
      }
      expect(row().status).toBe('pending');
      expect(world.sent('questions')).toEqual([]);
      expect(world.counted.filter((metric) => metric === 'proposalsTampered')).toHaveLength(4);
    },
  );

  it('says that nothing was changed when a neighbour fails, without a word of why', async () => {
    question();
    world.fault = () => {
      throw named('AccessDeniedException');
    };

    const { status, text } = await show();

    expect(status).toBe(500);
    expect(text).toContain('Nothing was changed');
    expect(text).not.toContain('AccessDenied');
  });

  it('stands without the line about precedents when the record cannot be read', async () => {
    question();
    world.fault = (call) => {
      if (call.includes('Query')) throw named('AccessDeniedException');
    };

    expect((await show()).status).toBe(200);
  });

  it.each([
    ['routine', false],
    ['consequential', true],
    ['catastrophic', true],
  ] as const)('asks for a reason where it is %s: %s', async (risk, needed) => {
    question(proposal({ risk }));

    const { text } = await show();

    expect(text.includes('Your reason <span>(required')).toBe(needed);
    expect(/<textarea id="comment"[^>]* required/.test(text)).toBe(needed);
    expect(text.includes('id="confirm"')).toBe(risk === 'catastrophic');
  });

  it('belongs to one person: the other link shows the other name', async () => {
    question();

    expect((await show(BOB)).text).toContain('deciding as bob@example.com');
    expect((await show(BOB)).text).not.toContain('deciding as ann@example.com');
  });

  it('says who else is at it, how many must agree and who did, and why it is this person', async () => {
    question(proposal(), {
      quorum: 2,
      votes: { 'bob@example.com': { at: '2026-12-01T08:40:00.000Z', digest: 'x' } },
      claim: { by: 'bob@example.com', until: '2026-12-01T09:10:00.000Z' },
      asked: { 'ann@example.com': { group: 'leads', via: 'for cat@example.com, who is away', note: 'see' } },
    });

    const { text } = await show();

    expect(text).toContain('2 people must approve; so far: bob@example.com.');
    expect(words(text)).toContain('bob@example.com is working on it until 2026-12-01 09:10 UTC .');
    expect(text).toContain('You are asked for cat@example.com, who is away: “see”');
  });
});
