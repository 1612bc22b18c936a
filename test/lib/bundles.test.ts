import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
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
    const most = /^(?:intake|authorize)\//.test(name) ? 350_000 : 1_500_000;
    const size = Buffer.byteLength(code);
    return size > most ? [`${fn.path}: ${size} bytes of ${most}`] : [];
  });
  expect(tooLarge).toEqual([]);
});

it('hooks into no promise: everything that awaits would take twice the time', () => {
  // ADR 0023. Contexts without hooks are free.
  const hooked = functions().filter(({ code }) => /\bcreateHook\(|\bcls-hooked\b/.test(code));
  expect(hooked.map(({ fn }) => fn.path)).toEqual([]);
});

it("gives an automation its own thinking and no other's", () => {
  for (const own of AUTOMATIONS) {
    const others = AUTOMATIONS.filter((other) => other !== own).flatMap(phrasesOf);
    const mine = functions().filter(({ fn }) => fn.stack === own);
    for (const { fn, code } of mine)
      expect(
        others.filter((phrase) => code.includes(phrase)),
        fn.path,
      ).toEqual([]);
    const process = mine.find(({ name }) => name === 'process/process')?.code ?? '';
    const known = phrasesOf(own).filter((phrase) => process.includes(phrase));
    expect(known.length, `phrases of ${own} that its own process function carries`).toBeGreaterThan(20);
  }
});

it('of the platform carry the thinking of none', () => {
  const prompts = AUTOMATIONS.flatMap((automation) =>
    phrasesIn(automation, ['.md', 'evaluate.ts', 'knowledge.ts']),
  );
  expect(prompts.length).toBeGreaterThan(40);
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

const AUTOMATIONS = readdirSync('automations', { withFileTypes: true }).flatMap((it) =>
  it.isDirectory() ? [it.name] : [],
);

/** Runs of plain words that only this automation's sources have: comments left out, escapes cannot change them. */
function phrasesOf(automation: string): string[] {
  const others = AUTOMATIONS.filter((other) => other !== automation).flatMap((other) =>
    phrasesIn(other, ['']),
  );
  return phrasesIn(automation, ['']).filter((phrase) => !others.includes(phrase));
}

function phrasesIn(automation: string, endings: string[]): string[] {
  const files = readdirSync(join('automations', automation), { recursive: true, encoding: 'utf8' });
  const sources = files.filter(
    (file) => /\.(?:ts|md)$/.test(file) && endings.some((ending) => file.endsWith(ending)),
  );
  return sources.flatMap((file) => {
    const source = readFileSync(join('automations', automation, file), 'utf8');
    const code = file.endsWith('.ts')
      ? [...source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').matchAll(/'([^'\n]+)'/g)]
          .map(([, it]) => it)
          .join('\n')
      : source;
    return code.match(/[A-Za-z][A-Za-z ,]{28,}[a-z]/g) ?? [];
  });
}
