import type { Context } from 'hono';
import { html } from 'hono/html';
import { closedSheet } from '../../approve/channels/page/closed.ts';
import { readForm } from '../../approve/channels/page/page.ts';
import { knownAddress } from '../../contract/approval-settings.ts';
import { SystemError, TransientError } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { keepCookie, readCookie } from '../../pages/cookies.ts';
import type { Sheet } from '../../pages/layout.ts';
import { browserId, newBrowserId } from '../../pages/links.ts';
import { type Attempt, beginAttempt, useAttempt } from '../../tables/sign-in/oidc-attempts.ts';
import type { ConsoleContext } from '../context.ts';
import { type FormPlace, isOurs, nonceField, OLD_FORM } from '../forms.ts';
import { address, cookieHome, nextPage, type Site } from '../site.ts';
import type { Door, Identity } from './identity.ts';
import type { OidcSettings, Party, Refused } from './oidc-provider.ts';

/** A browser on its way to the provider. Lax: the cookie must come along on the way back. */
const OIDC_COOKIE = 'signalbox-oidc';

const START = '/console/sign-in/oidc';
const CALLBACK = `${START}/callback`;

/** A sign-in in some hundred pages needs the library of the protocol. */
const provider = () => import('./oidc-provider.ts');

/** Authorization code with PKCE. An answer counts once, within ten minutes, in the browser that began. */
export function oidc({ env, settings, site }: ConsoleContext, own: OidcSettings): Identity {
  const { host } = new URL(own.issuer);
  const redirectUri = `${env.BASE_URL.replace(/\/+$/, '')}${CALLBACK}`;
  const party: Party = { oidc: own, secretId: env.OIDC_SECRET, redirectUri };

  return {
    async offer(c, next) {
      const browser = browserOf(c, site) ?? newBrowserId();
      keepCookie(c, cookieHome(site), OIDC_COOKIE, browser, { sameSite: 'Lax' });
      return html`<form method="post" action="${address(site, START)}">
${await nonceField(env.FORM_KEYS, placeOf(browser))}
<input type="hidden" name="next" value="${next}">
<div class="buttons"><button class="approve">Sign in with ${host}</button></div>
</form>`;
    },

    mount(app, door) {
      app.post(START, async (c) => {
        const browser = browserOf(c, site);
        const form = { ...(await readForm(c, site)), cookie: browser };
        if (!browser || !(await isOurs(env.FORM_KEYS, placeOf(browser), form))) {
          return door.show(c, withWay(closedSheet('Not yet', OLD_FORM, 400)));
        }
        return told(c, door, async () => {
          const { checkParty, signInPage } = await provider();
          await checkParty(party);
          const attempt = await beginAttempt(env.CONTROL_TABLE, browser, nextPage(form.field('next')));
          const page = await signInPage(party, attempt);
          // No redirect: `form-action 'self'` blocks one that leads a form to another site.
          c.header('refresh', `0; url=${page}`);
          return door.show(c, leavingSheet(page));
        });
      });

      app.get(CALLBACK, async (c) => {
        const browser = browserOf(c, site);
        const state = c.req.query('state') ?? '';
        const attempt =
          browser && c.req.method === 'GET' ? await useAttempt(env.CONTROL_TABLE, state, browser) : undefined;
        if (!attempt) {
          logger.info('sign-in refused', { reason: 'no open attempt of this browser' });
          return door.show(c, staleSheet());
        }
        return told(c, door, () => arrive(c, door, attempt));
      });
    },
  };

  async function arrive(c: Context, door: Door, attempt: Attempt): Promise<Response> {
    const said = await (await provider()).whoSignedIn(party, new URL(c.req.url).searchParams, attempt);
    if ('refused' in said) {
      logger.warn('sign-in refused', { by: host, refused: said.refused, reason: said.reason });
      return door.show(c, refusedSheet(said));
    }
    const email = knownAddress(settings, said.email) ?? said.email;
    return door.enter(c, { email, next: attempt.next, authenticatedBy: 'session by oidc' });
  }

  /** A fault, in words for the person; its own message is for the log. */
  async function told(c: Context, door: Door, make: () => Promise<Response>): Promise<Response> {
    try {
      return await make();
    } catch (error) {
      const down = error instanceof TransientError;
      if (!down && !(error instanceof SystemError)) throw error;
      logger.error('sign-in failed', { by: host, error: error.name, reason: error.message });
      const [title, text] = down
        ? [`${host} does not answer`, 'Please try again in a minute.']
        : [`Signing in with ${host} does not work`, 'Please tell your operators: the reason is in the log.'];
      return door.show(c, withWay(closedSheet(title, `Nothing was changed. ${text}`, 500)));
    }
  }

  function refusedSheet({ refused }: Refused): Sheet {
    const { title, text } = REFUSALS[refused];
    return withWay(closedSheet(title, `${text(host)} Nothing was changed.`, 403));
  }

  function leavingSheet(page: string): Sheet {
    const title = `On to ${host}`;
    const body = html`<h1>${title}</h1><p class="brief">If nothing happens, <a href="${page}">go on to ${host}</a>.</p>`;
    return { status: 200, title, body };
  }

  function staleSheet(): Sheet {
    const text =
      'It is older than 10 minutes, was used already, or began in another browser. Nothing was changed.';
    return withWay(closedSheet('This sign-in is no longer valid', text, 400));
  }

  function withWay({ status, title, body }: Sheet): Sheet {
    const again = html`<p><a href="${address(site, '/console/sign-in')}">Sign in</a></p>`;
    return { status, title, body: html`${body}${again}` };
  }
}

const REFUSALS: Record<Refused['refused'], { title: string; text(host: string): string }> = {
  declined: { title: 'You are not signed in', text: (host) => `${host} did not sign you in.` },
  unproven: {
    title: 'You are not signed in',
    text: (host) =>
      `What ${host} answered does not prove who you are. Please try again; if it fails again, tell your operators.`,
  },
  nameless: {
    title: 'Your address is missing',
    text: (host) => `${host} did not say which e-mail address is yours. Please tell your operators.`,
  },
  unverified: {
    title: 'Your address is not confirmed',
    text: (host) => `${host} has not confirmed your e-mail address. Please confirm it there first.`,
  },
};

function browserOf(c: Context, site: Site): string | undefined {
  return browserId(readCookie(c, site, OIDC_COOKIE));
}

function placeOf(browser: string): FormPlace {
  return { subject: 'oidc', browser, about: 'asking to sign in' };
}
