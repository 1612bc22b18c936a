import { beforeEach, describe, expect, it, vi } from 'vitest';
import { verifiedSchema } from '../../../lambdas/api/openapi/receipt-schemas.ts';
import type { Receipt } from '../../../lambdas/contract/item/receipt.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { sha256 } from '../../../lambdas/kit/digest.ts';
import { verifyItem } from '../../../lambdas/operate/verify/item.ts';
import { chainOutcomes } from '../../../lambdas/record/receipts/outcomes.ts';
import { recordCommand } from '../../../lambdas/tables/audit/commands.ts';
import { approvalId, bodyKey, originalKey } from '../../../lambdas/tables/keys.ts';
import { changeOf, headOf, receiptsOf, recordOf } from '../../../lambdas/tables/receipts/receipts.ts';
import { writeRoot } from '../../../lambdas/tables/receipts/roots.ts';
import { ENV } from '../../support/fixtures.ts';
import { approved, change, doneAlone, idOf, recordIn, refused, withRecord } from '../../support/receipts.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const [FIRST, ASKED, LAST] = [idOf('1'), idOf('2'), idOf('3')] as const;
const DAY = 86_400;

beforeEach(async () => {
  world.reset();
  time.freeze();
  await chainOutcomes([await doneAlone('1'), await approved('2'), await refused('3')], ENV);
});

async function verify(id: string): Promise<{ verdict: string; differences: string[]; notes: string[] }> {
  return verifiedSchema.parse(await verifyItem(id, ENV));
}
const differences = async (id: string) => (await verify(id)).differences;

function tamper(id: string, fields: Partial<ItemRow>): void {
  world.tables.put('items', { ...world.tables.row('items', id), ...fields });
}

const rowsOf = (id: string) => world.tables.all('receipts').filter((row) => row.id === id);
const drop = (id: string) => {
  for (const row of rowsOf(id)) world.tables.rows('receipts').delete(`${row.id}|${row.change}`);
};

/** As whoever may write the table would write a receipt, with a digest that is right. */
async function forge(id: string, changed: Partial<Receipt>, under = id): Promise<string> {
  const [kept] = await receiptsOf('receipts', id);
  const receipt = { ...(kept?.receipt as Receipt), ...changed };
  const record = recordOf(receipt);
  const { number, automation: chain } = receipt;
  const row = { id: under, change: changeOf(receipt), chain, number, record, digest: sha256(record) };
  world.tables.put('receipts', { ...row, expiresAt: 2_000_000_000 });
  return row.digest;
}

async function moveHead(to: { number?: number; digest: string | undefined }): Promise<void> {
  world.tables.put('receipts', { ...(await headOf('receipts', 'demo')), id: 'heads', change: 'demo', ...to });
}

describe('an item that is what its receipts say', () => {
  it.each([FIRST, ASKED, LAST])('is ok: %s', async (id) => {
    expect(await verify(id)).toMatchObject({ verdict: 'ok', differences: [] });
  });

  it('is ok under a root, and once it goes on again', async () => {
    time.advance(DAY);
    await writeRoot({ receiptTable: 'receipts', auditBucket: 'archive' });
    expect(await verify(FIRST)).toMatchObject({ verdict: 'ok', notes: [] });
    tamper(FIRST, { status: 'processing', generation: 2 });
    expect(await verify(FIRST)).toMatchObject({
      verdict: 'ok',
      notes: ['row: processing again, in generation 2'],
    });
  });

  it('has none yet while it is on its way, and is missed where it should have come', async () => {
    const record = await refused('4');
    expect(record).toBeDefined();
    expect(await verify(idOf('4'))).toMatchObject({ verdict: 'no receipt yet', differences: [] });
    time.advance(600);
    expect(await differences(idOf('4'))).toEqual([
      'receipt: missing, the item is refused since 2026-12-01T09:00:00.000Z',
    ]);
  });

  it('is nobody where there is neither', async () => {
    expect(await verifyItem(idOf('9'), ENV)).toBeUndefined();
  });
});

