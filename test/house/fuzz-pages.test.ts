import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { pageApp } from '../../lambdas/approve/channels/page/page.ts';
import { slackSettings } from '../../lambdas/approve/channels/slack/interactions.ts';
import { app as consoleApp, freshHouse } from '../support/console.ts';
import { ANN, APPROVAL, context, question } from '../support/desk.ts';
import { ENV, SETTINGS } from '../support/fixtures.ts';
import { each, MINUTES, token, word } from '../support/fuzz.ts';
import { world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/bucket/bytes.ts', () => import('../support/bucket.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/* The doors of `fuzz.test.ts` that answer with pages, and to Slack. */

beforeEach(() => freshHouse());

describe('no request makes a fault of ours', () => {
  const browser = fc.record({
    method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'),
    path: token,
    parts: fc.dictionary(
      fc.constantFrom(
        't',
        'nonce',
        'decision',
        'comment',
        'confirm',
        'website',
        'email',
        'code',
        'state',
        'payload',
        'next',
        'amount',
      ),
      fc.oneof(token, word, fc.constantFrom(ANN, 'approve', 'reject')),
      { maxKeys: 6 },
    ),
    headers: fc.dictionary(
      fc.constantFrom(
        'cookie',
        'accept',
        'origin',
        'content-type',
        'x-slack-signature',
        'x-slack-request-timestamp',
        'sec-fetch-site',
      ),
      token,
      { maxKeys: 4 },
    ),
    asForm: fc.boolean(),
  });

  type Browsed = typeof browser extends fc.Arbitrary<infer T> ? T : never;

  /** A request as a browser, a scanner or Slack would make it. */
  async function browsed(
    app: { request(path: string, init: RequestInit): Response | Promise<Response> },
    base: string,
    it: Browsed,
  ): Promise<void> {
    const { method, parts, asForm } = it;
    const form = new URLSearchParams(parts).toString();
    const sends = method !== 'GET' && method !== 'HEAD';
    const type = asForm ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
    const at = `${base}${it.path === '' ? '' : `/${encodeURI(it.path)}`}${sends ? '' : `?${form}`}`;
    const init = { method, headers: { ...it.headers, ...type }, ...(sends ? { body: form } : {}) };
    const { status } = await app.request(at, init);
    expect(status, `${method} ${at}`).toBeLessThan(500);
  }

  it('at the page of an approval', { timeout: MINUTES }, () =>
    each(fc.tuple(browser, fc.boolean()), 900, async ([it, known]) => {
      freshHouse();
      question();
      await browsed(pageApp(context()), known ? `/approvals/${APPROVAL}` : '/approvals', it);
    }),
  );

  it('at the console', { timeout: MINUTES }, () =>
    each(browser, 800, async (it) => {
      freshHouse();
      await browsed(consoleApp(), '/console', it);
    }),
  );

  it('where Slack calls', { timeout: MINUTES }, () =>
    each(browser, 300, async (it) => {
      freshHouse();
      world.secrets['signalbox/slack'] = '{"botToken":"xoxb-1","signingSecret":"s"}';
      await browsed(slackSettings(ENV, SETTINGS), '/slack/interactions', it);
    }),
  );
});
