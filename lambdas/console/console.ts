import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { closedSheet } from '../approve/channels/page/closed.ts';
import { boundedForms } from '../approve/channels/page/form-size.ts';
import { waitsFor } from '../approve/decision/mine.ts';
import { rolesOf } from '../contract/approval-settings.ts';
import type { Automation } from '../contract/automation.ts';
import { clock, DAY_SECONDS } from '../kit/clock.ts';
import { lazy } from '../kit/lazy.ts';
import { logger } from '../kit/telemetry.ts';
import { keepCookie, readCookie } from '../pages/cookies.ts';
import { hashOf, PRIVATE, pageHeaders } from '../pages/layout.ts';
import { readOpen } from '../tables/approvals/phases.ts';
import { type ConsoleContext, zoneFor } from './context.ts';
import { isOurs, nonceField, OLD_FORM, placeOf, sessionForm } from './forms.ts';
import { frame, type Screen } from './frame.ts';
import { KEYS_COOKIE, KEYS_SCRIPT } from './keys.ts';
import type { Desk } from './operate/pages.ts';
import { isAuditor } from './reach.ts';
import { type Door, type Identity, type Person, type Proof, personOf } from './sign-in/identity.ts';
import { mailedLink } from './sign-in/mailed-link.ts';
import { oidc } from './sign-in/oidc.ts';
import { beginSession, endSession, readSession } from './sign-in/session.ts';
import { address, cookieHome, nextPage, type Site, siteOf } from './site.ts';
import { CONSOLE_STYLE } from './style.ts';
import { manyScreen } from './views/many/many.ts';
import { takeMany } from './views/many/take-many.ts';
import { changeMe, meScreen } from './views/me.ts';
import { pictureScreen, questionScreen, takeQuestion } from './views/question.ts';
import { queueOf, readFilter } from './views/queue.ts';
import { queueScreen } from './views/queue-page.ts';

interface Given extends Omit<ConsoleContext, 'site'> {
  /** Read with the first page on which nobody decides. */
  declarations(): Promise<readonly Automation[]>;
}

