import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { automations } from '../support/automations.ts';

/* A prompt changes as a new version, and each has its line: what it is, since when, who, why, and by what evidence. */

interface Line {
  version: string;
  cells: readonly string[];
}

function linesOf(text: string): Line[] {
  return [...text.matchAll(/^\| `([^`|]+)` \|(.*)\|$/gm)].map(([, version = '', rest = '']) => ({
    version,
    cells: rest.split('|').map((cell) => cell.trim()),
  }));
}

/** What is wrong with an automation's lines. */
function faultsIn(versions: readonly string[], text: string): string[] {
  const lines = linesOf(text);
  const told = lines.map(({ version }) => version);
  return [
    ...versions.filter((it) => !it.endsWith('.v1') && !told.includes(it)).map((it) => `${it} has no line`),
    ...told.filter((it, at) => told.indexOf(it) !== at).map((it) => `${it} has two lines`),
    ...lines
      .filter(({ cells }) => cells.length !== 4 || cells.some((cell) => cell.length < 3))
      .map(({ version }) => `${version}: since, who, why and evidence`),
    ...lines
      .filter(
        ({ cells: [since = ''] }) => Number.isNaN(Date.parse(since)) || !/^\d{4}-\d\d-\d\d$/.test(since),
      )
      .map(({ version }) => `${version}: since must be a date`),
  ];
}

it.each(automations.map(({ name }) => name))('%s tells of each version behind the first', (name) => {
  const folder = `automations/${name}`;
  const versions = readdirSync(`${folder}/prompts`).map((file) => file.replace(/\.md$/, ''));
  const file = `${folder}/releases.md`;
  expect(faultsIn(versions, existsSync(file) ? readFileSync(file, 'utf8') : '')).toEqual([]);
});

const LINE = '| `route.v2` | 2026-11-28 | the team | shorter | ADR 0024 |';

it.each([
  ['a version without a line', ['route.v1', 'route.v2'], '', ['route.v2 has no line']],
  ['a line twice', ['route.v2'], `${LINE}\n${LINE}`, ['route.v2 has two lines']],
  ['no evidence', ['route.v2'], LINE.replace('ADR 0024', ''), ['route.v2: since, who, why and evidence']],
  ['no date', ['route.v2'], LINE.replace('2026-11-28', 'lately'), ['route.v2: since must be a date']],
])('finds %s', (_what, versions, text, faults) => {
  expect(faultsIn(versions, text)).toEqual(faults);
  expect(faultsIn(['route.v1', 'route.v2'], LINE)).toEqual([]);
});
