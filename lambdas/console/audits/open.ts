import { closedSheet } from '../../approve/channels/page/closed.ts';
import type { Sample } from '../../contract/audits/sample.ts';
import type { Automation } from '../../contract/automation.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { digest, mailboxOf, personHash } from '../../kit/digest.ts';
import { SystemError } from '../../kit/errors.ts';
import { getContent } from '../../kit/objects.ts';
import { getItem } from '../../tables/items/items.ts';
import { approvalId, automationOf } from '../../tables/keys.ts';
import { recentSamples, WINDOW_DAYS, waitsFor } from '../../tables/samples/samples.ts';
import { isAsChosen } from '../../tables/samples/there.ts';
import type { DeskContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import type { Person } from '../sign-in/identity.ts';

export const AUDITS = '/console/audits';

/** A sample that this person may see, with what its item came with. */
export interface Opened {
  sample: Sample;
  automation: Automation;
  body: unknown;
  /** What sources answered, whole, by the lookup's name. Evidence is what the model chose of it: it tells what was done. */
  said: Readonly<Record<string, readonly unknown[]>>;
  document: ProposalDocument | undefined;
  /** They are asked and have not answered: what was done is not shown. */
  waits: boolean;
  /** Fingerprint of what is shown before the answer; it tells nothing of what was done. */
  shown: string;
}

/** Whether this person is asked what would have been right with an item, and has not said it: what was done is not for them yet. */
export async function isAskedAbout(
  { declarations, env }: Pick<DeskContext, 'declarations' | 'env'>,
  { email, groups }: Person,
  { id, automation, generation, approvalId: asked }: ItemRow,
): Promise<boolean> {
  const group = declarations.find(({ name }) => name === automation)?.audit?.group;
  if (group === undefined || asked !== undefined || !groups.includes(group)) return false;
  const samples = await recentSamples(env.CONTROL_TABLE, automation);
  const own = samples.find((it) => it.itemId === id && it.generation === generation);
  return own !== undefined && waitsFor(own, personHash(email));
}

/** For people outside the group, and for a sample that there is not, the same: none. */
export async function openSample(context: DeskContext, person: Person, id: string): Promise<Opened | Screen> {
  const automation = context.declarations.find(({ name }) => name === automationOf(id));
  if (!automation?.audit || !person.groups.includes(automation.audit.group)) return NONE;
  const { CONTROL_TABLE, ITEM_TABLE, CONTENT_BUCKET } = context.env;
  const samples = await recentSamples(CONTROL_TABLE, automation.name);
  const sample = samples.find(({ itemId, generation }) => approvalId(itemId, generation) === id);
  if (!sample) return NONE;
  const by = personHash(person.email);
  const waits = waitsFor(sample, by);
  // Whoever has not answered and is not asked would see for nothing.
  if (!waits && !sample.answers.some((answer) => answer.by === by)) return ANSWERED;
  const item = await getItem(ITEM_TABLE, sample.itemId);
  if (!item || !isAsChosen(item, sample) || !automation.labels.includes(sample.label)) return GONE;
  const [body, kept] = await Promise.all([
    there<unknown>(CONTENT_BUCKET, item.bodyKey),
    item.proposalKey === undefined ? undefined : there<ProposalDocument>(CONTENT_BUCKET, item.proposalKey),
  ]);
  if (body === undefined) return GONE;
  // Only what was carried out is shown, unchanged since.
  const document = kept !== undefined && digest(kept) === item.proposalDigest ? kept : undefined;
  // An answer is compared with it: without it another action or value would count as right.
  if (waits && !document && (item.proposalKey !== undefined || sample.verdict === 'act')) return GONE;
  const requester = automation.requester?.(body);
  if (requester !== undefined && mailboxOf(requester) === mailboxOf(person.email)) return OWN;
  const said = document?.grounds?.facts.answers ?? {};
  const shown = digest([id, body, said, document?.documents ?? []]);
  return { sample, automation, body, said, document, waits, shown };
}

async function there<T>(bucket: string, key: string): Promise<T | undefined> {
  return getContent<T>(bucket, key).catch((error: unknown) => {
    if (error instanceof SystemError) return undefined;
    throw error;
  });
}

const NONE = closedSheet('Not found', 'There is no such audit, or you may not see it.', 404);
const ANSWERED = closedSheet('Answered', 'Others have answered this one. There is nothing to do.', 200);
export const GONE = closedSheet(
  'No longer there',
  'What this item came with, or what was done with it, was erased or is no longer kept as it was, it was let go on since, or its label is there no more. There is nothing to audit.',
  200,
);
/** Who asked is in the input alone, which a list does not read. */
const OWN = closedSheet(
  'Not yours to audit',
  `You asked for this yourself: others look at it. It stands in your list until they have, or for ${WINDOW_DAYS} days.`,
  403,
);
