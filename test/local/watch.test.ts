import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../local/assembly.ts';
import { BundleError, bundle } from '../../local/watch/bundles.ts';
import { differences, SynthError, synthQuickly } from '../../local/watch/declaration.ts';
import { type LiveFunction, passesOf } from '../../local/watch/functions.ts';
import { noteSwapped, restoreSwapped } from '../../local/watch/swap.ts';
import { watchSources } from '../../local/watch/watch.ts';
import { differencesInWords, filesInWords, functionsInWords } from '../../local/watch/words.ts';
import { zipOf } from '../../local/watch/zip.ts';
import { listening } from '../support/listening.ts';

const root = mkdtempSync(join(tmpdir(), 'signalbox-watch-'));
afterAll(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): string {
  const path = join(root, file);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function live(title: string, entry: string, modules: Record<string, string> = {}, automation?: string) {
  return { name: `${automation}-${title}`, title, automation, source: { entry, modules } } as LiveFunction;
}

describe('a change in words', () => {
  it('names the automation once, and a prompt by its version', () => {
    const files = [
      'automations/a-b/prompts/route.v1.md',
      'automations/a-b/evaluate.ts',
      'lambdas/kit/text.ts',
    ];
    expect(filesInWords(files)).toBe('a-b: prompt route.v1 and evaluate.ts; lambdas/kit/text.ts');
    expect(filesInWords(['lib/a.ts', 'lib/b.ts', 'lib/c.ts', 'lib/d.ts'])).toBe('4 files');
  });

  it('names few functions, says whose they are where that is not known, and counts many', () => {
    const [intake, act] = [live('intake', '', {}, 'a-b'), live('act', '', {}, 'a-b')];
    expect(functionsInWords([intake, act], new Set(['a-b']))).toBe('intake and act');
    expect(functionsInWords([intake, act], new Set())).toBe('a-b: intake and act');
    expect(functionsInWords([live('approve/page', '')], new Set(['a-b']))).toBe('approve/page');
    expect(functionsInWords([intake, act, intake, act], new Set())).toBe('4 functions');
  });
});

describe('a bundle', () => {
  const shared = write('shared.ts', "export const words = 'shared words';\n");
  const one = write('one.ts', "export const own = 'one';\n");
  const two = write('two.ts', "export const own = 'two';\n");
  const entry = (name: string) =>
    write(
      name,
      `import { own } from '@own';\nimport { words } from "./shared.ts";\nconsole.log(own, words);\n`,
    );
  const [first, second, third] = [
    live('a', entry('a.ts'), { '@own': one }),
    live('b', entry('b.ts'), { '@own': one }),
    live('c', entry('c.ts'), { '@own': two }),
  ] as const;

  it('is made in one pass with those that agree on every module', () => {
    expect(passesOf([first, third, second])).toEqual([[first, second], [third]]);
    expect(passesOf([first, { ...first, name: 'twin' }])).toHaveLength(2);
  });

  it('is the same in a pass of many and alone, and knows the files behind it', async () => {
    const { bundles: together } = await bundle([first, second], root);
    const { bundles: alone } = await bundle([second], root);
    expect(Buffer.from(together.get(second)?.code ?? []).toString()).toContain('"one"');
    expect(together.get(second)?.code).toEqual(alone.get(second)?.code);
    expect([...(alone.get(second)?.files ?? [])].sort()).toEqual([second.source.entry, one, shared].sort());
  });

  it('is whole though another one of this process is made meanwhile, and ends before it', async () => {
    // The compiler is one process for all: a bundle that waits for it when it ends would wait forever.
    const soon = bundle([first], root);
    const late = soon.then(() => bundle([third], root));
    const many = [first, second, third].map((one) => bundle([one], root));
    const all = await Promise.all([soon, late, ...many]);
    expect(all.map(({ bundles }) => bundles.size)).toEqual([1, 1, 1, 1, 1]);
  });

  it('of a source with an error says where it is', async () => {
    const broken = live('d', write('broken.ts', 'const x = ;\n'));
    await expect(bundle([broken], root)).rejects.toThrow(BundleError);
    await expect(bundle([broken], root)).rejects.toThrow(/broken\.ts:1:10/);
  });

  it('is packed so that other programs can unpack it', () => {
    const archive = join(root, 'bundle.zip');
    writeFileSync(
      archive,
      zipOf({
        'index.mjs': Buffer.from("console.log('ü')\n"),
        'node_modules/a/index.mjs': Buffer.from('export default 1;\n'),
      }),
    );
    const script =
      'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);print(z.testzip(),z.namelist(),z.read("index.mjs").decode(),z.read("node_modules/a/index.mjs").decode())';
    const unpacked = execFileSync('python3', ['-c', script, archive], { encoding: 'utf8' });
    expect(unpacked).toBe(
      "None ['index.mjs', 'node_modules/a/index.mjs'] console.log('ü')\n export default 1;\n\n",
    );
  });
});

describe('a function whose code was changed in place', () => {
  it('gets the deployed code and variables back at the next start, once', async () => {
    const puts: { url: string; body: Record<string, unknown> }[] = [];
    const engine = createServer(async (request, response) => {
      const text = Buffer.concat(await request.toArray()).toString();
      if (request.method === 'PUT') puts.push({ url: request.url ?? '', body: JSON.parse(text) });
      response.end(JSON.stringify({ Environment: { Variables: { TABLE: 'items', POLICY: 'new' } } }));
    });
    const endpoint = await listening(engine);
    const deployed = write('asset/index.mjs', 'export const old = 1;\n');
    write('asset/node_modules/large/index.mjs', 'export default 1;\n');
    const one = { ...live('process', ''), name: 'one', deployed, variables: { POLICY: 'old' } };

    await noteSwapped(root, ['one']);
    await restoreSwapped(endpoint, root, [one, { ...one, name: 'two' }]);
    await restoreSwapped(endpoint, root, [one]);
    engine.close();

    const archive = zipOf({
      'index.mjs': Buffer.from('export const old = 1;\n'),
      'node_modules/large/index.mjs': Buffer.from('export default 1;\n'),
    }).toString('base64');
    const Variables = { TABLE: 'items', POLICY: 'old' };
    expect(puts).toEqual([
      { url: '/2015-03-31/functions/one/code', body: { ZipFile: archive } },
      { url: '/2015-03-31/functions/one/configuration', body: { Environment: { Variables } } },
    ]);
  });

  it('stay noted until the state that has the deployed code again is saved', async () => {
    const noted = () => JSON.parse(readFileSync(join(root, 'swapped.json'), 'utf8')) as string[];
    await noteSwapped(root, ['gone']);
    const whenSaved: string[][] = [];
    const save = async () => void whenSaved.push(noted());

    await restoreSwapped('http://127.0.0.1:9', root, [], save);
    await restoreSwapped('http://127.0.0.1:9', root, [], save);

    expect(whenSaved).toEqual([['gone']]);
    expect(noted()).toEqual([]);
  });
});

describe('what only a deployment can do', () => {
  const lambda = (code: string, variables: object, more: object = {}) => ({
    Type: 'AWS::Lambda::Function',
    Properties: { Code: { S3Key: code }, Environment: { Variables: variables }, ...more },
    Metadata: { 'aws:cdk:path': 'Signalbox-local-a-b/act--act/Resource' },
  });
  const stack = (resource: object): Stack => ({
    name: 'Signalbox-local-a-b',
    resources: { act: resource as Stack['resources'][string] },
    outputs: {},
  });
  const deployed = [stack(lambda('1', { POLICY: 'x', TABLE: { Ref: 'items' } }))];

  it('is not code, and no plain value of a variable', () => {
    expect(differences([stack(lambda('2', { POLICY: 'y', TABLE: { Ref: 'items' } }))], deployed)).toEqual([]);
  });

  it.each([
    ['a reference', lambda('1', { POLICY: 'x', TABLE: { Ref: 'others' } })],
    ['a new variable', lambda('1', { POLICY: 'x', TABLE: { Ref: 'items' }, MORE: 'z' })],
    ['a property', lambda('1', { POLICY: 'x', TABLE: { Ref: 'items' } }, { Timeout: 30 })],
  ])('is %s', (_, resource) => {
    const found = differences([stack(resource)], deployed);
    expect(differencesInWords(found)).toEqual(['a-b: needs a deployment for act--act']);
  });

  it('is an automation that is new, or gone', () => {
    expect(differencesInWords(differences(deployed, []))).toEqual(['a-b: new, not deployed yet']);
    expect(differencesInWords(differences([], deployed))).toEqual([
      'a-b: still deployed, its declaration is gone',
    ]);
  });

  it('is found by a synthesis whose fault is told without a stack', async () => {
    write('cdk.json', '{"context":{"stage":"dev"}}');
    write('bin/app.ts', "throw new Error('a-b: the label other is missing');\n");
    const failing = synthQuickly(root, join(root, 'out'), {});
    await expect(failing).rejects.toThrow(SynthError);
    await expect(failing).rejects.toThrow(/^a-b: the label other is missing$/);
  });
});

describe('the watch', () => {
  it('tells of a file each time it is replaced or written, also in a folder that is new', async () => {
    const prompt = write('automations/a-b/prompts/route.v1.md', 'one');
    const told: string[][] = [];
    const watching = watchSources(root, async (files) => {
      told.push([...files]);
    });
    const next = async (change: () => void) => {
      const before = told.length;
      change();
      await expect.poll(() => told.length, { timeout: 5000 }).toBeGreaterThan(before);
      return told.at(-1);
    };
    const replaced = () => {
      write('automations/a-b/prompts/.swap', 'two');
      renameSync(join(root, 'automations/a-b/prompts/.swap'), prompt);
    };
    expect(await next(replaced)).toEqual(['automations/a-b/prompts/route.v1.md']);
    expect(await next(() => writeFileSync(prompt, 'three'))).toEqual(['automations/a-b/prompts/route.v1.md']);
    expect(await next(replaced)).toEqual(['automations/a-b/prompts/route.v1.md']);
    await next(() => write('automations/c-d/automation.ts', 'one'));
    expect(await next(() => write('automations/c-d/automation.ts', 'two'))).toEqual([
      'automations/c-d/automation.ts',
    ]);
    const seen = told.length;
    write('automations/a-b/cases.jsonl', '{}');
    write('automations/a-b/.hidden.ts', '');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(told.length).toBe(seen);
    await watching.stop();
  });
});