describe('a tampered row', () => {
  it.each<[string, Partial<ItemRow>, string]>([
    ['verdict', { verdict: 'refuse' }, 'row: verdict differs'],
    ['label', { label: 'other' }, 'row: label differs'],
    ['reasons', { reasons: ['none'] }, 'row: reasons differs'],
    ['client', { client: 'other' }, 'row: client differs'],
    ['costUsd', { costUsd: 0 }, 'row: costUsd differs'],
    ['lineage', { lineage: [] }, 'row: lineage differs'],
    ['proposalDigest', { proposalDigest: 'f'.repeat(64) }, 'row: proposal digest differs'],
    ['status', { status: 'rejected' }, 'row: status differs: rejected, and done in the receipt'],
    ['generation', { generation: 2 }, 'row: generation differs'],
  ])('is found by name: %s', async (_, fields, named) => {
    time.advance(600);
    tamper(ASKED, fields);
    expect(await differences(ASKED)).toContain(named);
  });

  it('is found where the stream has told of it: nothing leads from one end to another', async () => {
    const row = world.tables.row<ItemRow>('items', LAST) as ItemRow;
    const now: ItemRow = { ...row, status: 'done', updatedAt: new Date(time.at + 1000).toISOString() };
    world.tables.put('items', now);
    await chainOutcomes([change({ status: 'refused' }, now)], ENV);
    expect(await differences(LAST)).toEqual(['row: status differs: done, and refused in the receipt']);
  });

  it('is found in what an action was answered', async () => {
    const row = world.tables.row<ItemRow>('items', FIRST) as ItemRow;
    const result = { status: 200, reference: 'R-2' };
    const [digits = '', entry] = Object.entries(row.ledger ?? {})[0] ?? [];
    tamper(FIRST, { ledger: { [digits]: { ...(entry as NonNullable<typeof entry>), result } } });
    expect(await differences(FIRST)).toEqual(['action pay: result differs']);
  });

  it('is found where it is gone', async () => {
    world.tables.rows('items').delete(FIRST);
    expect(await differences(FIRST)).toEqual(['row: missing']);
  });
});

describe('tampered content', () => {
  it('is found in the input', async () => {
    world.content.set(`bucket/${bodyKey(FIRST)}`, '{"text":"something else"}');
    expect(await differences(FIRST)).toEqual(['input object body.json: digest differs']);
    world.content.delete(`bucket/${bodyKey(FIRST)}`);
    expect(await verify(FIRST)).toMatchObject({
      differences: ['input object body.json: missing', 'salt of the receipts: missing'],
      notes: expect.arrayContaining(['parameters of action pay: no salt to compare it by']),
    });
  });

  it('is found in a swapped document', async () => {
    const file = { bytes: Buffer.from('another'), contentType: 'image/png', at: time.at };
    world.files.set(`uploads/${originalKey(ASKED, 'doc-1')}`, file);
    expect(await differences(ASKED)).toEqual(['document doc-1: digest differs']);
    world.files.delete(`uploads/${originalKey(ASKED, 'doc-1')}`);
    expect(await differences(ASKED)).toEqual(['document doc-1: missing']);
  });

  it('is found in the proposal object', async () => {
    const { proposalKey = '' } = world.tables.row<ItemRow>('items', ASKED) ?? {};
    const document = JSON.parse(world.content.get(`bucket/${proposalKey}`) ?? '{}');
    document.parameters = { amount: '2490.00' };
    world.content.set(`bucket/${proposalKey}`, JSON.stringify(document));
    expect(await differences(ASKED)).toEqual([
      'action pay: parameters differ',
      'proposal object: digest differs',
    ]);
  });

  it('is found where somebody made another salt, or took it away', async () => {
    world.beside.set(`bucket/${bodyKey(FIRST)}`, { salt: 'another' });
    expect(await differences(FIRST)).toContain('input object body.json: digest differs');
    world.beside.clear();
    expect(await differences(FIRST)).toContain('salt of the receipts: missing');
  });
});

describe('a tampered approval and audit', () => {
  it('is found in the approval', async () => {
    const id = approvalId(ASKED, 1);
    world.tables.put('approvals', { ...world.tables.row('approvals', id), decision: 'reject', votes: {} });
    expect(await differences(ASKED)).toEqual(['approval: decision differs', 'approval: people differs']);
  });

  it('is found where an entry is removed, by its order', async () => {
    const entry = world.tables.all('audit').find(({ event }) => event === 'decided');
    world.tables.rows('audit').delete(`${entry?.month}|${entry?.order}`);
    expect(await differences(ASKED)).toEqual([`audit entry ${entry?.order}: missing`]);
  });

  it('is found where an entry is changed', async () => {
    const entry = world.tables.all('audit').find(({ event }) => event === 'decided');
    world.tables.put('audit', { ...entry, by: 'eve@example.com' });
    expect(await differences(ASKED)).toEqual([`audit entry ${entry?.order}: digest differs`]);
  });

  it('is found where the entry is gone that says that an item acted alone', async () => {
    const entry = world.tables.all('audit').find(({ event }) => event === 'acts_alone');
    world.tables.rows('audit').delete(`${entry?.month}|${entry?.order}`);
    // It comes by another reader of the stream than the receipt: at first it may only be late.
    expect(await differences(FIRST)).toEqual([]);
    time.advance(600);
    expect(await differences(FIRST)).toEqual(['audit entry of acting alone: missing']);
  });
});

