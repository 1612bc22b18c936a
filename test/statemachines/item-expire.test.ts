import { readFileSync } from 'node:fs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { amend } from '../../lambdas/approve/decision/amend.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import { ITEM_DEFINITION, substitute } from '../../lib/parts/workflow.ts';
import { type Definition, type Outcome, walk } from '../support/asl.ts';
import { APPROVAL, question, row, withCat } from '../support/desk.ts';
import { ID, proposal } from '../support/fixtures.ts';
import { LOST_RACE, TIMEOUT, WRITTEN } from '../support/runs.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

/*
 * The end of a question that the desk's own clock did not close: what the run writes, on the table that the
 * desk writes to.
 */

const SUBSTITUTIONS = {
  ...{
    ApprovalsQueueUrl: 'questions',
    ActionQueueUrl: 'actions',
    WorkQueueUrl: 'work',
    UrgentQueueUrl: 'urgent-queue',
  },
  ...{ ItemTable: 'items', ApprovalTable: 'approvals', ApprovalTimeoutSeconds: 60 },
};
const definition = JSON.parse(substitute(readFileSync(ITEM_DEFINITION, 'utf8'), SUBSTITUTIONS)) as Definition;

const INPUT = { itemId: ID, generation: 1 };

beforeEach(() => {
  world.reset();
  time.freeze();
});

/** The walk of a run whose question times out, with the real table behind Expire and Reread. */
async function timeOut() {
  const expire = await argumentsOf('Expire', { Approve: [TIMEOUT], Expire: [WRITTEN] });
  let outcome: Outcome = WRITTEN;
  try {
    world.tables.run('UpdateCommand', plain(expire) as never);
  } catch (error) {
    expect(error).toMatchObject({ name: 'ConditionalCheckFailedException' });
    outcome = LOST_RACE;
  }
  const { decision, status } = row() ?? {};
  const Item = { ...(decision && { decision: { S: decision } }), ...(status && { status: { S: status } }) };
  return walk(definition, INPUT, {
    ...{ Approve: [TIMEOUT], Expire: [outcome], Reread: [{ result: { Item } }] },
    ...{ Act: [{ result: {} }], Again: [{ result: {} }], Record: [WRITTEN] },
  });
}

async function argumentsOf(state: string, tasks: Record<string, Outcome[]>) {
  const { calls } = await walk(definition, INPUT, { ...tasks, Record: [WRITTEN] });
  return calls.find((call) => call.state === state)?.arguments as Record<string, unknown>;
}

/** As the document client would say it. */
function plain(given: Record<string, unknown>): Record<string, unknown> {
  const said = (value: unknown) => unmarshall(value as Parameters<typeof unmarshall>[0]);
  const values = given.ExpressionAttributeValues;
  return { ...given, Key: said(given.Key), ExpressionAttributeValues: said(values) };
}

describe('a question whose run gives up', () => {
  it('is expired and leaves the desk, with an entry that says who closed it', async () => {
    question(proposal(), withCat({ votes: { 'ann@example.com': { at: '', digest: 'x' } } }));

    const { entered } = await timeOut();

    expect(entered).toEqual(['Approve', 'Expire', 'Record']);
    expect(row()).toMatchObject({ status: 'expired', version: 2, expiresAt: 2_000_000_000 });
    expect(row().phase).toMatch(/^closed#\d{4}-\d\d$/);
    expect(row().phaseAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z#demo_/);
    expect(row().trail.at(-1)).toEqual({ at: expect.stringMatching(/Z$/), event: 'expired', by: 'the run' });
    expect(row()).not.toHaveProperty('decision');
  });

  it('is not decided any more by somebody who read it before: its version has risen', async () => {
    question();
    const read: ApprovalRow = row();
    await timeOut();

    const { changed } = await amend('approvals', read, (now) =>
      now.status === 'pending' ? { set: { status: 'decided' }, trail: [] } : undefined,
    );

    expect(changed).toBe(false);
    expect(row().status).toBe('expired');
  });

  it('is closed also where it was never put: it cannot be put later, and is kept for a year', async () => {
    await timeOut();

    const bare = world.tables.row(`approvals`, APPROVAL) as Record<string, unknown>;
    expect(bare).toMatchObject({
      id: APPROVAL,
      status: 'expired',
      version: 1,
      trail: [{ event: 'expired' }],
    });
    expect(bare.expiresAt).toBeGreaterThan(Date.now() / 1000 + 364 * 86_400);
    expect(bare.phase).not.toBe('open');
  });

  it.each([
    ['approve', ['Follow', 'Act'], { status: 'acting' }],
    ['reject', ['Follow', 'Record'], { status: 'rejected' }],
    ['again', ['Follow', 'Again'], { status: 'processing' }],
  ] as const)('keeps a decision that came in the last moment: %s', async (decision, rest, output) => {
    question(proposal(), { status: 'decided', decision, carriedAt: '2026-12-01T09:00:00.000Z' });
    const before = row();

    const walked = await timeOut();

    expect(row()).toEqual(before);
    expect(walked.entered).toEqual(['Approve', 'Expire', 'Reread', ...rest]);
    expect(walked.output).toMatchObject(output);
  });

  it('is expired where the desk itself closed it in the last moment: nothing is wrong with the run', async () => {
    question(proposal(), { status: 'expired' });

    expect((await timeOut()).output).toEqual({ status: 'expired' });
  });

  it('parks the item where the decision cannot be read', async () => {
    const { entered, output } = await walk(definition, INPUT, {
      ...{ Approve: [TIMEOUT], Expire: [LOST_RACE], Reread: [{ result: {} }], Record: [WRITTEN] },
    });

    expect(entered.slice(-3)).toEqual(['Follow', 'Unclear', 'Record']);
    expect(output).toEqual({ status: 'parked' });
  });
});
