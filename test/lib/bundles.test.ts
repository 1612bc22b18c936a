import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { ENV, type HandlerName } from '../../lambdas/contract/env.ts';
import { automations } from '../support/automations.ts';
import { handlerName, ofType, type Placed, type Synthesised, synthesise } from '../support/synth.ts';

/* The only test that bundles: it reads what would be uploaded. */

let prod: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod', { bundles: true });
}, 400_000);

const directoryOf = (fn: Placed): string => {
  const { S3Key } = fn.resource.Properties.Code as { S3Key: string };
  return join(prod.directory, `asset.${S3Key.replace('.zip', '')}`);
};
/** The index of a collection: of no code, and as large as its documents make it. */
const INDEX = /[A-Za-z0-9+/]{4000,}={0,2}/g;
const read = new Map<string, string>();
const codeIn = (fn: Placed, file: string) => {
  const path = join(directoryOf(fn), file);
  const known = read.get(path) ?? readFileSync(path, 'utf8').replaceAll(INDEX, '');
  read.set(path, known);
  return known;
};
/** What is read before the first event: `index.mjs` with the parts that it imports. */
const bundle = (fn: Placed): string => [...filesAtStart(fn).values()].join('\n');
const startOf = (fn: Placed): string => [...filesAtStart(fn).keys()].join(' ');

function filesAtStart(fn: Placed): Map<string, string> {
  const code = new Map<string, string>();
  const open = ['index.mjs'];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (code.has(file)) continue;
    const text = codeIn(fn, file);
    code.set(file, text);
    open.push(...[...text.matchAll(/(?:from|import)"\.\/(part-\w+\.mjs)"/g)].map(([, part = '']) => part));
  }
  return code;
}
/** With the parts that are loaded later. */
const everything = (fn: Placed): string =>
  readdirSync(directoryOf(fn))
    .filter((file) => file.endsWith('.mjs') && file !== 'reader.mjs')
    .map((file) => codeIn(fn, file))
    .join('\n');
const functions = (codeOf = bundle) =>
  ofType(prod, 'AWS::Lambda::Function').map((fn) => ({ fn, name: handlerName(fn), code: codeOf(fn) }));

/** In kB. Whoever raises one says by what, here and in CHANGELOG.md. */
const MOST: Partial<Record<HandlerName, number>> = {
  'api/authorize': 220,
  // Signed webhooks and lanes; repair, with its encodings. What lies beside an object: 1 kB, here and in the others that write some.
  'intake/intake': 401,
  // Names and what else recognises personal data, HTML, repair, lookups, agents, pictures and searches are in parts that an instance
  // reads when an item first needs them. Of the six lines `front-desk` is the largest. Who sent an item, for similar questions, and
  // the way to them: 2 kB. The way to surrogates: 1 kB. Asking another function for keys: 1 kB.
  'process/process': 631,
  // Mails, Slack, events, and whatever the APIs of destinations know us by; what approvers' edits teach; which call was a mail; one that is woken looks
  // whether its destination is up. Keys of the gate are asked of a function, and asked again: 1 kB.
  'act/act': 531,
  // The gate, the recogniser of personal data and what reads schemas are in a part, as few who decide edit; likewise in the console.
  'approve/page': 400,
  // The queue's search, many decisions at once, page pictures, and the recogniser as above. Declarations, the library of sign-in and pages on
  // which nobody decides are parts: the first page tells of automations what stands in their outlines.
  'console/console': 490,
  // Every automation's declaration: an input that an operator replaces is put to its schema. Reviews, holds and what a redrive saw: 4 kB.
  // With three automations more, as CI has them, releases, their audits, and the reference of drift: 541. Kept rehearsals, and rows of
  // breakers that cannot be read: 9 kB. What steps have learnt of similar questions: 3 kB.
  'operate/commands': 559,
  // What the clock judges, and who is woken when a breaker closes: 4 kB. Entries of the audit are inserted, many at once: 1 kB.
  'operate/redrives': 493,
};
/** `approve/ask` is the largest. */
const MOST_OTHERS = 460;
/** Of a function in parts: all of them, in kB. Similar questions are 31 (7 of them for what their judge reads field by
 * field, and what audits found; 6 for what stands with a word, times, amounts and more opposites) and surrogates 9, read where a step has them. */
