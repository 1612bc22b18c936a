import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/* A threat model is worth what its tests are: each that it names is there, and nothing of the lists is left out. */

const page = readFileSync('docs/threat-model.md', 'utf8');
const numbered = (prefix: string) =>
  Array.from({ length: 10 }, (_, at) => `${prefix}${String(at + 1).padStart(2, '0')}`);

/** A file of tests, and the name of one in it, or of none where the whole file is meant. */
const cited = [...page.matchAll(/`(test\/[\w./-]+\.test\.ts)`(?: “([^”]+)”)?/g)].map(
  ([, file = '', name]) => ({ file, name }),
);
const read = new Map<string, string>();
const codeOf = (file: string) => {
  const code = read.get(file) ?? (existsSync(file) ? readFileSync(file, 'utf8').replaceAll("\\'", "'") : '');
  read.set(file, code);
  return code;
};

/** As a test, not in passing. */
const hasTest = (file: string, name: string) =>
  ["'", '"'].some(
    (quote) =>
      new RegExp(`(?:\\bit|\\)|\\btest)\\(\\s*${quote}`).test(codeOf(file)) &&
      codeOf(file).includes(`${quote}${name}${quote}`),
  );

it('names tests that there are', () => {
  const gone = cited.filter(({ file, name }) => !name || !hasTest(file, name));
  expect(gone).toEqual([]);
  expect(cited.length).toBeGreaterThan(80);
});

describe.each([
  ['LLM applications', 'LLM'],
  ['agentic applications', 'ASI'],
])('the list of %s', (_, prefix) => {
  it.each(numbered(prefix))('%s has one row, with a test or the word that there is none', (id) => {
    const rows = page.split('\n').filter((line) => line.startsWith(`| ${id} `));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatch(/test\/[\w./-]+\.test\.ts|\*\*not covered\*\*/);
  });
});

/** As `doorNames` has them, and where people come in. */
const DOORS = [
  'api',
  'upload',
  'mail',
  'drop',
  'event',
  'schedule',
  'webhook',
  'mcp',
  'slack',
  'approval page',
  'console',
];

describe.each(DOORS)('the door %s', (door) => {
  const [, section = ''] = page.split(`\n### ${door}\n`);
  const lines = section.split(/\n##/)[0]?.trim().split('\n') ?? [];

  it('is looked at from six sides, each with a test or the word that there is none', () => {
    expect(lines.map((line) => /^- \*\*(\w)\*\* /.exec(line)?.[1])).toEqual([...'STRIDE']);
    for (const line of lines) expect(line).toMatch(/`test\/[\w./-]+\.test\.ts`|\*\*not covered\*\*/);
  });
});

it('has a section for every kind of door that an automation can declare', () => {
  const kinds = readFileSync('lambdas/contract/intake/doors.ts', 'utf8');
  const declared = /return \['api', 'mcp', \.\.\.\(documents \? \['upload'\]/.test(kinds);
  expect(declared, 'doorNames has other doors: look at the threat model').toBe(true);
  const fields = [
    ...(/export interface Doors<[\s\S]*?\n\}/.exec(kinds)?.[0] ?? '').matchAll(/^ {2}(\w+)\?:/gm),
  ];
  const known = fields.map(([, name = '']) => name.replace(/s$/, ''));
  expect(known).not.toEqual([]);
  for (const name of known) expect(DOORS).toContain(name);
});
