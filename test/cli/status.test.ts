import { describe, expect, it } from 'vitest';
import { api, ITEM, run } from './harness.ts';
import { accepted, done, OTHER_ID, parked, waiting } from './recorded.ts';

describe('status', () => {
  it('tells facts, reasons, proposal, approval, action, timeline and lineage', async () => {
    api.answers[`GET ${ITEM}`] = { body: done };
    const { out } = await run(['status', accepted.id]);
    for (const line of [
      `${accepted.id}  refund-request  done`,
      '  received  2026-11-20 11:55:00 UTC, 5 min ago',
      '  cost      $0.000139',
      '  tokens    1,192 in, 39 out',
      '  - the amount is at or above 100.00',
      '  Refund USD 109.27 to order W9373487',
      '  confidence  not measured',
      '    rules     R3; R4',
      '  evidence  R3: "Goods that arrive broken are refunded in full."',
      '  approve by anna@example.com, 2026-11-20 11:58:00 UTC, 2 min ago, after 41 s on the page',
      '  refund: done',
      '  reference  refund-ledger-000003',
    ]) {
      expect(out.split('\n')).toContain(line);
    }
  });

  it('counts the timeline from the moment the item was received', async () => {
    api.answers[`GET ${ITEM}`] = { body: waiting };
    const { out } = await run(['status', accepted.id]);
    expect(out).toContain(
      [
        '  +0.0 s  received          client local, priority normal',
        '  +2.3 s  prepared          characters 156',
        '  +3.0 s  gated             verdict ask, reasons the amount is high',
        `  +1 min  waiting_approval  group refund-approvers, approvalId ${accepted.id}-g1`,
      ].join('\n'),
    );
    expect(out).toContain('  pending: nobody has decided yet');
  });

  it('shows tokens and cost of each step in columns of numbers', async () => {
    api.answers[`GET ${ITEM}`] = { body: waiting };
    const { out } = await run(['status', accepted.id]);
    expect(out).toContain(
      [
        '  step      prompt       model          in  out       cost  from',
        '  route     route.v1     gpt-6-luna  1,316    5  $0.000034  memory',
        '  diagnose  diagnose.v1  gpt-6-luna    876   34  $0.000105  openai',
      ].join('\n'),
    );
  });

  it('leaves out what was not reached', async () => {
    api.answers[`GET /v1/items/${OTHER_ID}`] = { body: parked };
    const { out } = await run(['status', OTHER_ID]);
    expect(out).toContain('  error     SystemError: the budget of the day is spent');
    expect(out).toContain('  priority  urgent');
    expect(out).toContain('  run       number 2');
    expect(out).not.toMatch(/Reasons|Proposal|Approval|Action|Lineage|undefined|NaN/);
  });

  it('passes the wait on', async () => {
    api.answers[`GET ${ITEM}?wait=3`] = { body: waiting };
    expect((await run(['status', accepted.id, '--wait', '3'])).code).toBe(0);
  });

  it('does not let an id walk to another path', async () => {
    await run(['status', '../automations?x']);
    expect(api.calls[0]?.path).toBe('/v1/items/..%2Fautomations%3Fx');
  });
});
