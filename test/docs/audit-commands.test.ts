import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './fences.ts';

/* Whoever reads the audit, finds each command that may stand there in its manual. */

const COMMAND =
  /(?:\bcommand(?: =|:)|\bconst told =)\s*(?:pin \? )?\[?\s*[`']([a-z]+)|holdCommand\('([a-z]+)'/g;

it('names each command that is put on record in the manual of the audit', () => {
  const recorded = globSync('lambdas/operate/**/*.ts', { cwd: ROOT })
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .filter((text) => text.includes('tables/audit/commands.ts'))
    .flatMap((text) => [...text.matchAll(COMMAND)].map(([, plain, hold]) => plain ?? hold ?? ''));
  const manual = readFileSync(join(ROOT, 'docs/approvals.md'), 'utf8');
  const line = manual.split('\n').find((it) => it.startsWith('- `command`')) ?? '';
  expect(recorded).toEqual(expect.arrayContaining(['export', 'review', 'drift', 'redrive', 'dlq', 'resume']));
  expect(recorded.filter((word) => !line.includes(`\`${word}`))).toEqual([]);
});

it('holds no comma twice in its pages', () => {
  const pages = globSync('{docs/**/*.md,README.md,automations/*/README.md}', { cwd: ROOT });
  const twice = pages.filter((file) => /[^`,],,(?![,`])/.test(plain(readFileSync(join(ROOT, file), 'utf8'))));
  expect(twice).toEqual([]);
});

/** Without code, where commas stand for empty columns. */
function plain(text: string): string {
  return text.replaceAll(/```.*?```/gs, '').replaceAll(/`[^`]*`/g, '');
}
