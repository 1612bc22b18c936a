import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findAutomations, folderOf } from '../../lib/automation/automation-folder.ts';
import { loadConfig } from '../../lib/config.ts';
import { writeBundled } from '../../lib/parts/bundled.ts';

let parent: string;
const parents: string[] = [];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'signalbox-automations-'));
  parents.push(parent);
});
afterAll(() => {
  for (const folder of parents) rmSync(folder, { recursive: true });
});

function put(name: string, files: Record<string, string>): void {
  mkdirSync(join(parent, name));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(parent, name, file), text);
}
const declared = (name: string) => ({
  'automation.ts': `export const automation = { name: '${name}' };\n`,
  'evaluate.ts': '',
});

describe('an automation', () => {
  it('is found by its folder, in the order of names', async () => {
    put('b-second', declared('b-second'));
    put('a-first', declared('a-first'));
    writeFileSync(join(parent, 'README.md'), 'a file is no automation');
    mkdirSync(join(parent, '.git'));
    expect((await findAutomations(parent)).map(({ name }) => name)).toEqual(['a-first', 'b-second']);
  });

  it('is the same module that everybody else imports', async () => {
    const [first] = await findAutomations();
    const { automation } = await import(`../../automations/${first?.name}/automation.ts`);
    expect(automation).toBe(first);
  });

  it('is bundled for people’s edits by its own file, without an edit of anything', async () => {
    const automations = await findAutomations();
    const config = await loadConfig('signalbox.config.ts');
    const { declarations, declared } = writeBundled(parent, { automations, config, environment: 'dev' });
    const module = readFileSync(declarations, 'utf8');
    for (const { name } of automations)
      expect(module).toContain(JSON.stringify(join(folderOf(name), 'automation.ts')));
    expect(module.match(/^import /gm)).toHaveLength(automations.length);
    const { declarationOf } = await import(declared);
    for (const automation of automations) expect(await declarationOf(automation.name)).toBe(automation);
    expect(await declarationOf('toString')).toBeUndefined();
  });

  it.each([
    ['has no declaration', { 'evaluate.ts': '' }, /automations\/lead: add automation\.ts, or remove/],
    ['has no thinking', { 'automation.ts': '' }, /automations\/lead: add evaluate\.ts, or remove/],
    ['has nothing', {}, /automations\/lead: add automation\.ts and evaluate\.ts, or remove/],
    [
      'has another name than its folder',
      declared('demo-request'),
      /automations\/lead\/automation\.ts: 'name' is 'demo-request' and its folder is 'lead': give both/,
    ],
    [
      'exports no declaration',
      { 'automation.ts': 'export const lead = 1;', 'evaluate.ts': '' },
      /automations\/lead\/automation\.ts: export 'automation', made by defineAutomation/,
    ],
    [
      'throws when it is loaded',
      { 'automation.ts': "throw new Error('no such label');", 'evaluate.ts': '' },
      /automations\/lead\/automation\.ts: it does not load: no such label/,
    ],
  ])('that %s is refused, with the file and what to change', async (_, files, message) => {
    put('lead', files);
    put('well', declared('well'));
    await expect(findAutomations(parent)).rejects.toThrow(message);
    await expect(findAutomations(parent)).rejects.not.toThrow(/well/);
  });

  it('is refused together with every other that has a fault', async () => {
    put('one', {});
    put('two', declared('three'));
    await expect(findAutomations(parent)).rejects.toThrow(/automations\/one[\s\S]*automations\/two/);
  });
});
