import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { automations } from '../support/automations.ts';
import { handlerName, ofType, type Placed, type Synthesised, synthesise } from '../support/synth.ts';

/* The only test that bundles: it reads what would be uploaded. */

let prod: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod', { bundles: true });
});

const bundle = (fn: Placed): string => {
  const { S3Key } = fn.resource.Properties.Code as { S3Key: string };
  return readFileSync(join(prod.directory, `asset.${S3Key.replace('.zip', '')}`, 'index.mjs'), 'utf8');
};
const functions = () =>
  ofType(prod, 'AWS::Lambda::Function').map((fn) => ({ fn, name: handlerName(fn), code: bundle(fn) }));

it('keeps functions small, and smallest where a caller waits for a cold start', () => {
  const tooLarge = functions().flatMap(({ fn, name, code }) => {
    const most = /^intake\/|^api\/authorize$/.test(name) ? 350_000 : 1_200_000;
    const size = Buffer.byteLength(code);
    return size > most ? [`${fn.path}: ${size} bytes of ${most}`] : [];
  });
  expect(tooLarge).toEqual([]);
});

it('carries the client of model servers only where a model is asked: its one class brings all of its APIs (ADR 0041)', () => {
  const carried = functions().filter(({ code }) => code.includes('OPENAI_API_KEY'));
  expect(new Set(carried.map(({ name }) => name))).toEqual(new Set(['operate/probe', 'process/process']));
});

it('hooks into no promise: everything that awaits would take twice the time', () => {
  // ADR 0023. Contexts without hooks are free.
  const hooked = functions().filter(({ code }) => /\bcreateHook\(|\bcls-hooked\b/.test(code));
  expect(hooked.map(({ fn }) => fn.path)).toEqual([]);
});

it("gives an automation its own thinking and no other's", () => {
  for (const { name: own } of automations) {
    const others = automations.filter(({ name }) => name !== own).flatMap(({ name }) => foreignTo(own, name));
    const mine = functions().filter(({ fn }) => fn.stack === own);
    for (const { fn, code } of mine)
      expect(
        others.filter((phrase) => code.includes(phrase)),
        fn.path,
      ).toEqual([]);
    const process = mine.find(({ name }) => name === 'process/process')?.code ?? '';
    // A copy shares every phrase with its original; what it thinks is there all the same.
    const lost = phrasesIn(own, ['.md']).filter((phrase) => !process.includes(phrase));
    expect(lost, `phrases of ${own} that its own process function lacks`).toEqual([]);
  }
});

it('of the platform carry the thinking of none', () => {
  const prompts = automations.flatMap(({ name }) => phrasesIn(name, ['.md', 'evaluate.ts', 'knowledge.ts']));
  expect(prompts.length).toBeGreaterThan(automations.length);
  for (const { fn, code } of functions().filter(({ fn }) => fn.stack === 'platform')) {
    expect(
      prompts.filter((phrase) => code.includes(phrase)),
      fn.path,
    ).toEqual([]);
  }
});

it('of intake and act carry the declaration alone', () => {
  for (const { fn, code } of functions().filter(({ name }) => name === 'act/act' || name === 'intake/intake'))
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
  for (const { fn, code } of functions())
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
  const mine = phrasesIn(own, ['']);
  return phrasesIn(other, ['']).filter((phrase) => !mine.includes(phrase));
}

const filesOf = (automation: string) =>
  readdirSync(join('automations', automation), { recursive: true, encoding: 'utf8' });

/** Of what is deployed. */
function phrasesIn(automation: string, endings: string[]): string[] {
  const files = filesOf(automation).filter(
    (file) => !file.startsWith('sandbox') && endings.some((it) => file.endsWith(it)),
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
