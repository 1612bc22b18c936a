import { OUTCOMES, type Receipt } from '../../contract/item/receipt.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { FINAL } from '../../contract/item/status.ts';
import { digest, saltedDigest } from '../../kit/digest.ts';
import { Problem } from '../../kit/http.ts';
import { cutText } from '../../kit/text.ts';
import { getItem } from '../../tables/items/items.ts';
import { outcomeOf } from '../../tables/receipts/outcome.ts';
import { chainPart, headOf, type Kept, receiptsOf } from '../../tables/receipts/receipts.ts';
import { lastRoot } from '../../tables/receipts/roots.ts';
import { type Contents, contentsOf } from '../../tables/receipts/stores.ts';
import {
  chainFaults,
  differs,
  digestsDiffer,
  type Findings,
  factsDiffer,
  type Gone,
  missing,
  ownFaults,
  together,
} from './differences.ts';
import { daysOf, isFresh, isOver } from './kept.ts';
import { rootFaults } from './root.ts';
import { aloneEntry, auditDigests, documentDigests, erasureEntry, type VerifyEnv } from './stores.ts';

/** Of one item: a redrive gives another one each. */
const MOST_RECEIPTS = 20;

export interface Verified extends Findings {
  item: string;
  verdict: 'ok' | 'differs' | 'no receipt yet';
  receipts: { number: number; digest: string; generation: number; status: string; at: string }[];
}

/** Whether an item is what its receipts say. Undefined where there is neither. */
export async function verifyItem(id: string, env: VerifyEnv): Promise<Verified | undefined> {
  const [row, kept] = await Promise.all([getItem(env.ITEM_TABLE, id), receiptsOf(env.RECEIPT_TABLE, id)]);
  if (!row && kept.length === 0) return undefined;
  const last = kept.at(-1);
  const found = last
    ? together(
        await chained(kept.slice(-MOST_RECEIPTS), env),
        ...(isLegible(last) ? [await stores(last.receipt, kept, row, env)] : []),
      )
    : unchained(row);
  const verdict = found.differences.length > 0 ? 'differs' : last ? 'ok' : 'no receipt yet';
  const receipts = kept
    .filter(isLegible)
    .map(({ receipt: { generation, status, at }, number, digest: its }) => ({
      ...{ number, digest: its, generation, status, at },
    }));
  return { item: id, verdict, receipts, ...found };
}

export function noItem(id: string): Problem {
  return new Problem(404, `there is no item '${cutText(id, 80)}'`);
}

/** Whether its record still says something, right or wrong. What somebody wrote over it may be anything. */
function isLegible({ receipt: { at, input } }: Kept): boolean {
  return typeof at === 'string' && Array.isArray(input);
}

function unchained(row: ItemRow | undefined): Findings {
  if (!row || !isOutcome(row) || isFresh(row)) return differs();
  return differs(`receipt: missing, the item is ${row.status} since ${row.updatedAt}`);
}

function isOutcome({ status }: ItemRow): boolean {
  return OUTCOMES.some((it) => it === status);
}

/** Each of them in itself, between its neighbours, and the last under a root. */
async function chained(kept: readonly Kept[], env: VerifyEnv): Promise<Findings> {
  const { RECEIPT_TABLE: table } = env;
  const found = kept.map(async (one) => {
    const faults = ownFaults(one);
    if (faults.length > 0) return differs(...faults);
    const { number, chain } = one;
    const [part, head] = await Promise.all([
      chainPart(table, chain, { from: number - 1, to: number + 1 }),
      headOf(table, chain),
    ]);
    const at = (wanted: number) => part.receipts.filter((it) => it.number === wanted);
    const neighbours = { before: at(number - 1), own: at(number), after: at(number + 1), head };
    const { itemDays } = daysOf(chain, env);
    return chainFaults(one, neighbours, (when) => isOver(when, itemDays));
  });
  const last = kept.at(-1);
  const root = last && isLegible(last) ? await rootFaults(last, await lastRoot(table), env) : differs();
  return together(...(await Promise.all(found)), root);
}

/** The last receipt against what lies in the stores. */
async function stores(
  was: Receipt,
  kept: readonly Kept[],
  row: ItemRow | undefined,
  env: VerifyEnv,
): Promise<Findings> {
  const { itemDays } = daysOf(was.automation, env);
  const over = isOver(was.receivedAt, itemDays);
  if (!row)
    return together(missing('row', over ? 'expired' : undefined), await audited(was, kept, over, env));
  const standing = statusDiffers(was, row);
  if (standing) return together(standing, await audited(was, kept, over, env));
  const { gone, said } = await whyGone(row, was, env);
  const from = { approvalTable: env.APPROVAL_TABLE, contentBucket: env.CONTENT_BUCKET };
  const contents = await contentsOf(row, from);
  return together(
    said,
    factsDiffer(
      was,
      outcomeOf(row, contents),
      gone ?? (contents.salt ? undefined : 'no salt to compare it by'),
    ),
    contentDiffers(was, contents, gone),
    await documentsDiffer(was, contents, gone, env),
    await audited(was, kept, over, env),
  );
}

