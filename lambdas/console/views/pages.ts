import { closedSheet } from '../../approve/channels/page/closed.ts';
import type { DeskContext } from '../context.ts';
import { OLD_FORM } from '../forms.ts';
import type { Desk } from '../operate/pages.ts';
import { mayHold, seesAll } from '../sign-in/identity.ts';
import { auditScreen } from './audit/audit.ts';
import { auditFile } from './audit/files.ts';
import { cautionScreen, changeCaution } from './caution.ts';
import { decidedScreen } from './decided.ts';
import { statisticsScreen } from './statistics/statistics.ts';

/** What was decided and what is recorded, and where a person is asked though rules would act. */
export function recordPages(context: DeskContext, { page, form, nonceOf }: Desk): void {
  page('/console/decided', (c, person) => decidedScreen(context, person, (name) => c.req.query(name)));
  page('/console/statistics', (c) => statisticsScreen(context, c.req.query('days')));
  page('/console/audit', async (c, person) =>
    seesAll(person) ? auditScreen(context, (name) => c.req.query(name)) : AUDITORS_ONLY,
  );
  page('/console/audit/file', async (c, person) =>
    seesAll(person) ? auditFile(context, (name) => c.req.query(name)) : AUDITORS_ONLY,
  );
  page('/console/caution', async (_, person) =>
    mayHold(person) ? cautionScreen(context, await nonceOf(person)) : OPERATORS_ONLY,
  );
  form('/console/caution', async (_, person, sent) => {
    if (!mayHold(person)) return OPERATORS_ONLY;
    const news = sent ? await changeCaution(context, person, sent) : { fault: OLD_FORM };
    return cautionScreen(context, await nonceOf(person), news);
  });
}

const OPERATORS_ONLY = closedSheet('No access', 'Only operators change what asks a person.', 403);
const AUDITORS_ONLY = closedSheet('No access', 'Only auditors and operators read the audit record.', 403);
