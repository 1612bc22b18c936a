import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser } from '../../test/support/browser.ts';
import { mailedLinks } from '../approver.ts';
import { exactly } from '../verdicts.ts';
import { endingOf, type HostileSet, spread } from './app.ts';
import { activeOn, spokenBy } from './look.ts';

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
    const waiting: string[] = [];
    await app.each(payloads, async (payload) => {
      const answer = await app.post(
        'support-triage',
        JSON.stringify({ html: `<p>My parcel.</p>${payload}` }),
      );
      const item = answer.body.id ? await app.rest(answer.body.id) : undefined;
      if (item?.status === 'waiting_approval') waiting.push(item.id);
      return endingOf(answer, item);
    });
    // Hundreds of mails, each about one item.
    const urls = new Map(
      (await mailedLinks(app.outputs)).map(({ text, url }) => [/support-triage_\w+/.exec(text)?.[0], url]),
    );
    const pages = waiting.flatMap((id) => urls.get(id) ?? []);
    const browser = await launchBrowser();
    try {
      const active = await activeOn(browser, pages);
      for (const line of active) console.log(line);
      const spoken = await spokenBy(browser, payloads);
      for (const line of spoken) console.log(line);
      console.log(`\n${pages.length} approval pages looked at, of ${waiting.length} items that wait`);
      return [
        exactly('html_sanitise: items that wait without a page', waiting.length - pages.length, 0),
        exactly('html_sanitise: approval pages with something active', active.length, 0),
        exactly('html_sanitise: texts for the model with the inside of a script or style', spoken.length, 0),
      ];
    } finally {
      await browser.close();
    }
  },
};
