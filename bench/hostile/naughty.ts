import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exactly } from '../verdicts.ts';
import { endingOf, type HostileSet, spread } from './app.ts';

/** The big list of naughty strings, each as the text of a support message. Only what says nothing may be refused. */
export const naughty: HostileSet = {
  name: 'naughty_strings',
  async check(app, folder, most) {
    const home = join(folder, 'dev');
    const strings = readdirSync(home).flatMap(
      (file) => JSON.parse(readFileSync(join(home, file), 'utf8')) as string[],
    );
    let refused = 0;
    await app.each(spread(strings, most), async (text) => {
      const answer = await app.post('support-triage', JSON.stringify({ text }));
      if (answer.status >= 300 && /\S/.test(text)) refused += 1;
      return endingOf(answer, answer.body.id ? await app.rest(answer.body.id) : undefined);
    });
    return [exactly('naughty_strings: texts refused at the door', refused, 0)];
  },
};
