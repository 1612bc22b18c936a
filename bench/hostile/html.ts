import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser } from '../../test/support/browser.ts';
import { mailedLinks } from '../approver.ts';
import { exactly } from '../verdicts.ts';
import { endingOf, type HostileApp, type HostileSet, spread } from './app.ts';
import { activeOn, spokenBy } from './look.ts';

const AT_A_TIME = 250;

/** Posts each. @returns the items that a person is asked about */
async function askedOf(app: HostileApp, payloads: readonly string[]): Promise<string[]> {
  const waiting: string[] = [];
  await app.each(payloads, async (payload) => {
    const body = JSON.stringify({ html: `<p>My parcel.</p>${payload}` });
    const answer = await app.post('support-triage', body);
    const item = answer.body.id ? await app.rest(answer.body.id) : undefined;
    if (item?.status === 'waiting_approval') waiting.push(item.id);
    return endingOf(answer, item);
  });
  return waiting;
}

/** Where they are asked, by their mails, which are sent in the same moment. A busy emulator is asked again. */
async function pagesOf(app: HostileApp, ids: readonly string[]): Promise<string[]> {
  let pages: string[] = [];
  for (let look = 0; look < LOOKS && pages.length < ids.length; look += 1) {
    if (look > 0) await sleep(LOOK_MS);
    const urls = new Map(
      (await mailedLinks(app.outputs)).map(({ text, url }) => [/support-triage_\w+/.exec(text)?.[0], url]),
    );
    pages = ids.flatMap((id) => urls.get(id) ?? []);
  }
  return pages;
}

const LOOKS = 10;
const LOOK_MS = 3000;

/**
 * Attacks on pages, each as the HTML of a support message. What the model is given is text without the insides of scripts and styles; the
 * approver's page is looked at in a browser: nothing of it runs, loads or could run.
 */
export const html: HostileSet = {
  name: 'html_sanitise',
  async check(app, folder, most) {
    const read = (file: string) => readFileSync(join(folder, 'dev', file), 'utf8');
    const purify = (JSON.parse(read('dompurify_cases.json')) as { payload: string }[]).map(
      (it) => it.payload,
    );
    const payloads = spread(
      [
        ...purify,
        ...read('xss_payloads.txt')
          .split('\n')
          .filter((it) => it.trim()),
      ],
      most,
    );
    let [waiting, looked, active] = [0, 0, 0];
    const browser = await launchBrowser();
    try {
      // Some at a time: the emulator tells all its mails at once, or none.
      for (let from = 0; from < payloads.length; from += AT_A_TIME) {
        const ids = await askedOf(app, payloads.slice(from, from + AT_A_TIME));
        const pages = await pagesOf(app, ids);
        const found = await activeOn(browser, pages);
        for (const line of found) console.log(line);
        waiting += ids.length;
        looked += pages.length;
        active += found.length;
        const done = Math.min(from + AT_A_TIME, payloads.length);
        console.error(`html_sanitise: ${done} of ${payloads.length} cases, ${looked} pages looked at`);
      }
      const spoken = await spokenBy(browser, payloads);
      for (const line of spoken) console.log(line);
      console.log(`\n${looked} approval pages looked at, of ${waiting} items that wait`);
      return [
        exactly('html_sanitise: items that wait without a page', waiting - looked, 0),
        exactly('html_sanitise: approval pages with something active', active, 0),
        exactly('html_sanitise: texts for the model with the inside of a script or style', spoken.length, 0),
      ];
    } finally {
      await browser.close();
    }
  },
};
