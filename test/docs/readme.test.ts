import { describe, expect, it } from 'vitest';
import { findAutomations } from '../../lib/automation/automation-folder.ts';
import { readSamples } from '../../local/samples.ts';
import { lineTable } from '../../local/samples-lines.ts';
import { ADDED } from '../support/followed.ts';
import { fences, read } from './fences.ts';

/** Without those of a copy of test/support/followed.ts. */
const shipped = <T extends { name: string }>(all: readonly T[]) =>
  all.filter(({ name }) => !ADDED.includes(name));

describe('the readme', () => {
  const readme = read('README.md');

  it('shows rows of the table that npm start prints, a line for each automation', async () => {
    const [table] = fences('README.md', 'text');
    const [head = '', ...rows] = (table?.text ?? '').trimEnd().split('\n');
    const [start = ''] = lineTable([], { write: () => {} })
      .trim()
      .split('\n');
    expect(head.split(/ {2,}/)).toEqual(start.split(/ {2,}/));
    const names = shipped(await findAutomations()).map(({ name }) => name);
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) {
      const [name = '', items, alone, asked, refused] = row.split(/ {2,}/);
      expect(names).toContain(name);
      expect((await readSamples(name)).length, name).toBeGreaterThan(0);
      expect(Number(alone) + Number(asked) + Number(refused), name).toBeLessThanOrEqual(Number(items));
    }
  });

  it('leads to the page of each automation', async () => {
    for (const { name } of shipped(await findAutomations()))
      expect(readme).toContain(`](automations/${name}/README.md)`);
  });

  it('has a place for the costs that npm run bench:cost prints', () => {
    expect(readme).toMatch(/<!-- bench:cost -->\n[\s\S]*<!-- \/bench:cost -->/);
  });
});
