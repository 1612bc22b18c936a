import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import type { Sheet } from '../../../pages/layout.ts';
import { zoneOf } from '../../../pages/time.ts';
import { isOpen } from '../../decision/decide.ts';
import { closedFor } from './after/after.ts';
import { tamperedSheet } from './closed.ts';
import { papersPart } from './documents/section.ts';
import { precedentsOf } from './precedents.ts';
import { type QuestionView, questionSheet } from './question.ts';
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
  const [precedents, sentBack, papers] = await Promise.all([
    precedentsOf(env.AUDIT_TABLE, row),
    sentBackOf(context, row),
    papersPart(env.CONTENT_BUCKET, document, { id: row.id, token: visit.token }),
  ]);
  return questionSheet({
    row,
    document,
    email,
    hidden: await hiddenFields(env.APPROVALS_SECRET, visit, row.digest, more),
    fault: more.fault,
    typed: more.typed,
    review: more.review,
    precedents,
    sentBack,
    papers,
    colleagues: colleaguesOf(settings, row, email),
    baseUrl: env.BASE_URL,
    zone: zoneOf(settings, document.question?.terms.calendar),
  });
}
