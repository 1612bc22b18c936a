import { createHmac } from 'node:crypto';
import type { Automation } from '../contract/automation.ts';
import type { EnvFor } from '../contract/env.ts';
import type { Duplicate } from '../contract/item/duplicates.ts';
import type { Prepared } from '../contract/item/envelope.ts';
import type { ItemRow } from '../contract/item/row.ts';
import type { ItemStatus } from '../contract/item/status.ts';
import { hashKeys } from '../gate/seal.ts';
import { DAY_SECONDS } from '../kit/clock.ts';
import { bandsOf, likeness, packed, signatureOf, unpacked } from '../kit/likeness/minhash.ts';
import { addText, type Claimer, claimKey } from '../tables/idempotency/duplicates.ts';
import { getItem } from '../tables/items/items.ts';

type Env = Pick<EnvFor<'process/process'>, 'ITEM_TABLE' | 'IDEMPOTENCY_TABLE' | 'GATE_KEYS'>;

/** An item that ended so was not done: the next one is no duplicate of it. */
const NOT_DONE: readonly ItemStatus[] = ['rejected', 'refused', 'expired', 'withdrawn', 'quarantined'];

/** Of one item, as its automation names them; more would be a list, and no names. */
const MOST_KEYS = 20;
/** Of the house's, for texts: the bands under six are what DynamoDB writes in one transaction. */
const MOST_SIGNATURES = 6;
/** How often an item whose claim is taken over may change. */
const MOST_TURNS = 4;

/**
 * Whether an earlier item of the automation is about the same, before a model is paid. The first that asks here is the first: its
 * repetitions find themselves. Nothing is looked for once a person has sent the item back.
 */
export async function duplicateOf(
  item: Prepared,
  sender: Sender,
  { name, duplicates }: Pick<Automation, 'name' | 'duplicates'>,
  env: Env,
): Promise<Duplicate | undefined> {
  if (!duplicates || item.feedback.length > 0) return undefined;
  const { of, near, days, verdict } = duplicates;
  const claimer = { automation: name, itemId: item.id, seconds: days * DAY_SECONDS };
  const keys = of?.(item.body, item.documents ?? []) ?? [];
  const scope = near?.within ? near.within(item.body) : '';
  if (keys.length === 0 && (!near || scope === undefined)) return undefined;
  // Under every key that holds: an earlier item, or a container that does not know today's, has only older ones.
  const secrets = await hashKeys(env.GATE_KEYS);
  const names = [...new Set(keys.map(plain))].sort().slice(0, MOST_KEYS);
  // In one order, whichever keys a container holds, so that of two items with two hashes in common one has both.
  const hashes = secrets.flatMap((secret) => names.map((it) => hashed(secret, 'key', it))).sort();
  for (const one of hashes) {
    const first = await firstWith(one, claimer, env);
    if (first)
      return { ...known(sender, first), by: 'key', verdict: mayRefuse(sender, first) ? verdict : 'ask' };
  }
  if (!near || scope === undefined) return undefined;
  const signed = secrets.slice(0, MOST_SIGNATURES).flatMap((secret) => {
    const signature = signatureOf(item.whole ?? item.text, secret);
    return signature ? [{ secret, signature }] : [];
  });
  if (signed.length === 0) return undefined;
  const own = signed.map(({ signature }) => signature);
  const bands = signed.flatMap(({ secret, signature }) =>
    bandsOf(signature).map((band) => hashed(secret, 'text', `${plain(scope)}|${band}`)),
  );
  const text = { bands, signature: own.map(packed).join(' ') };
  const like = await addText(env.IDEMPOTENCY_TABLE, text, claimer, async (others) => {
    for (const { itemId, signature: its } of others) {
      // Of two keys they have nothing in common, whatever the texts.
      const pairs = its.split(' ').flatMap((other) => own.map((one) => likeness(one, unpacked(other))));
      if (Math.max(0, ...pairs) < near.similarity) continue;
      const first = await standing(itemId, env);
      if (first) return first;
    }
    return undefined;
  });
  return like && { ...known(sender, like), by: 'text', verdict: 'ask' };
}

function hashed(secret: string, kind: 'key' | 'text', text: string): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify(['duplicate', kind, text]))
    .digest('hex');
}

/** Whose item it is, and whether it came as a mail. */
type Sender = Pick<ItemRow, 'client' | 'mail'>;

/** An earlier item. */
interface First extends Pick<Duplicate, 'of' | 'approvalId'> {
  /** Absent where its row is no longer kept. */
  sender?: Sender;
}

/**
 * Nobody may end what others send by sending a guess of it first: only a client's own item is refused for being a repetition. Mails are
 * all of one client, and of many senders.
 */
function mayRefuse({ client, mail }: Sender, { sender }: First): boolean {
  return sender?.client === client && !mail && !sender.mail;
}

function known(
  { client }: Sender,
  { sender, ...first }: First,
): Pick<Duplicate, 'of' | 'own' | 'approvalId'> {
  return { ...first, own: sender?.client === client };
}

/** Who has the key, unless that is this item, or one that came to nothing: then this one takes it over. */
async function firstWith(hash: string, claimer: Claimer, env: Env): Promise<First | undefined> {
  let has = await claimKey(env.IDEMPOTENCY_TABLE, hash, claimer);
  for (let turn = 0; turn < MOST_TURNS && has !== undefined; turn += 1) {
    const first = await standing(has, env);
    if (first) return first;
    has = await claimKey(env.IDEMPOTENCY_TABLE, hash, claimer, has);
  }
  return has === undefined ? undefined : { of: has };
}

/** An item as the first of its kind; undefined where it came to nothing. One that is no longer kept was done. */
async function standing(id: string, env: Env): Promise<First | undefined> {
  const row = await getItem(env.ITEM_TABLE, id);
  if (row && NOT_DONE.includes(row.status)) return undefined;
  const { client, mail, approvalId } = row ?? {};
  return {
    ...{ of: id, ...(approvalId ? { approvalId } : {}) },
    ...(client === undefined ? {} : { sender: { client, ...(mail ? { mail } : {}) } }),
  };
}

/** One key however it is typed: case, blanks and signs are nobody's name. */
function plain(key: string): string {
  return key
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
