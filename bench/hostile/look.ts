import type { Browser } from 'playwright-core';
import { htmlToText } from '../../lambdas/kit/html/html.ts';
import { ACTIVE_SCRIPT } from '../../lambdas/pages/active.ts';
import { LOCAL_TIME_SCRIPT } from '../../lambdas/pages/time.ts';

/* A browser's word on what is active. What stands in quotes here runs in its pages. */

/** A payload that runs calls one of these. */
const NOTICED = `(() => {
  const ran = () => document.documentElement.setAttribute('data-ran', 'yes');
  Object.assign(window, { alert: ran, confirm: ran, prompt: ran, print: ran });
})()`;

interface Looked {
  ran: boolean;
  handlers: string[];
  foreign: string[];
}

/** What the page would run, open or send, but for these scripts. */
const LOOK = `((ours) => {
  const all = [...document.querySelectorAll('*')];
  const names = ['href', 'src', 'action', 'formaction'];
  const foreign = all.filter((it) =>
    it.matches('iframe,object,embed,base,math') ||
    (it.localName === 'script' && !ours.includes(it.textContent)) ||
    names.some((name) => /^\\s*(?:javascript|vbscript):/i.test(it.getAttribute(name) ?? '')));
  return {
    ran: document.documentElement.hasAttribute('data-ran'),
    handlers: all.flatMap((it) => it.getAttributeNames().filter((name) => name.startsWith('on'))),
    foreign: foreign.map((it) => it.outerHTML.slice(0, 80)),
  };
})`;

/** Side by side: most of its time a page is made by a function. */
const WINDOWS = 4;
/** A busy machine is no finding. */
const PATIENCE_MS = 180_000;

/** What was found on each of these pages that runs, loads from elsewhere, or could. */
export async function activeOn(browser: Browser, urls: readonly string[]): Promise<string[]> {
  const left = [...urls];
  const found = await Promise.all(Array.from({ length: WINDOWS }, () => lookAt(browser, left)));
  return found.flat();
}

/** Takes one after the other, until none is left. */
async function lookAt(browser: Browser, left: string[]): Promise<string[]> {
  const context = await browser.newContext();
  await context.addInitScript({ content: NOTICED });
  const page = await context.newPage();
  const found: string[] = [];
  let own = '';
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== own) found.push(`a page of ${own} asks ${origin}`);
  });
  const ours = JSON.stringify([ACTIVE_SCRIPT, LOCAL_TIME_SCRIPT]);
  for (let url = left.shift(); url !== undefined; url = left.shift()) {
    own = new URL(url).origin;
    await page.goto(url, { waitUntil: 'load', timeout: PATIENCE_MS });
    const looked = await page.evaluate<Looked>(`${LOOK}(${ours})`);
    if (looked.ran || looked.handlers.length > 0 || looked.foreign.length > 0)
      found.push(`${new URL(url).pathname}: ${JSON.stringify(looked)}`);
  }
  await context.close();
  return found;
}

/** What lies in scripts and styles of each payload, where it is not seen elsewhere on its page too. Nothing of it runs. */
const INSIDES = `((all) => all.map((payload) => {
  const parsed = new DOMParser().parseFromString(payload, 'text/html');
  const seen = parsed.body.cloneNode(true);
  for (const it of seen.querySelectorAll('script,style,template,noscript')) it.remove();
  return [...parsed.querySelectorAll('script,style')]
    .map((it) => it.textContent.trim())
    .filter((text) => text.length >= 4 && !seen.textContent.includes(text));
}))`;

/** Payloads of which a model would read the inside of a script or a style. */
export async function spokenBy(browser: Browser, payloads: readonly string[]): Promise<string[]> {
  const page = await browser.newPage();
  const insides = await page.evaluate<string[][]>(`${INSIDES}(${JSON.stringify(payloads)})`);
  await page.close();
  return payloads.flatMap((payload, at) => {
    const { text } = htmlToText(payload);
    const heard = insides[at]?.find((inside) => text.includes(inside));
    return heard === undefined
      ? []
      : [`spoken: ${JSON.stringify(heard.slice(0, 80))} of ${JSON.stringify(payload.slice(0, 120))}`];
  });
}
