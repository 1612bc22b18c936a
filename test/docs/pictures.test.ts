import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PICTURES } from '../../docs/pictures/draw.ts';
import { DOCUMENTS, ROOT, read } from './fences.ts';

describe('pictures', () => {
  it.each(Object.entries(PICTURES))('%s is what its source draws', (file, draw) => {
    expect(readFileSync(join(ROOT, 'docs/pictures', file), 'utf8')).toBe(draw());
  });

  const shown = DOCUMENTS.flatMap((document) =>
    [...read(document).matchAll(/!\[([^\]]*)\]\(([^)]+)\)|<img src="([^"]+)"[^>]*alt="([^"]*)"/g)].map(
      (match) => ({
        document,
        words: match[1] ?? match[4] ?? '',
        file: join(ROOT, dirname(document), match[2] ?? match[3] ?? ''),
      }),
    ),
  );

  it.each(shown)('$document shows $file, and says it in words', ({ file, words }) => {
    expect(existsSync(file)).toBe(true);
    expect(statSync(file).size).toBeLessThan(150_000);
    expect(words.length).toBeGreaterThan(20);
  });

  it('the readme shows the flow, the inbox and the approval page', () => {
    const files = shown
      .filter(({ document }) => document === 'README.md')
      .map(({ file }) => file.split('/').at(-1));
    expect(files).toEqual(['flow.svg', 'inbox.png', 'approval.png']);
  });
});
