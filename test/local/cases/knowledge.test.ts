import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { collectionsOf } from '../../../local/cases/knowledge.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-collections-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'knowledge'));
mkdirSync(join(folder, 'cases', 'handbook'), { recursive: true });
writeFileSync(join(folder, 'knowledge', 'opening.md'), '# Opening\n\nWe open at nine.\n');
writeFileSync(join(folder, 'cases', 'handbook', 'refunds.md'), '# Refunds\n\nRefunds take two days.\n');

const open = collectionsOf(
  {
    name: 'desk',
    collections: {
      articles: { from: 'folder', description: 'Articles.' },
      handbook: { from: 'synced', description: 'How we work.' },
      empty: { from: 'synced', description: 'Nothing yet.' },
    },
  },
  folder,
);

it('searches what is deployed with the automation, and in place of what is synchronised what lies there for cases', async () => {
  expect((await open('articles')).size).toBe(1);
  expect((await open('handbook')).size).toBe(1);
  expect(await open('handbook')).toBe(await open('handbook'));
});

it('says where documents are to be put', async () => {
  await expect(open('empty')).rejects.toThrow('put some into automations/desk/cases/empty');
});
