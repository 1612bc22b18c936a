import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { example } from '../support/automations.ts';
import { slicesOf } from '../support/slices.ts';
import { type Resource, type Statement, text } from '../support/synth.ts';

/* Two automations with a synchronised collection of their own, and one without. */

const directory = mkdtempSync(join(tmpdir(), 'signalbox-collections-'));
afterAll(() => rmSync(directory, { recursive: true }));

const triage = { ...example('support-triage'), doors: {} };
const searching = (name: string, ...collections: string[]): Automation => ({
  ...{ ...triage, name },
  collections: Object.fromEntries(
    collections.map((collection) => [collection, { from: 'synced' as const, description: 'What we know.' }]),
  ),
});
const AUTOMATIONS = [
  searching('one', 'handbook', 'prices'),
  searching('two', 'handbook'),
  { ...triage, name: 'none' },
];

let templates: Record<string, Record<string, Resource>> = {};

beforeAll(async () => {
  templates = await slicesOf(AUTOMATIONS, 'test/support/example.config.ts', directory);
});

it('only the processor of an automation that declares a collection may read it, and no function may write one', () => {
  const allowed = Object.entries(templates).flatMap(([stack, resources]) =>
    Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
      if (Type !== 'AWS::IAM::Policy') return [];
      const { Statement } = Properties.PolicyDocument as { Statement: Statement[] };
      return Statement.flatMap(({ Action, Resource }) =>
        [Resource].flat().flatMap((one) => {
          const [, collection] = /\/collections\/([^/]+)\/\*$/.exec(text(one)) ?? [];
          return collection
            ? [`${stack} ${/^[a-z]+/.exec(id)?.[0]} ${[Action].flat().join()} ${collection}`]
            : [];
        }),
      );
    }),
  );
  expect(allowed.sort()).toEqual([
    'one processprocess s3:GetObject handbook',
    'one processprocess s3:GetObject prices',
    'two processprocess s3:GetObject handbook',
  ]);
});

it('a processor that holds a collection has the memory for it, and others know no bucket', () => {
  const processors = Object.entries(templates).flatMap(([stack, resources]) =>
    Object.values(resources).flatMap(({ Type, Properties }) => {
      if (Type !== 'AWS::Lambda::Function') return [];
      const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
      if (Variables.SERVICE !== 'process/process') return [];
      return [[stack, Properties.MemorySize, Variables.KNOWLEDGE_BUCKET === 'none']];
    }),
  );
  expect(processors).toEqual([
    ['one', 1024, false],
    ['two', 1024, false],
    ['none', 384, true],
  ]);
});
