import { beforeEach, describe, expect, it, vi } from 'vitest';
import { itemSchema, problemSchema } from '../../lambdas/api/openapi/schemas.ts';
import { decide } from '../../lambdas/approve/decision/decide.ts';
import { onChange } from '../../lambdas/approve/on-change.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import { STATUSES } from '../../lambdas/contract/item/status.ts';
import { type Answered, OPERATOR, type Request, through } from '../support/api.ts';
import { ANN, APPROVAL, context, person, question, row } from '../support/desk.ts';
import { ENV, gated, ID, itemRow, proposal, stored } from '../support/fixtures.ts';
import { answer } from '../support/gateway.ts';
import { Crash, DECISION_KEY, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

function withdraw(body: object | '' = '', given: Request = {}): Promise<Answered> {
  return through((event, caller) => answer(event, caller, []), {
    route: 'DELETE /v1/items/{id}',
    path: `/v1/items/${ID}`,
    params: { id: ID },
    body,
    ...given,
  });
}

const approve = () =>
  decide(
    'approvals',
    row(),
    { decision: 'approve', shown: row().digest, round: 0, comment: '' },
    person('ann'),
    0,
    DECISION_KEY,
  );

const BEFORE_IT_ACTS = ['received', 'processing', 'deferred', 'suspended', 'quarantined', 'parked'] as const;

describe('an item that is withdrawn', () => {
  it.each(BEFORE_IT_ACTS)('may be %s, and is told as it is then', async (status) => {
    const error = { class: 'TransientError' as const, message: 'was down' };
    world.tables.put('items', itemRow({ status, ...(status === 'parked' ? { error } : {}) }));

    const { status: code, body } = await withdraw({ reason: 'sent twice' });

    expect(code).toBe(200);
    expect(itemSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({ id: ID, status: 'withdrawn' });
    expect(body.timeline.at(-1)).toMatchObject({ event: 'withdrawn', by: 'shop', reason: 'sent twice' });
    expect(body).not.toHaveProperty('error');
  });

  it('closes its open question: no decision counts after it, and the run ends', async () => {
    question();

    const { status, body } = await withdraw();
    const late = await approve();
    await onChange(row(), question0(), ENV);

    expect([status, body.approval?.status]).toEqual([200, 'withdrawn']);
    expect(late.outcome).toBe('closed');
    expect(row()).toMatchObject({ status: 'withdrawn', phase: expect.stringMatching(/^closed#/) });
    expect(row()).not.toHaveProperty('decision');
    expect(world.answers).toMatchObject([{ token: 'token-1', error: 'SystemError' }]);
    expect(world.tables.all('audit')).toMatchObject([
      { event: 'command', command: 'withdraw', by: 'shop', itemId: ID },
      { event: 'withdrawn', by: 'shop' },
    ]);
  });

  it('closes a question that was put between the look and the write', async () => {
    question();
    const asked = stored();
    const { approvalId: _, ...before } = asked;
    world.tables.put('items', { ...before, status: 'processing' });
    world.fault = (call, { TableName }) => {
      if (call.includes('Update') && TableName === 'items' && !stored().approvalId)
        world.tables.put('items', asked);
    };

    const { status, body } = await withdraw();

    expect([status, body.status, body.approval?.status]).toEqual([200, 'withdrawn', 'withdrawn']);
    expect((await approve()).outcome).toBe('closed');
  });

  it('takes back with it a decision that could still be taken back', async () => {
    question(proposal(), { status: 'decided', decision: 'approve', phase: 'carrying', undoUntil: '2099' });

    expect((await withdraw()).body.approval.status).toBe('withdrawn');
  });

  it('tells who opens the link afterwards', async () => {
    question();
    await withdraw();

    const { pageApp } = await import('../../lambdas/approve/channels/page/page.ts');
    const page = await pageApp(context()).request(`/approvals/${APPROVAL}?t=${ANN}`);

    expect(await page.text()).toContain('This approval was withdrawn');
  });

  it.each(['before', 'after'] as const)(
    'is so also when the API dies %s its row is written',
    async (when) => {
      question();
      const open = question0();
      world.fault = (call, { TableName }) => {
        const now = when === 'before' ? stored().status !== 'withdrawn' : stored().status === 'withdrawn';
        if (
          TableName === 'items' &&
          call.includes('Update') === (when === 'before') &&
          now &&
          row().status === 'withdrawn'
        )
          throw new Crash('dies');
      };
      await withdraw().catch(() => {});
      world.fault = undefined;

      await onChange(row(), open, ENV);

      expect([stored().status, row().status]).toEqual(['withdrawn', 'withdrawn']);
      expect(stored().timeline.filter(({ event }) => event === 'withdrawn')).toHaveLength(1);
    },
  );

  it('is an operator’s to take back as well, of any client, and nobody else’s', async () => {
    world.tables.put('items', itemRow());

    const foreign = await withdraw('', { caller: { client: 'other', automations: 'demo', role: 'client' } });
    const none = await withdraw('', { params: { id: 'item-none' } });
    const operator = await withdraw('', { caller: OPERATOR });

    expect([foreign.status, none.status, operator.status]).toEqual([404, 404, 200]);
    expect(operator.body.timeline.at(-1)).toMatchObject({ event: 'withdrawn', by: 'ops' });
  });
});

describe('an item that is not withdrawn', () => {
  const stay = STATUSES.filter(
    (status) => !(BEFORE_IT_ACTS as readonly string[]).includes(status) && status !== 'waiting_approval',
  );
  it.each(stay)('is one that is %s', async (status) => {
    gated({ status });
    const before = world.tables.snapshot();

    const { status: code, body } = await withdraw();

    expect(code).toBe(409);
    expect(problemSchema.parse(body)).toEqual(body);
    expect(body).toMatchObject({ id: ID, itemStatus: status });
    expect(world.tables.snapshot()).toBe(before);
  });

  it('is one that rests after it has acted, or may have', async () => {
    gated({ status: 'parked', action: { name: 'pay', status: 'failed', idempotencyKey: 'k' } });

    const { status, body } = await withdraw();

    expect([status, body.detail]).toEqual([409, expect.stringContaining('has acted or may have')]);
  });

  it('is one that began to act between the look and the write', async () => {
    gated({ status: 'processing' });
    world.fault = (call, { TableName }) => {
      if (!call.includes('Update') || TableName !== 'items') return;
      const action = { name: 'pay', status: 'acting' as const, idempotencyKey: 'k' };
      world.tables.put('items', { ...stored(), status: 'acting', action });
    };

    expect((await withdraw()).status).toBe(409);
    expect(stored().status).toBe('acting');
  });

  it('is one whose reason is too long, empty or beside other fields', async () => {
    world.tables.put('items', itemRow());
    for (const body of [
      { reason: 'x'.repeat(301) },
      { reason: ' ' },
      { reason: '\u200b\u2060' },
      { why: 'x' },
    ])
      expect((await withdraw(body)).status).toBe(400);
    expect(stored().status).toBe('received');
  });
});

/** The question as it was put. */
function question0(): ApprovalRow {
  return { ...row(), status: 'pending', version: 1, trail: row().trail.slice(0, 1) };
}
