import type { Context } from 'hono';
import { html } from 'hono/html';
import { closedSheet } from '../../approve/channels/page/closed.ts';
import { readForm } from '../../approve/channels/page/page.ts';
import { keepCookie, readCookie } from '../../pages/cookies.ts';
import { type Markup, type Sheet, shownTime } from '../../pages/layout.ts';
import { browserId, newBrowserId, PAGE_COOKIE } from '../../pages/links.ts';
import { isGood, readLink, type SignInLink, useLink } from '../../tables/sign-in/links.ts';
import type { ConsoleContext } from '../context.ts';
import { type FormPlace, isOurs, nonceField, OLD_FORM } from '../forms.ts';
import { address, cookieHome, nextPage } from '../site.ts';
import type { Identity } from './identity.ts';
import { askForLink } from './sign-in.ts';

/** Mail scanners open links and run scripts: opening one shows a button, only the form's POST uses it up. */
export function mailedLink({ env, settings, site }: ConsoleContext): Identity {
  return {
    async offer(c, next) {
      return html`<p>There is no password: you get a mail with a link that works once.</p>
<form method="post" action="${address(site, '/console/sign-in')}">
${await nonceField(env.FORM_KEYS, placeFor(c, 'asking to sign in'))}
<input type="hidden" name="next" value="${next}">
<label for="email">Your e-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" maxlength="254" required>
<div class="buttons"><button class="approve">Send me a link</button></div>
</form>`;
    },

    mount(app, { enter, show }) {
      app.post('/console/sign-in', async (c) => {
        const form = await readForm(c, site);
        const place = placeFor(c, 'asking to sign in');
        if (!(await isOurs(env.FORM_KEYS, place, form)))
          return show(c, closedSheet('Not yet', OLD_FORM, 400));
        const typed = (form.field('email') ?? '').trim().slice(0, 254);
        const next = nextPage(form.field('next'));
        await askForLink(env, { email: typed, next, source: sourceOf(c) });
        return show(c, sentSheet(typed));
      });

      app.get('/console/sign-in/:token', async (c) => {
        const token = c.req.param('token');
        const link = await readLink(env.CONTROL_TABLE, token);
        if (!link || !isGood(link)) return show(c, badLink(link));
        return show(c, await confirmSheet(c, token, link));
      });

      app.post('/console/sign-in/:token', async (c) => {
        const token = c.req.param('token');
        const link = await readLink(env.CONTROL_TABLE, token);
        if (!link || !isGood(link)) return show(c, badLink(link));
        const place = placeFor(c, 'signing in', link.id);
        if (!(await isOurs(env.FORM_KEYS, place, await readForm(c, site)))) {
          return show(c, { ...(await confirmSheet(c, token, link, OLD_FORM)), status: 400 });
        }
        if (!(await useLink(env.CONTROL_TABLE, link)))
          return show(c, badLink(await readLink(env.CONTROL_TABLE, token)));
        const { email, next } = link;
        return enter(c, { email, next, authenticatedBy: 'session by mailed link' });
      });
    },
  };

  /** The browser's own value, made if it has none: a foreign form does not carry it. */
  function placeFor(c: Context, about: FormPlace['about'], subject = 'nobody yet'): FormPlace {
    const browser = browserId(readCookie(c, site, PAGE_COOKIE)) ?? newBrowserId();
    keepCookie(c, cookieHome(site), PAGE_COOKIE, browser, { sameSite: 'Lax' });
    return { subject, browser, about };
  }

  async function confirmSheet(c: Context, token: string, link: SignInLink, fault = ''): Promise<Sheet> {
    const title = `Sign in as ${masked(link.email)}`;
    const body = html`<h1>${title}</h1>
${fault ? html`<p class="fault" role="alert">${fault}</p>` : ''}
<p class="brief">Nothing has happened yet. You stay signed in on this browser for ${settings.sessionHours} hours.</p>
<form method="post" action="${address(site, `/console/sign-in/${token}`)}">
${await nonceField(env.FORM_KEYS, placeFor(c, 'signing in', link.id))}
<div class="buttons"><button class="approve">${title}</button></div></form>`;
    return { status: 200, title, body };
  }

  function badLink(link: SignInLink | undefined): Sheet {
    const again: Markup = html`<p><a href="${address(site, '/console/sign-in')}">Ask for a new link</a></p>`;
    const { title, body } = link?.usedAt
      ? closedSheet(
          'This link was used already',
          `It was used at ${shownTime(link.usedAt)}, and each link works once. If that was not you, tell your operators.`,
        )
      : closedSheet('This link is no longer valid', 'It is mistyped, or older than 15 minutes.');
    return { status: 404, title, body: html`${body}${again}` };
  }
}

/** The caller's address as API Gateway reports it. Anybody can write a header. */
function sourceOf({ env }: Context): string {
  const { event } = (env ?? {}) as { event?: { requestContext?: { http?: { sourceIp?: string } } } };
  return event?.requestContext?.http?.sourceIp ?? 'unknown';
}

function sentSheet(typed: string): Sheet {
  return closedSheet(
    'Check your mailbox',
    `If ${typed || 'this address'} may sign in, a mail is on its way. If none comes, try again in a few minutes.`,
  );
}

/** Enough to recognise one's own address, too little for a finder of the link. */
function masked(email: string): string {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}***${email.slice(at)}`;
}