/** Undefined where the row is at that same outcome. */
function statusDiffers(was: Receipt, row: ItemRow): Findings | undefined {
  const { status, generation } = row;
  if (status === was.status && generation === was.generation) return undefined;
  // What is over is left by a redrive of what was done, and by nothing else.
  const left = generation > was.generation && (was.status === 'done' || !FINAL.includes(was.status));
  const goesOn = left || (!FINAL.includes(was.status) && generation === was.generation);
  if (goesOn && !isOutcome(row))
    return { differences: [], notes: [`row: ${status} again, in generation ${generation}`] };
  if (goesOn && isFresh(row)) return { differences: [], notes: ['row: its last outcome has no receipt yet'] };
  return differs(
    ...(status === was.status ? [] : [`row: status differs: ${status}, and ${was.status} in the receipt`]),
    ...(generation === was.generation ? [] : ['row: generation differs']),
  );
}

async function whyGone(row: ItemRow, was: Receipt, env: VerifyEnv): Promise<{ gone: Gone; said: Findings }> {
  if (row.erasedAt) {
    const sought = await erasureEntry(row, env);
    if (sought === 'missing')
      return { gone: undefined, said: differs('row: erased without an entry of it in the audit') };
    return { gone: 'erased', said: { differences: [], notes: [`content: erased at ${row.erasedAt}`] } };
  }
  const { contentDays } = daysOf(was.automation, env);
  return { gone: isOver(was.receivedAt, contentDays) ? 'expired' : undefined, said: differs() };
}

/** What came, and what was proposed. */
function contentDiffers(was: Receipt, { salt, input, proposal }: Contents, gone: Gone): Findings {
  const named = was.approval?.digest ?? was.proposal?.digest;
  const compared = named === undefined ? differs() : objectDiffers('proposal object', named, proposal, gone);
  if (salt === undefined) {
    const wanted = was.input.filter((it) => it.digest !== undefined);
    const lost = wanted.filter(({ name }) => !input.some((it) => it.name === name && it.value !== undefined));
    const objects = lost.map(({ name }) => missing(`input object ${name}`, gone));
    return together(
      compared,
      ...objects,
      wanted.length > 0 ? missing('salt of the receipts', gone) : differs(),
    );
  }
  const found = new Map(
    input.map(({ name, value }) => [name, value === undefined ? undefined : saltedDigest(salt, value)]),
  );
  return together(compared, digestsDiffer('input object', was.input, found, gone));
}

function objectDiffers(what: string, named: string, value: unknown, gone: Gone): Findings {
  if (value === undefined) return missing(what, gone);
  return digest(value) === named ? differs() : differs(`${what}: digest differs`);
}

async function documentsDiffer(
  was: Receipt,
  { salt }: Contents,
  gone: Gone,
  env: VerifyEnv,
): Promise<Findings> {
  // What was refused lies where nobody reads.
  const documents = (was.documents ?? []).filter(({ status }) => status !== 'refused');
  if (documents.length === 0 || salt === undefined) return differs();
  const found = await documentDigests({ ...was, documents }, salt, env);
  return digestsDiffer('document', documents, found, gone);
}

/** The entries of the audit that the outcome rests on. */
async function audited(
  was: Receipt,
  kept: readonly Kept[],
  over: boolean,
  env: VerifyEnv,
): Promise<Findings> {
  const gone = over ? 'expired' : undefined;
  const { approval } = was;
  if (approval) {
    const found = await auditDigests(approval.audit, env.AUDIT_TABLE);
    return digestsDiffer('audit entry', approval.audit, found, gone);
  }
  if (was.verdict !== 'act') return differs();
  const before = kept.filter(({ receipt }) => receipt.generation < was.generation).at(-1);
  const sought = await aloneEntry(was, before?.receipt.at ?? was.receivedAt, env);
  if (sought === 'found') return differs();
  if (sought === 'too many')
    return { differences: [], notes: ['audit: too many entries to look for that of acting alone'] };
  // Receipt and entry come by two readers of the stream.
  return missing(
    'audit entry of acting alone',
    gone ?? (isFresh({ updatedAt: was.at }) ? 'on its way' : undefined),
  );
}
