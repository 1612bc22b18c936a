import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readInput } from '../../cli/command.ts';
import { knowledge } from '../../cli/commands/knowledge.ts';
import { cutOf } from '../../cli/knowledge/sync.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { MOST_CHARACTERS } from '../../lambdas/knowledge/index/chunk.ts';
import { K1_AND_B } from '../../lambdas/knowledge/index/search.ts';
import { MOST_VECTORS } from '../../lambdas/knowledge/index/vectors.ts';
import { faultsInKnowledge } from '../../lib/checks/steps/knowledge.ts';
import { automation as demo } from '../support/fixtures.ts';
import { commandsOf, fences, ROOT } from './fences.ts';

/* docs/knowledge.md, followed: what it declares passes synth, and its command does what it says to that. */

const PAGE = 'docs/knowledge.md';
const page = readFileSync(join(ROOT, PAGE), 'utf8');
const [declared = ''] = fences(PAGE, 'ts').map(({ text }) => text);
const { collections } = new Function(`return { ${declared} };`)() as Required<
  Pick<Automation, 'collections'>
>;

it('declares collections that synth takes, where there are documents', () => {
  const faults = faultsInKnowledge(
    { ...demo, collections } as never,
    join(ROOT, 'automations/support-triage'),
  );
  expect(faults).toEqual([]);
  expect(Object.keys(collections)).toEqual(['articles', 'handbook']);
});

it('synchronises the one that is made for it', () => {
  const [command = ''] = fences(PAGE, 'sh').flatMap(({ text }) => commandsOf(text));
  const [, rest = ''] = /^npm run signalbox -- knowledge (.+)$/.exec(command) ?? [];
  const input = readInput(knowledge, rest.split(' '));
  expect([input.argument(0), input.flag('dry-run')]).toEqual(['sync', true]);
  const users = [{ ...demo, collections }] as never;
  expect(cutOf(input.argument(1) ?? '', users)).toEqual({ apart: false });
  expect(() => cutOf('articles', users)).toThrow('made of its automation');
});

it('says the bounds that the code has', () => {
  expect(page).toContain(`${MOST_CHARACTERS.toLocaleString('en')} characters`);
  expect(page).toContain(`k1 ${K1_AND_B[0]}, b ${K1_AND_B[1]}`);
  expect(MOST_VECTORS).toBe(8);
  expect(page).toContain('the eight sentences that tell most');
});
