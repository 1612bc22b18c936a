import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
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
import { noOtherSteps } from '../../local/no-steps.ts';
import { answer } from '../../local/sandbox/brain.ts';
import { synthQuickly } from '../../local/watch/declaration.ts';
import {
  blocks,
  examples,
  follow,
  GUIDE,
  GUIDES_OWN,
  isFollowed,
  MADE,
  MAKING,
  PAGES,
  write,
} from '../support/followed.ts';
import { wordsOf } from './command-checks.ts';
import { ROOT } from './fences.ts';

/*
 * The automation of docs/adding-an-automation.md, built from the text of that page in a copy of the
 * repository: what a reader who copies and pastes would have. `npm test` runs everything in such a copy; run
 * alone, this file makes one.
 */

const copy = follow();
afterAll(() => rmSync(copy, { recursive: true, force: true }));
for (const { info, text } of examples) write(join(copy, info.example ?? ''), text);

const newFiles = blocks.filter(({ language }) => language !== 'diff');
const edits = blocks.filter(({ language }) => language === 'diff');

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

const unmeasured: Omit<StepRunner, 'model'> = {
  ...noOtherSteps,
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
  const { automation } = await load<{ automation: Automation }>('automations/demo-request/automation.ts');
  const { implementation } = await load<{ implementation: Implementation }>(
    'automations/demo-request/evaluate.ts',
  );
  return { automation, implementation };
}

async function judge(context: StageContext, body: unknown) {
  const received = { id: 'item-1', automation: 'demo-request', generation: 1, body, feedback: [] };
  return gate(await evaluate(await route(prepare(received, context), context), context), context);
}

describe('the automation of docs/adding-an-automation.md', () => {
  it('is one new folder, one destination and one source', () => {
    expect(newFiles.map(({ info }) => info.file)).toEqual([
      'automations/demo-request/automation.ts',
      'automations/demo-request/evaluate.ts',
      'automations/demo-request/prompts/route.v1.md',
      'automations/demo-request/prompts/qualify.v1.md',
      'automations/demo-request/cases.jsonl',
    ]);
    const added = edits.map(({ info, text }) => [
      info.file,
      text.split('\n').filter((line) => line.startsWith('+')).length,
    ]);
    expect(added).toEqual([
      ['signalbox.config.ts', 5],
      ['signalbox.config.ts', 5],
    ]);
  });

  it('has a list that leads from what the command makes to every ability, in the order in which it is followed', () => {
    const typed =
      /^npm run signalbox -- (new order-question --owner .+)$/m.exec(
        readFileSync(join(ROOT, GUIDE), 'utf8'),
      )?.[1] ?? '';
    expect(wordsOf(typed)).toEqual(MAKING);
    const names = ['repair', 'connectors', 'agents', 'lookups', 'knowledge', 'actions'];
    expect(PAGES).toEqual(names.map((name) => `docs/${name}.md`));
  });

  const example = (name: string) => examples.find(({ info }) => info.example?.endsWith(`/${name}.ts`));

  it('has an example of every term of an approval', () => {
    const terms = example('example');
    for (const field of ['quorum', 'remindMinutes', 'promiseMinutes', 'calendar', 'byAmount', 'whenBehind'])
      expect(terms?.text).toContain(`${field}: `);
  });

  it('has an example of what a step may state', () => {
    const step = example('steps');
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

  it('has an example of a text with slots, whose recipe fills them', () => {
    for (const part of ['slots: { website: field(', 'compose(recipe, ', 'composed: { text: recipe }'])
      expect(example('letter')?.text).toContain(part);
  });

  it('type-checks', () => {
    expect(run('tsc', '--noEmit')).toBe('');
  });

  it('is formatted, and passes the linter', () => {
    const touched = ['automations', 'signalbox.config.ts'];
    expect(() => run('biome', 'check', '--vcs-enabled=false', ...touched)).not.toThrow();
  });

  // In such a copy the contract runs over it anyway.
  it.skipIf(isFollowed())('keeps the contract that every automation keeps', () => {
    for (const name of [GUIDES_OWN, MADE]) {
      const report = run('vitest', 'run', '--project', 'unit', 'test/house/automations.test.ts', '-t', name);
      expect(report).toMatch(/Tests {2}\d{2} passed/);
      expect(report).not.toContain('failed');
    }
  });

  it('synthesises to a stack of its own with the permission to read its own secret only', async () => {
    const settings = {
      SIGNALBOX_SANDBOX_URL: 'http://127.0.0.1:1',
      SIGNALBOX_API_URL: 'http://127.0.0.1:1/x',
    };
    const stacks = await synthQuickly(copy, join(copy, 'cdk.out'), settings);
    const template = JSON.stringify(stacks.find(({ name }) => name === 'Signalbox-local-demo-request'));
    expect(template).toContain('/v1/automations/demo-request/items');
    expect(template).toContain('destinationsdemodesk');
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

  it('hands over to a person what the model does not understand', async () => {
    const found = {
      label: 'Demo',
      fit: 'unclear',
      priority: 'normal',
      brief: 'It does not say what they want.',
    };
    const step: StepRunner = { ...unmeasured, model: async <T>() => found as T };
    const body = {
      ...{ website: 'elm.example', email: 'kim@example.com' },
      text: 'About the demo.',
    };
    const judged = await judge({ ...(await loadAutomation()), step }, body);
    expect(judged).toMatchObject({
      verdict: 'ask',
      reasons: ['it is unclear what they want'],
    });
    expect(judged.proposal).toMatchObject({ action: 'assign-demo', confidence: null, brief: found.brief });
  });
});
