import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { policyVersion } from '../../lib/automation/policy-version.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

function after(file: string, text: string): string {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
  return policyVersion(folder);
}

it('is twelve hex digits, and another for each file that decides', () => {
  const versions = ['automation.ts', 'evaluate.ts', 'knowledge/one.md'].map((file) => after(file, 'text'));
  expect(new Set(versions).size).toBe(3);
  expect(versions[0]).toMatch(/^[0-9a-f]{12}$/);
  expect(after('evaluate.ts', 'other')).not.toBe(versions[2]);
});

it.each([
  'prompts/route.v1.md',
  'cases.jsonl',
  'cases.ts',
  'cases/handbook/a.md',
  'sandbox.ts',
  'sandbox/signs.ts',
])('is the same whatever %s says: it decides nothing, or has a version of its own', (file) => {
  const before = policyVersion(folder);
  expect(after(file, 'one')).toBe(before);
  expect(after(file, 'two')).toBe(before);
});
