import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fences, ROOT, read } from './fences.ts';

describe('the readme', () => {
  const readme = read('README.md');

  it('shows rows of the table that npm start prints for samples that exist', () => {
    const [table] = fences('README.md', 'text');
    const rows = (table?.text ?? '').trimEnd().split('\n').slice(1);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) {
      const [automation = '', , , words = ''] = row.split(/ {2,}/);
      const samples = readFileSync(join(ROOT, 'automations', automation, 'samples.jsonl'), 'utf8')
        .trim()
        .split('\n');
      const said = samples.map((line) => {
        const { body } = JSON.parse(line) as { body: { subject?: string; text?: string } };
        return [body.subject, body.text].filter(Boolean).join(': ').replaceAll(/\s+/g, ' ');
      });
      expect(
        said.some((text) => text.startsWith(words.replace(/…$/, ''))),
        words,
      ).toBe(true);
    }
  });

  it('has a place for the costs that npm run bench:cost prints', () => {
    expect(readme).toMatch(/<!-- bench:cost -->\n[\s\S]*<!-- \/bench:cost -->/);
  });
});
