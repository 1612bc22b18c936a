import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DOCUMENT_TYPES } from '../../lambdas/contract/document.ts';
import { REFUSALS } from '../../lambdas/read/refusal.ts';
import { sources } from '../support/sources.ts';

const [head = '', refused = '', suspicions = ''] = readFileSync('docs/documents.md', 'utf8').split('\n## ');

const names = (part: string): string[] =>
  [...part.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name),
  );

it('docs/documents.md names each type, refusal and suspicion, and no other', () => {
  expect(names(head).sort()).toEqual([...DOCUMENT_TYPES].sort());
  expect(names(refused).sort()).toEqual([...REFUSALS].sort());
  const code = sources('lambdas/read', 'lambdas/process')
    .map((source) => source.code)
    .join('\n');
  const constants: Record<string, string> = {
    ...{ 'hidden-text': 'HIDDEN_TEXT', 'cut-short': 'CUT_SHORT' },
    ...{ 'low-confidence': 'LOW_CONFIDENCE', 'readings-differ': 'READINGS_DIFFER' },
  };
  for (const name of names(suspicions))
    expect(code, name).toMatch(new RegExp(`'${name}'|\\b${constants[name]}\\b`));
  expect(names(suspicions)).toHaveLength(11);
});