const MOST_WITH_PARTS = 904;
/** Where people live, as the recogniser of names and addresses finds it. */
const NAMES = 'Avenida';

it('keeps functions small, and smallest where a caller waits for a cold start', () => {
  const tooLarge = functions().flatMap(({ fn, name, code }) => {
    const most = (MOST[name as HandlerName] ?? MOST_OTHERS) * 1000;
    const size = Buffer.byteLength(code);
    return size > most ? [`${fn.path}: ${size} bytes of ${most}`] : [];
  });
  expect(tooLarge).toEqual([]);
});

it('keeps what few instances need out of what is read first', () => {
  const process = functions().filter(({ name }) => name === 'process/process');
  expect(process.length).toBeGreaterThan(0);
  for (const { fn, code } of process) {
    expect(code, fn.path).not.toContain(NAMES);
    expect(everything(fn), fn.path).toContain(NAMES);
    expect(Buffer.byteLength(everything(fn)), fn.path).toBeLessThan(MOST_WITH_PARTS * 1000);
  }
});

/** `process` of an automation that has lookups or collections has a few constants in files of their own. */
const MOST_FILES: Partial<Record<HandlerName, number>> = { 'console/console': 5, 'approve/page': 5 };

it('reads few files before its first event: each costs half a millisecond', () => {
  const tooMany = functions(startOf).flatMap(({ fn, name, code }) => {
    const files = code.split(' ').length;
    return files > (MOST_FILES[name as HandlerName] ?? 4) ? [`${fn.path}: ${code}`] : [];
  });
  expect(tooMany).toEqual([]);
});

it('calls no require, which a module has not', () => {
  const calls = functions(everything).filter(({ code }) => code.includes('Dynamic require of'));
  expect(calls.map(({ fn }) => fn.path)).toEqual([]);
});

it('makes nothing at import that takes long and many an invocation needs not: no segmenter of texts, no fetch', () => {
  const script = `
    Intl.Segmenter = class { constructor() { throw new Error('a segmenter is made'); } };
    await import(process.argv[1]);
    if (process.moduleLoadList.some((it) => /deps\\/undici/.test(it))) throw new Error("Node's fetch is loaded");`;
  const values = {
    BASE_URL: 'https://example.com',
    DESTINATIONS: '{}',
    SOURCES: '{}',
    RETRY_SCHEDULE_SECONDS: '[1]',
  };
  const known = Object.fromEntries(Object.values(ENV).flatMap((names) => names.map((name) => [name, 'x'])));
  const env = { ...known, ...values, AWS_REGION: 'eu-west-1', SERVICE: 'test' };
  const one = new Map(functions().map(({ fn, name }) => [name, fn]));
  for (const [name, fn] of one) {
    const args = ['--input-type=module', '--eval', script, join(directoryOf(fn), 'index.mjs')];
    const { stderr, status } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    expect(`${name}: ${/^Error: .*/m.exec(stderr)?.[0] ?? status}`).toBe(`${name}: 0`);
  }
});

it('carries the client of model servers only where a model is asked, beside the bundle: its one class brings all of its APIs (ADR 0041)', () => {
  const apart = (fn: Placed) => join(directoryOf(fn), 'node_modules/openai/index.mjs');
  const asking = functions(everything).filter(({ code }) => code.includes('import("openai")'));
  expect(new Set(asking.map(({ name }) => name))).toEqual(new Set(['operate/probe', 'process/process']));
  for (const { fn } of asking) expect(readFileSync(apart(fn), 'utf8'), fn.path).toContain('OPENAI_API_KEY');
  const others = functions(everything).filter(({ fn }) => existsSync(apart(fn)));
  expect(others.map(({ fn }) => fn.path)).toEqual(asking.map(({ fn }) => fn.path));
  // Anywhere else it would be in the bundle itself.
  expect(functions(everything).filter(({ code }) => code.includes('OPENAI_API_KEY'))).toEqual([]);
});

