import { closedSheet } from '../../approve/channels/page/closed.ts';
import { pictureIn } from '../../approve/channels/page/documents/picture.ts';
import type { DeskContext } from '../context.ts';
import type { Screen } from '../frame.ts';
import type { Desk } from '../operate/pages.ts';
import { isAuditor } from '../reach.ts';
import type { Person } from '../sign-in/identity.ts';
import { answerScreen, takeAudit } from './answer.ts';
import { auditsScreen } from './list.ts';
import { AUDITS, GONE, openSample } from './open.ts';

/** What members of the groups that automations name look at afterwards, blind. For others there are no such pages. */
export function auditsPages(context: DeskContext, { page, form, nonceOf }: Desk): void {
  const others = (person: Person): Screen | undefined =>
    isAuditor(context, person)
      ? undefined
      : closedSheet('No access', 'Only members of a group that audits look at this.', 403);
  page(AUDITS, async (_, person) => others(person) ?? auditsScreen(context, person));
  page(`${AUDITS}/:id`, async (c, person) => {
    const found = others(person) ?? (await openSample(context, person, c.req.param('id') ?? ''));
    return 'status' in found ? found : answerScreen(context, person, found, await nonceOf(person));
  });
  page(`${AUDITS}/:id/pages/:ref/:page`, async (c, person) => {
    const { id = '', ref = '', page: number = '' } = c.req.param();
    const found = others(person) ?? (await openSample(context, person, id));
    return 'status' in found ? found : pictureIn(context.env.CONTENT_BUCKET, found.document, ref, number);
  });
  form(`${AUDITS}/:id`, async (c, person, sent) => {
    const found = others(person) ?? (await openSample(context, person, c.req.param('id') ?? ''));
    // Whoever sends an answer learns that it was not recorded.
    if (found === GONE) return { ...GONE, status: 409 };
    return 'status' in found ? found : takeAudit(context, person, found, sent, await nonceOf(person));
  });
}
