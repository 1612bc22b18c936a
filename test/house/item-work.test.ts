import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bytesOf } from '../../bench/row-size.ts';
import { stored } from '../support/fixtures.ts';
import { openRefunds, type Refunds } from '../support/refund-alone.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/*
 * What a refund that acts alone asks of AWS, one by itself in functions that are warm. `npm run bench:work` measures the same deployed,
 * with what many at a time share.
 */

let refunds: Refunds;

beforeEach(async () => {
  refunds = await openRefunds();
});
afterEach(() => refunds.close());

describe('a refund that acts alone', () => {
  it('takes these calls, once secrets and what is known of neighbours are in memory', async () => {
    await refunds.refund('W1001');
    const { id, calls } = await refunds.refund('W1002');

    expect(stored(id)).toMatchObject({ status: 'done', verdict: 'act' });
    expect(calls).toEqual({
      intake: [
        ...['dynamodb UpdateCommand', 'dynamodb PutCommand', 's3 PutObject', 'dynamodb PutCommand'],
        'sqs SendMessageCommand',
      ],
      process: [
        ...['dynamodb UpdateCommand', 's3 GetObject'],
        // Each step's money and its answer; between them what the order system said.
        ...['dynamodb UpdateCommand', 'dynamodb PutCommand', 'dynamodb PutCommand'],
        ...['dynamodb UpdateCommand', 'dynamodb PutCommand'],
        // Caution and limits in one reading, the room that the action takes, and the rest of the money back.
        ...['dynamodb BatchGetCommand', 'dynamodb TransactWriteCommand', 'dynamodb UpdateCommand'],
        ...['s3 PutObject', 'dynamodb UpdateCommand', 'sqs SendMessageCommand'],
      ],
      // Item, question and what was counted in one reading; the intent, and the outcome.
      act: ['dynamodb BatchGetCommand', 's3 GetObject', 'dynamodb UpdateCommand', 'dynamodb UpdateCommand'],
    });
  });

  it('has a row of at most 2,600 bytes: each write of it costs three units', async () => {
    const { id } = await refunds.refund('W1001');
    expect(bytesOf({ ...stored(id) })).toBeLessThanOrEqual(2600);
  });
});
