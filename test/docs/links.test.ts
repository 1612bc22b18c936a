import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS, ROOT, read } from './fences.ts';

/** As GitHub makes them: lower case, punctuation off, a `-` for each space. */
function anchors(document: string): string[] {
  return [
    ...read(document)
      .replaceAll(/^```[\s\S]*?^```/gm, '')
      .matchAll(/^#+ (.+)$/gm),
  ].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(DOCUMENTS)('%s', (document) => {
  const links = [...read(document).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = '']) => target);

  it('links to files and headings that exist', () => {
    const broken = links.filter((target) => {
      const [path = '', heading] = target.split('#');
      const file = path === '' ? join(ROOT, document) : join(ROOT, dirname(document), path);
      if (!existsSync(file)) return true;
      return heading !== undefined && !anchors(relative(ROOT, file)).includes(heading);
    });
    expect(broken).toEqual([]);
  });

  it('names files that exist', () => {
    const named = [
      ...read(document).matchAll(
        /`((?:lambdas|lib|local|bin|statemachines|test|docs)\/[\w./-]+\.(?:ts|json|md|mjs))`/g,
      ),
    ];
    expect(named.map(([, file = '']) => file).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});

describe('decisions', () => {
  const records = DOCUMENTS.filter((document) => document.startsWith('docs/adr/'));

  it('are numbered without a gap', () => {
    const numbers = records.map((file) => Number(/adr\/(\d{4})-/.exec(file)?.[1]));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  it.each(records)('%s has status, date, context, decision and consequences', (record) => {
    const text = read(record);
    expect(text).toMatch(
      /^# \d{4}: .+\n\n- Status: (?:accepted|superseded by \d{4}|removed)\n- Date: \d{4}-\d\d-\d\d\n/,
    );
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual([
      'Context',
      'Decision',
      'Consequences',
    ]);
  });
});