it('hooks into no promise: everything that awaits would take twice the time', () => {
  // ADR 0023. Contexts without hooks are free.
  const hooked = functions(everything).filter(({ code }) => /\bcreateHook\(|\bcls-hooked\b/.test(code));
  expect(hooked.map(({ fn }) => fn.path)).toEqual([]);
});

it("gives an automation its own thinking and no other's", () => {
  const platform = readdirSync('lambdas', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join('lambdas', file), 'utf8'))
    .join('\n');
  const known = new Map<string, boolean>();
  /** Common words that the platform knows by itself are nobody's thinking. */
  const isCommon = (phrase: string): boolean => {
    const common = known.get(phrase) ?? platform.includes(phrase);
    known.set(phrase, common);
    return common;
  };
  for (const { name: own } of automations) {
    const others = automations
      .filter(({ name }) => name !== own)
      .flatMap(({ name }) => foreignTo(own, name))
      .filter((phrase) => !isCommon(phrase));
    const mine = functions(everything).filter(({ fn }) => fn.stack === own);
    for (const { fn, code } of mine)
      expect(
        others.filter((phrase) => code.includes(phrase)),
        fn.path,
      ).toEqual([]);
    const process = mine.find(({ name }) => name === 'process/process')?.code ?? '';
    // A copy shares every phrase with its original; what it thinks is there all the same.
    const lost = phrasesIn(own, ['.md'], isIndexed(own)).filter((phrase) => !process.includes(phrase));
    expect(lost, `phrases of ${own} that its own process function lacks`).toEqual([]);
  }
});

it('of the platform carry the thinking of none', () => {
  const prompts = automations.flatMap(({ name }) => phrasesIn(name, ['.md', 'evaluate.ts'], isIndexed(name)));
  expect(prompts.length).toBeGreaterThan(automations.length);
  for (const { fn, code } of functions(everything).filter(({ fn }) => fn.stack === 'platform')) {
    expect(
      prompts.filter((phrase) => code.includes(phrase)),
      fn.path,
    ).toEqual([]);
  }
});

it('of intake and act carry the declaration alone', () => {
  for (const { fn, code } of functions(everything).filter(
    ({ name }) => name === 'act/act' || name === 'intake/intake',
  ))
    expect(
      phrasesIn(fn.stack, ['.md', 'evaluate.ts']).filter((phrase) => code.includes(phrase)),
      fn.path,
    ).toEqual([]);
});

it('carry nothing of what the sandbox model knows', () => {
  const known = automations.flatMap(({ name }) =>
    phrases(
      filesOf(name)
        .filter((file) => /^sandbox(?:\.ts$|\/)/.test(file))
        .map((file) => join('automations', name, file)),
    ),
  );
  for (const { fn, code } of functions(everything))
    expect(
      known.filter((phrase) => code.includes(phrase)),
      fn.path,
    ).toEqual([]);
});

/**
 * Runs of plain words in the sources of one automation that another has not: comments left out, escapes
 * cannot change them.
 */
function foreignTo(own: string, other: string): string[] {
  const mine = new Set(phrasesIn(own, [''], isIndexed(own)));
  return phrasesIn(other, [''], isIndexed(other)).filter((phrase) => !mine.has(phrase));
}

const filesOf = (automation: string) =>
  readdirSync(join('automations', automation), { recursive: true, encoding: 'utf8' });

/** What goes into an index, which is packed, and what only cases read. */
function isIndexed(automation: string): (file: string) => boolean {
  const { collections = {} } = automations.find(({ name }) => name === automation) ?? {};
  const indexed = Object.values(collections).some(({ from }) => from === 'folder');
  return (file) => file.startsWith('cases/') || (indexed && file.startsWith('knowledge/'));
}

/** Of what is deployed. */
function phrasesIn(automation: string, endings: string[], apart = (_file: string) => false): string[] {
  const files = filesOf(automation).filter(
    (file) =>
      !file.startsWith('sandbox') &&
      !['README.md', 'releases.md'].includes(file) &&
      endings.some((it) => file.endsWith(it)) &&
      !apart(file),
  );
  return phrases(files.map((file) => join('automations', automation, file)));
}

function phrases(files: readonly string[]): string[] {
  return files
    .filter((file) => /\.(?:ts|md)$/.test(file))
    .flatMap((file) => {
      const source = readFileSync(file, 'utf8');
      const code = file.endsWith('.ts')
        ? [...source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').matchAll(/'([^'\n]+)'/g)]
            .map(([, it]) => it)
            .join('\n')
        : source;
      return code.match(/[A-Za-z][A-Za-z ,]{28,}[a-z]/g) ?? [];
    });
}