/** Without a session or a role there is only the sign-in page; what a person may not see does not exist. */
export function consoleApp({ declarations, ...given }: Given): Hono {
  const context: ConsoleContext = { ...given, site: siteOf(given.env.BASE_URL) };
  const { env, settings, outlines, site } = context;
  // In this order: the route of a mailed link would match the other's path.
  const identities: Identity[] = [
    ...(settings.oidc ? [oidc(context, settings.oidc)] : []),
    ...(settings.oidc?.mailedLinks === false ? [] : [mailedLink(context)]),
  ];
  // Who is signed in, for a page that tells of a fault.
  const known = new WeakMap<Request, Person>();
  const app = new Hono({ strict: false });
  app.use(pageHeaders([hashOf(KEYS_SCRIPT)], [hashOf(CONSOLE_STYLE)]));
  app.use(boundedForms());
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(PRIVATE)) c.res.headers.set(name, value);
  });

  app.get('/console/sign-in', async (c) => {
    const next = nextPage(c.req.query('next'));
    const offers = await Promise.all(identities.map((it) => it.offer(c, next)));
    const title = 'Sign in to Signalbox';
    return shown(c, { status: 200, title, body: html`<h1>${title}</h1>${offers}` });
  });
  const { page } = deskOn(app);
  const door: Door = { enter, show: shown };
  for (const identity of identities) identity.mount(app, door);

  page('/console', async (c, person) => {
    const query = (name: string) => c.req.query(name);
    const automations = outlines.map(({ name }) => name);
    const open = await readOpen(env.APPROVAL_TABLE);
    const marked = c.req.query('mark') === 'all';
    const zone = (automation: string) => zoneFor(context, automation);
    return queueScreen({
      ...{ site, person, filter: readFilter(query, person), open, automations, marked, zone },
    });
  });
  page('/console/next', async (_, person) => {
    const open = await readOpen(env.APPROVAL_TABLE);
    const rows = open.rows.filter((row) => waitsFor(row, person.email, settings));
    const next = queueOf(
      rows,
      person,
      readFilter((name) => (name === 'whose' ? 'mine' : ''), person),
      clock.now(),
    )[0];
    return to(next ? `/console/approvals/${next.id}` : '/console');
  });
  page('/console/many', async (c, person) =>
    manyScreen(context, person, {
      decision: c.req.query('what') === 'reject' ? 'reject' : 'approve',
      ids: c.req.queries('id') ?? [],
      nonce: await nonceOf(person),
    }),
  );
  page('/console/approvals/:id', (c, person) => questionScreen(context, person, c.req.param('id') ?? ''));
  page('/console/approvals/:id/pages/:ref/:page', (c, person) =>
    pictureScreen(context, person, c.req.param() as { id: string; ref: string; page: string }),
  );
  page('/console/me', async (c, person) => {
    const view = { nonce: await nonceOf(person), keys: keysOn(c, site) };
    return meScreen(context, person, view);
  });

  app.post('/console/approvals/:id', (c) =>
    inside(c, async (person) =>
      takeQuestion(context, person, c.req.param('id'), await sessionForm(c, person.session)),
    ),
  );
  app.post('/console/many', (c) =>
    inside(c, async (person) => {
      const form = await sessionForm(c, person.session);
      const ours = await isOurs(env.FORM_KEYS, placeOf(person.session), form);
      return ours ? takeMany(context, person, form) : closedSheet('Nothing was recorded', OLD_FORM, 400);
    }),
  );
  app.post('/console/me', (c) =>
    inside(c, async (person) => {
      const form = await sessionForm(c, person.session);
      const ours = await isOurs(env.FORM_KEYS, placeOf(person.session), form);
      const change = ours ? await changeMe(context, person, form) : { fault: OLD_FORM };
      if ('keys' in change) rememberKeys(c, change.keys === true);
      const keys = 'keys' in change ? change.keys === true : keysOn(c, site);
      const typed = 'fault' in change ? { typed: form.field } : {};
      const nonce = await nonceOf(person);
      return { ...(await meScreen(context, person, { ...change, ...typed, nonce, keys })), keys };
    }),
  );
  app.post('/console/sign-out', (c) =>
    inside(c, async ({ session }) => {
      const ours = await isOurs(env.FORM_KEYS, placeOf(session), await sessionForm(c, session));
      if (!ours) return closedSheet('Still signed in', OLD_FORM, 400);
      await endSession(c, site, env.CONTROL_TABLE);
      return shown(c, signInSheet('You are signed out', '', 200));
    }),
  );

  const others = lazy(async () => {
    const { morePages } = await import('./more.ts');
    const all = { ...context, declarations: await declarations() };
    const more = new Hono({ strict: false });
    morePages(all, deskOn(more));
    more.all('*', (c) => inside(c, async () => undefined));
    more.onError(failed);
    return more;
  });
  app.all('*', async (c) => (await others()).fetch(c.req.raw, c.env));
  app.onError(failed);
  return app;

  function failed(error: Error, c: Context): Promise<Response> {
    logger.error('console failed', { reason: error.name });
    return shown(
      c,
      closedSheet('Something went wrong', 'Nothing was changed. Please try again in a minute.', 500),
      known.get(c.req.raw),
    );
  }

  function deskOn(to: Hono): Desk {
    return {
      nonceOf,
      page: (path, make) => void to.get(path, (c) => inside(c, (person) => make(c, person))),
      form: (path, make) =>
        void to.post(path, (c) =>
          inside(c, async (person) => {
            const sent = await sessionForm(c, person.session);
            const ours = await isOurs(env.FORM_KEYS, placeOf(person.session), sent);
            return make(c, person, ours ? sent : undefined);
          }),
        ),
    };
  }

  /** The one way in to everything behind the sign-in page. */
  async function inside(
    c: Context,
    make: (person: Person) => Promise<Screen | Response | undefined>,
  ): Promise<Response> {
    const session = await readSession(c, site, env.CONTROL_TABLE);
    const person = session && personOf(settings, session);
    if (!person) return outside(c);
    known.set(c.req.raw, person);
    const made = await make(person);
    return made instanceof Response ? made : shown(c, made ?? NO_SUCH_PAGE, person);
  }

  function to(path: string): Response {
    return new Response(null, { status: 303, headers: { location: address(site, path) } });
  }

  function outside(c: Context): Response | Promise<Response> {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') {
      const { pathname, search } = new URL(c.req.url);
      const next = nextPage(`${pathname}${search}`);
      return c.redirect(address(site, '/console/sign-in', next === '/console' ? {} : { next }), 303);
    }
    return shown(c, signInSheet('You are not signed in', 'Nothing was changed. Sign in and try again.', 403));
  }

  async function enter(c: Context, { email, authenticatedBy, next }: Proof): Promise<Response> {
    if (rolesOf(settings, email).length === 0) {
      return shown(c, closedSheet('No access', 'This address has no role here. Ask your operators.', 403));
    }
    await beginSession(c, site, env.CONTROL_TABLE, { email, authenticatedBy }, settings.sessionHours);
    logger.info('signed in', { authenticatedBy });
    return c.redirect(address(site, nextPage(next)), 303);
  }

  async function shown(c: Context, screen: Screen, person?: Person): Promise<Response> {
    const signedIn = person && {
      person,
      nonce: await nonceOf(person),
      keys: screen.keys ?? keysOn(c, site),
      audits: isAuditor(context, person),
    };
    return c.html(await frame({ site, ...(signedIn ? { signedIn } : {}) }, screen), screen.status);
  }

  async function nonceOf({ session }: Person): Promise<unknown> {
    return nonceField(env.FORM_KEYS, placeOf(session));
  }

  function signInSheet(title: string, text: string, status: Screen['status']): Screen {
    const link = html`<p><a href="${address(site, '/console/sign-in')}">Sign in</a></p>`;
    return {
      status,
      title,
      body: html`<h1>${title}</h1>${text ? html`<p class="brief">${text}</p>` : ''}${link}`,
    };
  }

  function rememberKeys(c: Context, on: boolean): void {
    const kept = { sameSite: 'Lax', maxAge: YEAR_SECONDS } as const;
    keepCookie(c, cookieHome(site), KEYS_COOKIE, on ? 'on' : 'off', kept);
  }
}

const YEAR_SECONDS = 365 * DAY_SECONDS;

function keysOn(c: Context, site: Site): boolean {
  return readCookie(c, site, KEYS_COOKIE) !== 'off';
}

const NO_SUCH_PAGE = closedSheet('Not found', 'There is no such page, or you may not see it.', 404);
