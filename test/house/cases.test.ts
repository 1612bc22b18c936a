import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runCases } from '../../local/cases/cases.ts';
import { readOptions } from '../../local/cases/options.ts';
import type { CasesReport } from '../../local/cases/report.ts';
import { automations, isTaught } from '../support/automations.ts';

/* `npm run cases` over everything that is here: the sandbox model comes to what cases.jsonl says, or was told nothing. */

const report: CasesReport = await runCases(readOptions(['--sandbox']), () => {});

it.each(automations.map(({ name }) => [name]))('%s comes to what its cases say', (name) => {
  const suite = report.automations.find(({ automation }) => automation === name);
  const wrong = suite?.cases.filter(({ verdict }) => verdict !== 'PASS');
  if (isTaught({ name })) expect(wrong).toEqual([]);
  expect(suite?.verdict, `npm run cases -- ${name}`).not.toBe('FAIL');
});

it('prints what docs/cases.md shows', () => {
  const [, shown = ''] = /```json\n([\s\S]*?)\n```/.exec(readFileSync('docs/cases.md', 'utf8')) ?? [];
  const told = JSON.parse(shown) as CasesReport;
  const { mostUsd: _, ...whole } = told;
  expect(Object.keys(report)).toEqual(Object.keys(whole));
  const [suite, like] = [report.automations[0], told.automations[0]];
  expect(Object.keys(suite ?? {})).toEqual(Object.keys(like ?? {}));
  expect(Object.keys(suite?.cases[0] ?? {})).toEqual(Object.keys(like?.cases[0] ?? {}));
  expect(Object.keys(suite?.cases[0]?.tries[0] ?? {}).sort()).toEqual(
    Object.keys(like?.cases[0]?.tries[0] ?? {}).sort(),
  );
});
