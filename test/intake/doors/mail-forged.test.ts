import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { eraseRow } from '../../../lambdas/tables/items/erasure.ts';
import { automation, type Demo, ENV } from '../../support/fixtures.ts';
import { come, mailOf, put, received } from '../../support/mails.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const taking: Automation<Demo> = {
  ...automation,
  doors: { mail: { body: ({ subject, text, html }) => ({ subject, text, html }) } },
};

beforeEach(() => {
  world.reset();
  time.freeze();
});

async function taken(headers: Record<string, string> = {}, above = received()): Promise<ItemRow> {
  await come(put('mails', 'demo/ses-1', above + mailOf({ headers })), taking);
  return world.tables.all('items')[0] as unknown as ItemRow;
}

describe('a mail of a domain without a policy', () => {
  const by = (signer: string) =>
    received(`amazonses.com; spf=pass; dkim=pass ${signer} header.b=x; dmarc=none`);

  it.each(['header.i=@mail.example', 'header.d=mail.example', 'header.i=anna@mail.example'])(
    'is verified by the signature of that domain: %s',
    async (signer) => {
      expect((await taken({}, by(signer))).mail?.verified).toBe(true);
    },
  );

  it.each([
    'header.i=x@mail.example@evil.example',
    'header.i=@mail.example@evil.example',
    'header.d=mail.example header.i=@evil.example',
    'header.i=@evil.example header.d=mail.example',
    'header.i=@',
    'header.i="x@mail.example"@evil.example',
    'header.i=@evil.example(@mail.example)',
  ])('is not verified by another who writes it into his own: %s', async (signer) => {
    expect((await taken({}, by(signer))).mail).toMatchObject({ dkim: 'pass', verified: false });
  });
});

it.each([
  '<=?utf-8?q?anna=40mail.example?=>',
  '=?utf-8?b?YW5uYUBtYWlsLmV4YW1wbGU=?=',
  '=?utf-8?q?Anna_=3Canna=40mail.example=3E?=',
])('an address that is there only once it is decoded is nobody: %s', async (From) => {
  expect((await taken({ From })).mail?.verified).toBe(false);
});

it('a mail that comes again after its item was erased brings no word of it back', async () => {
  const row = await taken();
  const rested = { ...row, status: 'done' } as unknown as ItemRow;
  world.tables.put('items', rested as never);
  await eraseRow(ENV.ITEM_TABLE, rested, 'anna');
  world.files.clear();
  world.content.clear();
  await come(put('mails', 'demo/ses-2', received(undefined, { id: 'second' }) + mailOf()), taking);

  expect(world.tables.all('items')).toHaveLength(1);
  expect([...world.files.keys()]).toEqual([]);
});
