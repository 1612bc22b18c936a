import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { receiptSchema, verifiedSchema } from '../../lambdas/api/openapi/receipt-schemas.ts';
import { canonicalJson, sha256 } from '../../lambdas/kit/digest.ts';
import { ask, fresh, openPage, post, REFUND, reaches, request, submit } from '../support/app.ts';
import { account, eventually, resource } from '../support/desk-clock.ts';

/* Receipts of the deployed application: one item that acted alone, one that was approved, one that was rejected. */

type Receipt = ReturnType<typeof receiptSchema.parse>;
type Verified = ReturnType<typeof verifiedSchema.parse>;

async function receipt(id: string): Promise<Receipt> {
  const look = () => request(`/v1/items/${id}/receipt`);
  return (await eventually(look, ({ status }) => status === 200, 150)).body as Receipt;
}

async function verified(id: string): Promise<Verified> {
  return (await request(`/v1/items/${id}/verification`)).body as Verified;
}

async function decided(decision: 'approve' | 'reject', status: string): Promise<string> {
  const { id, of } = await ask('refund-request', fresh(REFUND.large));
  const page = await openPage(of('anna'));
  await submit(of('anna'), { ...page.fields, decision, comment: 'seen the photo' });
  await reaches(id, status);
  return id;
}

describe('what became of an item', () => {
  it('has a receipt that its digest is of, and is what it says', async () => {
    const { body } = await post('refund-request', fresh(REFUND.small));
    await reaches(body.id, 'done');
    const { digest, earlier, ...record } = await receipt(body.id);
    expect([sha256(canonicalJson(record)), earlier]).toEqual([digest, []]);
    expect(await verified(body.id)).toMatchObject({ verdict: 'ok', differences: [] });
  });

  it('is proved of what people decided too', async () => {
    const rejected = await decided('reject', 'rejected');
    expect((await receipt(rejected)).approval).toMatchObject({ decision: 'reject' });
    expect(await verified(rejected)).toMatchObject({ verdict: 'ok', differences: [] });
  });

  it('is found by name where somebody writes over the row', async () => {
    const { body } = await post('refund-request', fresh(REFUND.small));
    await reaches(body.id, 'done');
    await receipt(body.id);
    const at = { TableName: await resource('dataitems'), Key: { id: body.id } };
    const { Item } = await account.tables.send(new GetCommand(at));
    const set = (label: unknown) =>
      account.tables.send(
        new UpdateCommand({
          ...at,
          UpdateExpression: 'SET #label = :label',
          ExpressionAttributeNames: { '#label': 'label' },
          ExpressionAttributeValues: { ':label': label },
        }),
      );
    await set('tampered');
    expect(await verified(body.id)).toMatchObject({
      verdict: 'differs',
      differences: ['row: label differs'],
    });
    await set(Item?.label);
    expect((await verified(body.id)).verdict).toBe('ok');
  });
});
