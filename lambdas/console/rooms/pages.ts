import type { Context } from 'hono';
import { closedSheet } from '../../approve/channels/page/closed.ts';
import type { DeskContext } from '../context.ts';
import type { Desk } from '../operate/pages.ts';
import { mayHold } from '../sign-in/identity.ts';
import { driftScreen } from './drift.ts';
import { automationsScreen } from './list.ts';
import { rehearsalScreen } from './rehearsals.ts';
import { pressRelease, releasesScreen } from './releases.ts';
import { REPORT, reportScreen } from './report.ts';
import { mayReview, pressReview } from './review.ts';
import { AUTOMATIONS, roomScreen } from './room.ts';
import { whatIfScreen } from './what-if/page.ts';

/** How automations go, for everybody who is signed in; an operator or who answers for one records its review. */
export function roomPages(context: DeskContext, { page, form, nonceOf }: Desk): void {
  const declared = (c: Context) => context.declarations.find(({ name }) => name === c.req.param('name'));
  page(REPORT, async (c) => reportScreen(context, c.req.query('week')));
  page(AUTOMATIONS, async () => automationsScreen(context));
  page(`${AUTOMATIONS}/:name`, async (c, person) => {
    const automation = declared(c);
    return automation && roomScreen(context, person, automation, await nonceOf(person));
  });
  page(`${AUTOMATIONS}/:name/drift`, async (c, person) => {
    const automation = declared(c);
    return automation && driftScreen(context, person, automation);
  });
  page(`${AUTOMATIONS}/:name/what-if`, async (c, person) => {
    const automation = declared(c);
    return automation?.thresholds && whatIfScreen(context, person, automation, (of) => c.req.queries(of));
  });
  page(`${AUTOMATIONS}/:name/releases`, async (c, person) => {
    const automation = declared(c);
    return (
      automation && releasesScreen(context, automation, mayHold(person) ? await nonceOf(person) : undefined)
    );
  });
  page(`${AUTOMATIONS}/:name/rehearsals/:id`, async (c, person) => {
    const automation = declared(c);
    return automation && rehearsalScreen(context, person, automation.name, c.req.param('id') ?? '');
  });
  form(`${AUTOMATIONS}/:name/releases`, async (c, person, sent) => {
    const automation = declared(c);
    if (!automation) return undefined;
    if (!mayHold(person)) return OPERATORS_ONLY;
    const news = await pressRelease(context, person, automation, sent);
    return releasesScreen(context, automation, await nonceOf(person), news);
  });
  form(`${AUTOMATIONS}/:name`, async (c, person, sent) => {
    const automation = declared(c);
    if (!automation) return undefined;
    if (!mayReview(context, person, automation)) return OWNERS_ONLY;
    const news = await pressReview(context, person, automation, sent);
    return roomScreen(context, person, automation, await nonceOf(person), news);
  });
}

const OPERATORS_ONLY = closedSheet('No access', 'Operators end a release.', 403);
const OWNERS_ONLY = closedSheet('No access', 'Its owner and operators review an automation.', 403);
