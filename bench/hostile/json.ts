import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exactly } from '../verdicts.ts';
import { endingOf, type HostileSet, spread } from './app.ts';

/** An automation without repair: its JSON is strict. */
const STRICT = 'refund-request';

/**
 * JSONTestSuite, each file as the body of a post. A `y_` is JSON: it may be refused for its shape, and not for being none. An `n_` is
 * none. An `i_` may be either.
 */
export const json: HostileSet = {
  name: 'json_test_suite',
  async check(app, folder, most) {
    const home = join(folder, 'dev');
    const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((it) =>
      it.endsWith('.json'),
    );
    const wrong: string[] = [];
    await app.each(spread(files.sort(), most), async (file) => {
      const answer = await app.post(STRICT, readFileSync(join(home, file)));
      const name = file.replace(/^.*\//, '');
      const ending = endingOf(answer, answer.body.id ? await app.rest(answer.body.id) : undefined);
      const parsed = answer.status < 300 || ending.startsWith('400 the body does not fit the schema');
      if (name.startsWith(parsed ? 'n_' : 'y_')) wrong.push(name);
      return `${/^[yni]_/.exec(name)?.[0] ?? 'transform'}: ${ending.replace(/(schema: ).*/, '$1it parsed')}`;
    });
    for (const name of wrong) console.log(`wrong: ${name}`);
    return [exactly('json_test_suite: taken for JSON and none, or the reverse', wrong.length, 0)];
  },
};