describe('a tampered chain', () => {
  it('is found where a receipt is changed, with its digest and without', async () => {
    const [row] = rowsOf(ASKED);
    const texts = [recordIn(row).replace('approve', 'reject!'), 'null', '5', '{"at":"2026-12-01"}'];
    for (const other of [
      ...texts.map((it) => withRecord(row, it)),
      { ...row, record: new Uint8Array([1]) },
    ]) {
      world.tables.put('receipts', other);
      expect(await differences(ASKED)).toContain('receipt 2 of demo: digest differs');
    }
    world.tables.put('receipts', row as object);
    await forge(ASKED, { costUsd: 0 });
    expect(await differences(ASKED)).toEqual([
      'chain of demo: receipt 3 does not follow receipt 2',
      'row: costUsd differs',
    ]);
    expect(await differences(LAST)).toEqual(['chain of demo: receipt 3 does not follow receipt 2']);
  });

  it('is found where two receipts have changed places', async () => {
    await forge(FIRST, { number: 2 });
    await forge(ASKED, { number: 1 });
    expect(await differences(LAST)).toContain('chain of demo: receipt 3 does not follow receipt 2');
    expect((await differences(FIRST)).length).toBeGreaterThan(0);
  });

  it('is found where a receipt is forged beside a true one', async () => {
    await forge(ASKED, { item: idOf('7') }, idOf('7'));
    expect(await differences(idOf('7'))).toContain('chain of demo: there are 2 receipts 2');
    expect(await differences(ASKED)).toContain('chain of demo: there are 2 receipts 2');
  });

  it('is found where a receipt is taken from its middle, or from its end by the head', async () => {
    drop(ASKED);
    expect(await differences(LAST)).toEqual(['chain of demo: receipt 2: missing']);
    drop(LAST);
    time.advance(600);
    expect(await differences(FIRST)).toEqual(['chain of demo: receipt 2: missing']);
    expect(await differences(LAST)).toEqual([
      'receipt: missing, the item is refused since 2026-12-01T09:00:00.000Z',
    ]);
  });

  it('is found by the root where the end is taken and the head is moved back', async () => {
    time.advance(DAY);
    await writeRoot({ receiptTable: 'receipts', auditBucket: 'archive' });
    drop(LAST);
    const [kept] = await receiptsOf('receipts', ASKED);
    await moveHead({ number: 2, digest: kept?.digest });
    expect(await differences(ASKED)).toEqual(['root of 2026-12-01: receipt 3 of demo is missing']);
  });

  it('is found by the root where the whole end and the head are written anew', async () => {
    time.advance(DAY);
    await writeRoot({ receiptTable: 'receipts', auditBucket: 'archive' });
    const second = await forge(ASKED, { client: 'other' });
    tamper(ASKED, { client: 'other' });
    const third = await forge(LAST, { previous: second });
    await moveHead({ digest: third });
    expect(await differences(ASKED)).toEqual(['root of 2026-12-01: it names another receipt 3 of demo']);
    expect(await differences(FIRST)).toEqual(['root of 2026-12-01: it names another receipt 3 of demo']);
  });
});

describe('what is gone by right', () => {
  const erase = (id: string) => {
    for (const key of [...world.content.keys()]) if (key.includes(id)) world.content.delete(key);
    for (const key of [...world.files.keys()]) if (key.includes(id)) world.files.delete(key);
    const { proposalKey: _, ...row } = world.tables.row('items', id) ?? {};
    const at = new Date(time.at).toISOString();
    const documents = [{ ref: 'doc-1', bytes: 1, status: 'read' }];
    world.tables.put('items', { ...row, documents, erasedAt: at, updatedAt: at });
  };

  it('is said to be erased where the audit says who did so, and the chain still holds', async () => {
    time.advance(600);
    const audit = { table: 'audit', days: 400 };
    const command = { by: 'ops', command: 'erased 0123456789ab', automation: 'demo', itemId: ASKED };
    await recordCommand(audit, command);
    erase(ASKED);
    const notes = ['proposal object: erased', 'salt of the receipts: erased'];
    const found = { verdict: 'ok', differences: [], notes: expect.arrayContaining(notes) };
    expect(await verify(ASKED)).toMatchObject(found);
    expect(await verify(LAST)).toMatchObject({ verdict: 'ok' });
  });

  it('is not believed where the row alone says so', async () => {
    erase(ASKED);
    expect(await differences(ASKED)).toContain('row: erased without an entry of it in the audit');
    expect(await differences(ASKED)).toContain('proposal object: missing');
  });

  it('is said to have expired after its days', async () => {
    time.advance(91 * DAY);
    for (const key of [...world.content.keys()]) if (key.startsWith('bucket/')) world.content.delete(key);
    world.files.clear();
    const notes = expect.arrayContaining(['proposal object: expired']);
    expect(await verify(ASKED)).toMatchObject({ differences: [], notes });
  });
});
