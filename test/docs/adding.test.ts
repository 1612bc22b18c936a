import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/v4/core';
import type {
  Automation,
  Implementation,
  StageContext,
  StepRunner,
} from '../../lambdas/contract/automation.ts';
import { evaluate } from '../../lambdas/evaluate/evaluate.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { wireSchema } from '../../lambdas/models/wire/schema.ts';
import { prepare } from '../../lambdas/prepare/prepare.ts';
import { route } from '../../lambdas/route/route.ts';
import { answer } from '../../local/sandbox/brain.ts';
import { fences, ROOT } from './fences.ts';

/*
 * The automation of docs/adding-an-automation.md, built from the text of that page in a copy of the repository: what a reader
 * who copies and pastes would have.
 */

const DOCUMENT = 'docs/adding-an-automation.md';
const copy = mkdtempSync(join(tmpdir(), 'signalbox-adding-'));
const blocks = fences(DOCUMENT).filter(({ info }) => info.file !== undefined);
const newFiles = blocks.filter(({ language }) => language !== 'diff');
const edits = blocks.filter(({ language }) => language === 'diff');
/** Parts of a declaration that the page explains without making them part of its automation. */
const examples = fences(DOCUMENT).filter(({ info }) => info.example !== undefined);

beforeAll(() => {
  for (const part of [
    'automations',
    'bin',
    'lambdas',
    'lib',
    'local',
    'statemachines',
    'biome.json',
    'cdk.json',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'signalbox.config.ts',
  ]) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  for (const { info, text } of [...newFiles, ...examples]) {
    const file = join(copy, info.file ?? info.example ?? '');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  for (const { info, text } of edits) apply(join(copy, info.file ?? ''), text);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** A diff as the page shows it: lines without a mark and with `-` are found, those with `+` are put below. */
function apply(file: string, diff: string): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  let at = -1;
  for (const line of diff.trimEnd().split('\n')) {
    const [mark, rest] = [line[0], line.slice(1)];
    if (mark === '+') {
      at += 1;
      lines.splice(at, 0, rest);
      continue;
    }
    at = lines.indexOf(rest);
    expect(at, `${file} has the line '${rest}'`).not.toBe(-1);
    if (mark === '-') {
      lines.splice(at, 1);
      at -= 1;
    }
  }
  writeFileSync(file, lines.join('\n'));
}

function run(command: string, ...args: string[]): string {
  return execFileSync(join(ROOT, 'node_modules/.bin', command), args, {
    cwd: copy,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

/** Bundled as the processor is: Markdown as text. */
async function load<T>(entry: string): Promise<T> {
  const outfile = join(copy, 'out', `${entry.replace(/\W/g, '-')}.mjs`);
  await build({
    entryPoints: [join(copy, entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    loader: { '.md': 'text' },
  });
  return (await import(pathToFileURL(outfile).href)) as T;
}

const unmeasured: Pick<StepRunner, 'confidence' | 'embed'> = {
  confidence: () => null,
  embed: () => Promise.reject(new Error('the sandbox has no embeddings')),
};

/** The sandbox model, without a server around it. */
const sandbox: StepRunner = {
  ...unmeasured,
  model: async (step, { input, schema }) => {
    const question = { step, input, schema: wireSchema(schema) as object, repaired: false, obedient: false };
    return z.parse(schema, JSON.parse(answer(question)));
  },
};

async function loadAutomation() {
  const { automation } = await load<{ automation: Automation }>('automations/sales-lead/automation.ts');
  const { implementation } = await load<{ implementation: Implementation }>(
    'automations/sales-lead/evaluate.ts',
  );
  return { automation, implementation };
}

async function judge(context: StageContext, body: unknown) {
  const received = { id: 'item-1', automation: 'sales-lead', generation: 1, body, feedback: [] };
  return gate(await evaluate(await route(prepare(received, context), context), context), context);
}

describe('the automation of docs/adding-an-automation.md', () => {
  it('is one new folder and one destination', () => {
    expect(newFiles.map(({ info }) => info.file)).toEqual([
      'automations/sales-lead/automation.ts',
      'automations/sales-lead/evaluate.ts',
      'automations/sales-lead/prompts/route.v1.md',
      'automations/sales-lead/prompts/qualify.v1.md',
      'automations/sales-lead/cases.jsonl',
    ]);
    expect(existsSync(join(ROOT, 'automations/sales-lead'))).toBe(false);
    const added = edits.map(({ info, text }) => [
      info.file,
      text.split('\n').filter((line) => line.startsWith('+')).length,
    ]);
    expect(added).toEqual([['signalbox.config.ts', 1]]);
  });

  it('has an example of every term of an approval', () => {
    const [terms] = examples;
    for (const field of ['quorum', 'remindMinutes', 'promiseMinutes', 'calendar', 'byAmount', 'whenBehind'])
      expect(terms?.text).toContain(`${field}: `);
  });

  it('has an example of what a step may state', () => {
    const [, step] = examples;
    for (const part of [
      'steps: ',
      'residency: ',
      'complexity: ',
      'mostUsd: ',
      'cacheHours: ',
      'confidence: ',
    ])
      expect(step?.text).toContain(part);
    for (const call of ['missing(', 'step.confidence(', 'step.embed(']) expect(step?.text).toContain(call);
  });

  it('type-checks', () => {
    expect(run('tsc', '--noEmit')).toBe('');
  });

  it('is formatted, and passes the linter', () => {
    const touched = ['automations', 'signalbox.config.ts'];
    expect(() => run('biome', 'check', '--vcs-enabled=false', ...touched)).not.toThrow();
  });

  it('keeps the contract that every automation keeps', () => {
    const contract = 'test/house/automations.test.ts';
    for (const part of [contract, 'test/support', 'vitest.config.ts'])
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    const report = run('vitest', 'run', '--project', 'unit', contract, '-t', 'sales-lead');
    expect(report).toMatch(/Tests {2}\d{2} passed/);
    expect(report).not.toContain('failed');
  });

  it('synthesises to a stack of its own with the permission to read its own secret only', () => {
    run('cdk', 'synth', '--quiet', '--output', join(copy, 'cdk.out'));
    const [file] = globSync('cdk.out/Signalbox-dev-sales-lead.template.json', { cwd: copy });
    const template = readFileSync(join(copy, file ?? 'there is no stack Signalbox-dev-sales-lead'), 'utf8');
    expect(template).toContain('/v1/automations/sales-lead/items');
    expect(template).toContain('destinationscrm');
    expect(template).not.toContain('destinationsrefundledger');
  });

  it('comes to the verdicts of its examples with the sandbox model', async () => {
    const context = { ...(await loadAutomation()), step: sandbox };
    for (const { body, expect: verdict, name } of context.automation.examples) {
      expect((await judge(context, body)).verdict, name).toBe(verdict);
    }
  });

  it('comes to the labels and verdicts of its cases, and has one for each label', async () => {
    const context = { ...(await loadAutomation()), step: sandbox };
    const lines =
      newFiles
        .find(({ info }) => info.file?.endsWith('cases.jsonl'))
        ?.text.trim()
        .split('\n') ?? [];
    const cases = lines.map((line) => JSON.parse(line) as { body: unknown; label: string; verdict: string });
    for (const { body, label, verdict } of cases) {
      expect(await judge(context, body)).toMatchObject({ label, verdict });
    }
    expect(new Set(cases.map(({ label }) => label))).toEqual(new Set(context.automation.labels));
  });

  it('hands over to a person what the model does not take for a lead', async () => {
    const found = {
      label: 'Demo',
      fit: 'unclear',
      priority: 'normal',
      brief: 'It does not say what they want.',
    };
    const step: StepRunner = { ...unmeasured, model: async <T>() => found as T };
    const body = {
      ...{ company: 'Elm', website: 'elm.example', email: 'kim@example.com' },
      text: 'About the demo.',
    };
    const judged = await judge({ ...(await loadAutomation()), step }, body);
    expect(judged).toMatchObject({
      verdict: 'ask',
      reasons: ['the model does not take it for a lead'],
    });
    expect(judged.proposal).toMatchObject({ action: 'assign-lead', confidence: null, brief: found.brief });
  });
});
