import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fingerprint } from '../../local/assembly.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'signalbox-fingerprint-'));
  mkdirSync(join(root, 'automations/lead/sandbox'), { recursive: true });
  mkdirSync(join(root, 'automations/lead/prompts'));
  mkdirSync(join(root, 'automations/lead/samples'));
});
afterEach(() => rmSync(root, { recursive: true }));

const changes = async (file: string): Promise<boolean> => {
  const before = await fingerprint(root, {});
  writeFileSync(join(root, 'automations/lead', file), 'changed');
  return (await fingerprint(root, {})) !== before;
};

it.each(['automation.ts', 'evaluate.ts', 'prompts/route.v1.md', 'sandboxes.ts'])(
  'a changed %s of an automation is deployed again',
  async (file) => expect(await changes(file)).toBe(true),
);

it.each(['sandbox.ts', 'sandbox/signs.ts', 'cases.jsonl', 'samples.jsonl', 'samples/bill.pdf'])(
  'a changed %s of an automation is not: nothing deployed has it',
  async (file) => expect(await changes(file)).toBe(false),
);
