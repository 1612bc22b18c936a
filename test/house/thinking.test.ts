import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { automations } from '../support/automations.ts';
import { waysOut } from '../support/reach.ts';

/*
 * Thinking has no effects and asks nobody but through `step`: what it asks there is routed, budgeted, paced,
 * remembered and kept where its data may go.
 */

const ROOT = process.cwd();
const HELPER = 'helper.ts';
const FIX =
  'take out what is listed: thinking asks models by step.* alone, and what else it needs comes in the body';

describe.each(automations.map(({ name }) => name))('the thinking of %s', (name) => {
  it.each(['evaluate.ts', 'automation.ts'])('reaches out by nothing but its steps: %s', async (file) => {
    expect(await waysOut(`automations/${name}/${file}`, ROOT), FIX).toEqual([]);
  });
});

describe('a way out', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'signalbox-thinking-'));
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    mkdirSync(join(root, 'lead'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const found = (evaluate: string, helper = '') => {
    writeFileSync(join(root, 'lead', 'evaluate.ts'), evaluate);
    writeFileSync(join(root, 'lead', HELPER), helper);
    return waysOut('lead/evaluate.ts', root);
  };

  it.each<[string, string, RegExp]>([
    ['a request', "export const x = () => fetch('https://example.com');", /evaluate\.ts: uses fetch/],
    ['a request under another name', 'const get = fetch; export const x = () => get("");', /uses fetch/],
    ['a global by its name', "export const x = globalThis['fe' + 'tch'];", /uses globalThis/],
    ['a socket', "export const x = new WebSocket('wss://example.com');", /uses WebSocket/],
    ['what the environment says', 'export const x = process.env.API_KEY;', /uses process/],
    ['code out of a text', "export const x = eval('1');", /uses eval/],
    ['a function out of a text', "export const x = new Function('return 1');", /uses Function/],
    ['a module of Node.js', "import { get } from 'node:https'; export const x = get;", /imports node:https/],
    ['a module without its prefix', "import net from 'net'; export const x = net;", /imports net/],
    ['a file', "import { readFileSync } from 'node:fs'; export const x = readFileSync;", /imports node:fs/],
    ['a model client', "import OpenAI from 'openai'; export const x = new OpenAI();", /imports openai/],
    [
      'a client of AWS',
      "import { SQSClient } from '@aws-sdk/client-sqs'; export const x = SQSClient;",
      /imports @aws-sdk\/client-sqs/,
    ],
    ['a module that is loaded later', "export const x = () => import('node:net');", /imports node:net/],
    [
      'a module whose name is made up',
      'export const x = (name: string) => import(name);',
      /made at run time/,
    ],
  ])('is found: %s', async (_, evaluate, says) => {
    expect((await found(evaluate)).join('\n')).toMatch(says);
  });

  it('is found in a file that the thinking imports', async () => {
    const said = await found(
      `export { ask } from ${JSON.stringify(`./${HELPER}`)};`,
      "export const ask = () => fetch('https://example.com');",
    );
    expect(said).toEqual(['lead/helper.ts: uses fetch']);
  });

  it('is no word of a comment, a text or a name of its own', async () => {
    const innocent = `// fetch() and process.env
import * as z from 'zod/mini';
export const words = 'Please fetch the process';
export const x = (fetch: number) => ({ fetch, process: z.string() }).fetch;`;
    expect(await found(innocent)).toEqual([]);
  });

  it('is seen by the linter too, as it is written', () => {
    const files: Record<string, string> = {
      'evaluate.ts': 'export const x = fetch;',
      'helper.ts': "import { get } from 'node:https';\nexport const x = get;",
      'model.ts': "import OpenAI from 'openai';\nexport const x = OpenAI;",
      'well.ts': 'export const x = (fetch: number) => fetch;',
      'sandbox.ts': "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;",
    };
    mkdirSync(join(root, 'automations/lead'), { recursive: true });
    for (const [name, code] of Object.entries(files))
      writeFileSync(join(root, 'automations/lead', name), code);
    cpSync('biome.json', join(root, 'biome.json'));
    const biome = spawnSync(
      join(ROOT, 'node_modules/.bin/biome'),
      ['lint', '--vcs-enabled=false', 'automations'],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    const said = [...biome.stderr.matchAll(/automations\/lead\/(\w+\.ts):\S+ lint\/style\/noRestricted/g)];
    expect(said.map(([, file]) => file).sort()).toEqual(['evaluate.ts', 'helper.ts', 'model.ts']);
  });
});
