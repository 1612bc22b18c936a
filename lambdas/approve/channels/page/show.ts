import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { errorFacts } from '../../../kit/errors.ts';
import { logger } from '../../../kit/telemetry.ts';
import type { Markup, Sheet } from '../../../pages/layout.ts';
import { zoneOf } from '../../../pages/time.ts';
import { getItem } from '../../../tables/items/items.ts';
import { isOpen } from '../../decision/decide.ts';
import { closedFor } from './after/after.ts';
import { tamperedSheet } from './closed.ts';
import { papersPart } from './documents/section.ts';
import { precedentsOf } from './precedents.ts';
import { type QuestionView, questionSheet } from './question.ts';
import { familyPart, mayTellFamily } from './reading/family.ts';
import { sentBackOf } from './reading/sent-back.ts';
import { colleaguesOf, hiddenFields, type PageContext, readShown, type Visit } from './visit.ts';

/**
 * The approval page: the open approval, or its outcome. Changes nothing. `fault` says why it is shown again.
 */
export async function showQuestion(context: PageContext, visit: Visit, fault = ''): Promise<Sheet> {
  if (!isOpen(visit.row)) return closedFor(context, visit);
  const document = await readShown(context, visit.row);
  if (!document) return tamperedSheet();
  return again(context, visit, document, { fault, typed: () => undefined });
}

type Again = Pick<QuestionView, 'fault' | 'typed' | 'review'> & { openedAt?: number | undefined };

/** The open approval once more, with what is wrong with the form that was sent. */
export async function again(
  context: PageContext,
  visit: Visit,
  document: ProposalDocument,
  more: Again,
): Promise<Sheet> {
  const { env, settings } = context;
  const { row, email } = visit;
  const [precedents, sentBack, papers, family] = await Promise.all([
    precedentsOf(env.AUDIT_TABLE, row),
    sentBackOf(context, row),
    papersPart(env.CONTENT_BUCKET, document, { id: row.id, token: visit.token }),
    familyOf(context, visit),
  ]);
  return questionSheet({
    row,
    document,
    email,
    hidden: await hiddenFields(env.FORM_KEYS, visit, row.digest, more),
    fault: more.fault,
    typed: more.typed,
    review: more.review,
    precedents,
    sentBack,
    papers,
    family,
    colleagues: colleaguesOf(settings, row, email),
    baseUrl: env.BASE_URL,
    zone: zoneOf(settings, document.question?.terms.calendar),
  });
}

/** In the console it stands beside the page, with the ways there. A fault of it does not keep anybody from deciding. */
async function familyOf(
  { env, declarationOf }: PageContext,
  { row, channel }: Visit,
): Promise<Markup | string> {
  if (channel === 'console' || !(await mayTellFamily(row, declarationOf))) return '';
  try {
    return familyPart(await getItem(env.ITEM_TABLE, row.itemId));
  } catch (error) {
    logger.warn('family not read', { approval: row.id, reason: errorFacts(error).class });
    return '';
  }
}
