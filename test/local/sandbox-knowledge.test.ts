import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, describedBy } from '../../local/sandbox/answers.ts';
import { answer } from '../../local/sandbox/brain.ts';
import { type Known, loadKnowledge } from '../../local/sandbox/knowledge.ts';
import { sources } from '../support/sources.ts';

let parent: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'signalbox-knowledge-'));
});
afterAll(() => rmSync(parent, { recursive: true }));

function put(name: string, sandbox: string, prompt = `You sort the mail of ${name}.`): void {
  mkdirSync(join(parent, name, 'prompts'), { recursive: true });
  writeFileSync(join(parent, name, 'sandbox.ts'), sandbox);
  writeFileSync(join(parent, name, 'prompts', 'sort.v1.md'), prompt);
}
const saying = (word: string) => `export const sandbox = { steps: { sort: () => ({ pile: '${word}' }) } };`;

const asked = (knowledge: readonly Known[], prompt: string) => {
  const schema = { type: 'object', properties: { pile: { type: 'string' } } };
  const question = { step: 'sort', schema, input: { text: 'a letter' }, repaired: false, obedient: false };
  return answer({ ...question, prompt }, knowledge);
};

describe('what the sandbox knows of an automation', () => {
  it('is read from the folders that say something, with their prompts', async () => {
    put('left', saying('left'));
    put('right', saying('right'));
    mkdirSync(join(parent, 'says-nothing'));
    const knowledge = await loadKnowledge(parent);
    expect(knowledge.map(({ prompts }) => prompts)).toEqual([
      ['You sort the mail of left.'],
      ['You sort the mail of right.'],
    ]);
  });

  it('answers the questions of its own prompts, and those of a prompt that nobody has by their form', async () => {
    const knowledge = await loadKnowledge(parent);
    expect(asked(knowledge, 'You sort the mail of right.')).toBe('{"pile":"right"}');
    expect(asked(knowledge, 'You sort the mail of left.\n\nAnswer with one JSON document')).toBe(
      '{"pile":"left"}',
    );
    expect(asked(knowledge, 'An edited prompt.')).toBe('{"pile":"left"}');
    expect(asked([], 'You sort the mail of left.')).toBe('{"pile":"x"}');
  });

  it.each([
    ['export const brain = 1;', /automations\/bad\/sandbox\.ts: export 'sandbox'/],
    ["throw new Error('a slip');", /automations\/bad\/sandbox\.ts does not load: a slip/],
  ])('is refused by file and fault: %s', async (text, message) => {
    const other = mkdtempSync(join(parent, 'bad-'));
    mkdirSync(join(other, 'bad'));
    writeFileSync(join(other, 'bad', 'sandbox.ts'), text);
    await expect(loadKnowledge(other)).rejects.toThrow(message);
  });

  it('of a source: answers are joined, and two that contradict each other are refused by name', async () => {
    const folder = mkdtempSync(join(parent, 'sources-'));
    const telling = (name: string, sources: string) => {
      mkdirSync(join(folder, name));
      writeFileSync(
        join(folder, name, 'sandbox.ts'),
        `export const sandbox = { steps: {}, sources: ${sources} };`,
      );
    };
    telling('a', "{ shop: { 'orders/1': { total: '1.00' } } }");
    telling('b', "{ shop: { 'orders/1': { total: '1.00' }, 'orders/2': { total: '2.00' } } }");
    telling('c', "{ shop: (path) => (path.startsWith('orders/') ? { total: '0.00' } : undefined) }");
    const shop = describedBy(await loadKnowledge(folder), 'shop');
    const says = (...path: string[]) => answerOf(shop, { path, query: new URLSearchParams() });
    expect(['1', '2', '3'].map((id) => says('orders', id))).toEqual([
      { total: '1.00' },
      { total: '2.00' },
      { total: '0.00' },
    ]);
    expect(says('customers', '1')).toBeUndefined();

    telling('d', "{ shop: { 'orders/2': { total: '9.00' } } }");
    await expect(loadKnowledge(folder)).rejects.toThrow(
      "automations/d/sandbox.ts: 'sources.shop' answers 'orders/2' otherwise than automations/b/sandbox.ts",
    );
  });

  it('stands in its folder and nowhere in the sandbox', () => {
    const names = sources('automations').flatMap(({ path }) => path.split('/')[1] ?? []);
    // Runs of faults and of load name lines of their choice, as benches do, and figures are of the line that was measured.
    const sandbox = sources('local').filter(({ path }) => !/^local\/(?:capacity|chaos|load)\//.test(path));
    const told = sandbox.flatMap(({ path, code }) =>
      names
        .filter((name) => existsSync(`automations/${name}/automation.ts`) && code.includes(name))
        .map((name) => `${path}: ${name}`),
    );
    expect(told).toEqual([]);
  });
});
