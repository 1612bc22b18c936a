import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deployedIn } from './account.ts';
import { ACCOUNTS, makeWorld, type World } from './world.ts';

/* The commands of `docs/delivery.md` for other CI systems, run in its order and as they are written there. */

const page = readFileSync('docs/delivery.md', 'utf8');
const section = page.slice(page.indexOf('## Other CI systems'), page.indexOf('## Try it'));
const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text);

const app = (note: string) => ({
  'Signalbox-STAGE-platform': {
    Resources: { reader: { Type: 'AWS::Lambda::Function', Properties: { Description: note } } },
  },
});
const noteIn = (world: World) =>
  JSON.stringify(deployedIn(world.played, ACCOUNTS.prod)).match(/"Description":"(\d)"/)?.[1];

let world: World;
let folder: string;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.stop());

/** A folder for each job, as any CI has it; credentials are those of production, or nobody's. */
function job(name: string): void {
  folder = join(world.root, '..', name, 'work');
  execFileSync('git', ['clone', '-q', `file://${world.root}`, folder]);
}

async function run(script: string, credentials: Record<string, string> = {}): Promise<string> {
  const { PATH, HOME = '/' } = process.env;
  const env = { ...world.stage.env, PATH: `${world.stage.bin}:${PATH}`, HOME, ...credentials };
  const options = { cwd: folder, env, timeout: 240_000 };
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-ec', script], options);
  return stdout;
}

const OF_PROD = {
  ...{ AWS_ACCESS_KEY_ID: ACCOUNTS.prod, AWS_SECRET_ACCESS_KEY: 'x', AWS_REGION: 'eu-central-1' },
  SIGNALBOX_TOKEN: 'sb_1',
};

it('the commands of the page plan, make, deliver, take back and look, one after the other', {
  timeout: 900_000,
}, async () => {
  const [pull = '', made = '', deliver = '', back = '', look = '', ...more] = blocks;
  expect(more).toEqual([]);
  world.commit(app('1'));
  job('pull');
  expect(await run(pull)).toContain('## What this does to `prod`');

  const deliverOnce = async (name: string) => {
    job(name);
    const DIGEST = (await run(made)).trim().split('\n').at(-1) ?? '';
    expect(DIGEST).toMatch(/^[0-9a-f]{64}$/);
    return { ...OF_PROD, DIGEST };
  };
  const first = await deliverOnce('first');
  expect(await run(deliver, first)).toContain('kept as good');
  expect(await run(look, OF_PROD)).toContain('is as it was delivered');

  world.commit(app('2'));
  const second = await deliverOnce('second');
  world.played.judged.push('signalbox-prod-refund-request: workflow/failed');
  await expect(run(deliver, second)).rejects.toThrow(/workflow\/failed/);
  expect(noteIn(world)).toBe('2');
  expect(await run(back, second)).toContain("'prod' is back at");
  expect(noteIn(world)).toBe('1');
  expect(await run(back, second)).toContain('nothing is taken back');
});
