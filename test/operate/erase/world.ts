import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import type { RegistryEntry } from '../../../lambdas/contract/registry.ts';
import { answer } from '../../../lambdas/operate/erase/erase.ts';
import { putAnswer, putVector } from '../../../lambdas/tables/idempotency/cache.ts';
import { Memo } from '../../../lambdas/tables/idempotency/once.ts';
import { announce, bindUpload } from '../../../lambdas/tables/items/uploads.ts';
import {
  bodyKey,
  cacheId,
  documentNamesKey,
  embedId,
  evaluatedKey,
  heldKey,
  holderKey,
  originalKey,
  pictureKey,
  proposalKey,
  quarantineKey,
  rawKey,
  readingKey,
  readTextKey,
  stepId,
  uploadKey,
  uploadNameKey,
} from '../../../lambdas/tables/keys.ts';
import { putSubjects, subjectHashes } from '../../../lambdas/tables/subjects/subjects.ts';
import { type Answered, OPERATOR, type Request, through } from '../../support/api.ts';
import { ENV, itemRow, lineageEntry } from '../../support/fixtures.ts';
import { world } from '../../support/world.ts';

/* An item that left something in every room, and whoever wants it gone. */

export const WORDS = 'zyxquokka';
export const ZOE = 'zoe@example.com';

export const idOf = (digits: string) => `demo_${digits.repeat(16)}`;
export const ID = idOf('a1');
export const REF = `doc-${'d'.repeat(32)}`;

const json = (value: unknown) => JSON.stringify(value);

/** Content under the key, as the item's function would have put it. */
export const content = (key: string, value: unknown = { text: WORDS }) =>
  world.content.set(`bucket/${key}`, json(value));
const file = (key: string) =>
  world.files.set(`uploads/${key}`, { bytes: Buffer.from(WORDS), contentType: 'text/plain', at: 0 });

/** What the reading of these bytes is called. */
export const reading = (bytes = 'b') => readingKey('demo', bytes.repeat(64));

/** A document of an item, read. */
export function document(id: string, ref = REF, key = reading()): NonNullable<ItemRow['documents']>[number] {
  file(originalKey(id, ref));
  content(documentNamesKey(id), [{ ref, name: `${WORDS}.pdf` }]);
  for (const at of [key, readTextKey(key)]) content(at);
  for (const at of [holderKey(key, id), heldKey(id, key)]) content(at, {});
  world.files.set(`bucket/${pictureKey(key, 1)}`, {
    bytes: Buffer.from(WORDS),
    contentType: 'image/png',
    at: 0,
  });
  return { ref, bytes: 9, status: 'read', type: 'pdf', pages: 1, sha256: 'f'.repeat(64), readingKey: key };
}

/** An item whose words lie in every room, and that is about this person. */
export async function planted(
  fields: Partial<ItemRow> = {},
  about: readonly string[] = [ZOE],
): Promise<ItemRow> {
  const { id = ID } = fields;
  for (const key of [bodyKey(id), rawKey(id), proposalKey(id, 1, 'p'.repeat(16)), evaluatedKey(id, 1, 'e')])
    content(key);
  const documents = [document(id)];
  file(quarantineKey(id, `doc-${'q'.repeat(32)}`));
  file(`inbound/${id}/mail.eml`);
  file(uploadKey('demo', REF));
  content(uploadNameKey('demo', REF));
  await announce('idempotency', 'demo', REF, { client: 'shop', contentType: `text/${WORDS}`, bytes: 9 });
  await bindUpload('idempotency', 'demo', REF, id);
  const answered = { value: WORDS, lineage: [lineageEntry()] };
  await new Memo('idempotency', id).once(
    stepId('demo', id, '1', 'route', 'v1', 'hash'),
    async () => answered,
  );
  const cached = { value: WORDS, madeFor: id, model: 'small', endpoint: 'house', at: 0 };
  await putAnswer('idempotency', cacheId('demo', 'route', `of-${id}`), cached, 3600);
  const vector = { vector: [0.5], madeFor: id };
  await putVector('idempotency', embedId('demo', 'house', 'small', `of-${id}`), vector, 3600);
  const row = itemRow({
    ...{ id, status: 'done', documents, proposalKey: proposalKey(id, 1, 'p'.repeat(16)) },
    ...{ reference: 'hash-of-reference', callbackUrl: `https://shop.example/?of=${WORDS}` },
    ...fields,
  });
  world.tables.put('items', row);
  await putSubjects('subjects', await subjectHashes('signalbox/subjects', about), row);
  return row;
}

const REGISTRY = [{ name: 'demo' }] as RegistryEntry[];

/** What an operator asks for. */
export function erase(body: object = {}, given: Request = {}, registry = REGISTRY): Promise<Answered> {
  return through((event, caller) => answer(event, caller, registry, ENV), {
    route: 'POST /v1/erasures',
    body: { subject: ZOE, reason: 'asked us to', ...body },
    caller: OPERATOR,
    ...given,
  });
}

/** Everywhere where something with these words is still kept. */
export function places(words = WORDS): string[] {
  const rows = JSON.parse(world.tables.snapshot()) as [string, [string, object][]][];
  return [
    ...rows.flatMap(([table, all]) =>
      all.filter(([key, row]) => (key + json(row)).includes(words)).map(([key]) => `${table} ${key}`),
    ),
    ...[...world.content].filter(([key, text]) => (key + text).includes(words)).map(([key]) => key),
    ...[...world.files]
      .filter(([key, { bytes }]) => (key + Buffer.from(bytes).toString()).includes(words))
      .map(([key]) => key),
  ];
}
