import { createServer } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endingOf, spread } from '../../bench/hostile/app.ts';
import { activeOn, spokenBy } from '../../bench/hostile/look.ts';
import { localTimeScript } from '../../lambdas/pages/time.ts';
import { launchBrowser } from '../support/browser.ts';
import { listening } from '../support/listening.ts';

/* What `npm run bench:hostile` says that it saw, it must be able to see. */

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe('a look at a page', () => {
  it.each([
    ['<script>alert(1)</script>', '"ran":true'],
    ['<p onclick="x()">a</p>', '"onclick"'],
    ['<a href=" javascript:alert(1)">a</a>', 'javascript:'],
    ['<iframe srcdoc="a"></iframe>', 'iframe'],
    ['<img src="http://127.0.0.1:9/pixel">', 'asks http://127.0.0.1:9'],
  ])('finds what is active on it: %s', async (body, said) => {
    expect((await lookAt(body)).join()).toContain(said);
  });

  it('finds nothing on one with words and the scripts of the house alone', async () => {
    expect(await lookAt(`<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>${localTimeScript()}`)).toEqual([]);
  });
});

it('a model hears no script, and what a page says of one is heard', async () => {
  expect(await spokenBy(browser, ['<p>a</p><script>steal()</script>', '<p>steal()</p>'])).toEqual([]);
});

it('an ending has a name', () => {
  const errors = [{ pointer: '/text', message: 'm' }];
  const refused = { status: 400, body: { detail: 'the body does not fit the schema: 1 fault', errors } };
  expect(endingOf(refused)).toBe('400 the body does not fit the schema: /text');
  const item = { id: 'x', status: 'quarantined', error: { message: 'the item has no text' }, timeline: [] };
  expect(endingOf({ status: 202, body: {} }, item)).toBe('quarantined: the item has no text');
  expect(endingOf({ status: 202, body: {} })).toBe('lost');
});

it('some of many are taken from all over', () => {
  expect(spread([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 5)).toEqual([0, 2, 4, 6, 8]);
  expect(spread([0, 1], 5)).toEqual([0, 1]);
});

async function lookAt(body: string): Promise<string[]> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><link rel="icon" href="data:,"><body>${body}</body>`);
  });
  const url = await listening(server);
  try {
    return await activeOn(browser, [`${url}/approvals/x`]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
