import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { neighbourSecrets, standing } from '../../bench/standing.ts';
import { ROOT } from '../state.ts';
import { recorded } from './recorded.ts';
import { settingsOf } from './settings.ts';
import { prodStacks } from './stacks.ts';
import type { Given } from './tables.ts';

/** Everything that the tables are made of, for `prod` of a configuration. @throws Error as a synthesis does */
export async function givenBy(config: string): Promise<Given> {
  const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
  const stacks = await prodStacks(config);
  const neighbours = await neighbourSecrets(config);
  return {
    stacks,
    settings: await settingsOf(stacks, config),
    standing: standing(stacks, { ...neighbours, needed: neighbours.all }),
    recorded: recorded({
      readme: read('README.md'),
      costs: read('docs/costs.md'),
      performance: read('docs/performance.md'),
    }),
  };
}
