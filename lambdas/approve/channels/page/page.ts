import { type Context, Hono } from 'hono';
import { mayStill } from '../../../contract/approval-settings.ts';
import type { EnvFor } from '../../../contract/env.ts';
import { sha256 } from '../../../kit/digest.ts';
import { count, logger } from '../../../kit/telemetry.ts';
import { type CookieHome, keepCookie, readCookie } from '../../../pages/cookies.ts';
import { layout, pageHeaders, type Sheet, toResponse } from '../../../pages/layout.ts';
import { browserId, newBrowserId, PAGE_COOKIE } from '../../../pages/links.ts';
import { readApproval } from '../../../tables/approvals/approvals.ts';
import { recipientOf } from '../../../tables/approvals/handles.ts';
import { isOpen } from '../../decision/decide.ts';
import { closedSheet, missingSheet, noFormSheet } from './closed.ts';
import { pictureOf } from './documents/picture.ts';
import { boundedForms } from './form-size.ts';
import type { Form } from './proof.ts';
import { showQuestion } from './show.ts';
import { takeForm } from './take.ts';
import type { PageContext, Visit } from './visit.ts';

/** The approval page. Mail scanners open links and run scripts, so only a POST of the form decides. */
export function pageApp(context: PageContext & { env: EnvFor<'approve/page'> }): Hono {
  const { env, settings } = context;
  const app = new Hono();
  app.use(pageHeaders());
  app.use(boundedForms());

  app.get('/approvals/:id', async (c) => {
    const visit = await visitOf(c, c.req.query('t') ?? '');
    if (!visit) return answer(missingSheet());
    // Opened and never decided: the trace of a scanner (docs/approvals.md).
    logger.info('page shown', { approval: visit.row.id, status: visit.row.status, method: c.req.method });
    count('pagesOpened', visit.row.automation);
    return withCookie(c, visit, await answer(await showQuestion(context, visit)));
  });

  app.get('/approvals/:id/pages/:ref/:page', async (c) => {
    const visit = await visitOf(c, c.req.query('t') ?? '');
    const { ref, page } = c.req.param();
    // Once it is decided, its link shows the outcome and no document.
    const picture = visit && isOpen(visit.row) && (await pictureOf(context, visit.row, ref, page));
    return picture || answer(missingSheet());
  });

  app.post('/approvals/:id', async (c) => {
    if (/\bjson\b/i.test(c.req.header('content-type') ?? '')) return answer(noFormSheet());
    const form = await readForm(c, homeOf(env.BASE_URL));
    const visit = await visitOf(c, form.field('t') ?? c.req.query('t') ?? '');
    if (!visit) return answer(missingSheet());
    return withCookie(c, visit, await answer(await takeForm(context, visit, form)));
  });

  app.all('/approvals/:id/pages/:ref/:page', () => answer({ ...missingSheet(), status: 405 }));
  app.all('/approvals/:id', () => answer({ ...missingSheet(), status: 405 }));
  app.onError((error) => {
    logger.error('page failed', { reason: error.name });
    return answer(
      closedSheet('Something went wrong', 'Nothing was changed. Please try again in a minute.', 500),
    );
  });
  return app;

  async function visitOf(c: Context, token: string): Promise<Visit | undefined> {
    const row = await readApproval(env.APPROVAL_TABLE, c.req.param('id') ?? '');
    const email = row && (await recipientOf(env.LINK_TABLE, row.id, sha256(token)));
    // A person who has left the configuration decides nothing, by any link.
    if (!row || !email || !mayStill(settings, email, row.asked[email])) return undefined;
    const browser = browserId(readCookie(c, homeOf(env.BASE_URL), PAGE_COOKIE)) ?? newBrowserId();
    const authenticatedBy = 'mailed link';
    return { row, email, token, browser, channel: 'mail', authenticatedBy, subject: sha256(token) };
  }

  /* Also set with the answer to a form, which may hold a form: the browser must send the cookie along. */
  function withCookie(c: Context, { browser, row }: Visit, page: Response): Response {
    keepCookie(c, homeOf(env.BASE_URL, row.id), PAGE_COOKIE, browser, { sameSite: 'Strict' });
    page.headers.append('set-cookie', c.res.headers.get('set-cookie') ?? '');
    return page;
  }
}

async function answer(sheet: Sheet): Promise<Response> {
  return toResponse(await layout(sheet), sheet.status);
}

function homeOf(baseUrl: string, id = ''): CookieHome {
  const { pathname, protocol } = new URL(baseUrl);
  return { secure: protocol === 'https:', path: `${pathname.replace(/\/$/, '')}/approvals/${id}` };
}

export async function readForm(c: Context, home: Pick<CookieHome, 'secure'>): Promise<Form> {
  const form = await c.req.parseBody({ all: true }).catch(() => ({}) as Record<string, unknown>);
  return {
    names: Object.entries(form).flatMap(([name, value]) =>
      Array.isArray(value) ? value.map(() => name) : [name],
    ),
    field: (name) => {
      const value = Object.hasOwn(form, name) ? form[name] : undefined;
      // Two buttons at once are no decision: nobody can press both.
      return typeof value === 'string' ? value : undefined;
    },
    cookie: browserId(readCookie(c, home, PAGE_COOKIE)),
    browser: c.req.header('sec-fetch-site') !== undefined || c.req.header('origin') !== undefined,
  };
}
