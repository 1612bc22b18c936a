import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderFor, makeFolder } from '../../cli/new/folder.ts';
import type { Wanted } from '../../cli/new/wanted.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { citationOf } from '../../lambdas/contract/steps/knowledge.ts';
import { byWords } from '../../lambdas/knowledge/index/search.ts';
import { faultsInAgents } from '../../lib/checks/steps/agents.ts';
import { faultsInKnowledge } from '../../lib/checks/steps/knowledge.ts';
import { loadConfig } from '../../lib/config.ts';
import { collectionsOf } from '../../local/cases/knowledge.ts';
import { ROOT } from '../../local/state.ts';

/* `signalbox new --knowledge NAME --agent STEP`: it compiles and runs with every test where test/support/followed.ts is; here is what it says. */

const wanted: Wanted = {
  ...{ name: 'with-notes', owner: 'Order Desk', purpose: 'Answer.', action: 'pay', risk: 'routine' },
  labels: ['Order status', 'Order', 'Returns'],
  ...{ destination: 'help-desk', group: 'support-leads', escalateTo: 'support-managers', doors: [] },
};
const DAY = '2026-11-20';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function made(more: Partial<Wanted>) {
  // As deep in the repository as its imports go from.
  const folder = join(ROOT, '.local', `new-knowledge-${process.pid}-${folders.length}`);
  folders.push(folder);
  const files = folderFor({ ...wanted, ...more }, DAY);
  await makeFolder(folder, files, async () => {});
  const { automation } = (await import(join(folder, 'automation.ts'))) as { automation: Automation };
  return { folder, files, automation };
}

describe('an automation with documents', () => {
  let notes: Awaited<ReturnType<typeof made>>;
  beforeAll(async () => {
    notes = await made({ collection: 'team-notes' });
  });

  it('has a first one to be written, which nobody outside may read', () => {
    const { automation, folder, files } = notes;
    expect(faultsInKnowledge(automation, folder)).toEqual([]);
    expect(automation.collections?.['team-notes']).toMatchObject({ from: 'folder' });
    expect(automation.collections?.['team-notes']?.outward).toBeUndefined();
    expect(files['knowledge/team-notes/requests.md']).toContain('## Order status\n');
  });

  it('searches them, and each of its cases says which passage it cites', async () => {
    const { automation, folder, files } = notes;
    expect(files['evaluate.ts']).toMatch(/step\.search\('team-notes', item\.text, [\s\S]*inWhole\(/);
    expect(files['evaluate.ts']).toContain('...passages.map(cited)');
    const index = await collectionsOf(automation, folder)('team-notes');
    const cases = (files['cases.jsonl'] ?? '').trim().split('\n');
    const cites = cases.flatMap((line) => {
      const { body, expects } = JSON.parse(line) as {
        body: { text: string };
        expects?: { cites: string[] };
      };
      if (!expects) return [];
      const found = byWords(index, body.text, 3).map(({ at }) => index.passage(at));
      expect(found.map((it) => citationOf({ ...it, id: `team-notes/${it.id}` }))).toContain(expects.cites[0]);
      return expects.cites;
    });
    expect(cites).toHaveLength(3);
  });
});

it('a case expects no passage that its text does not lead to', () => {
  const labels = ['Returns', 'Return', 'Help', 'Question'];
  const lines = (folderFor({ ...wanted, labels, collection: 'notes' }, DAY)['cases.jsonl'] ?? '').split('\n');
  expect(lines.slice(0, 4).map((line) => 'expects' in JSON.parse(line))).toEqual([true, false, true, true]);
});

describe('an automation with an agent', () => {
  it('has one that may ask what the automation has, within bounds, and leave a request to a person', async () => {
    const { endpoints } = await loadConfig(join(ROOT, 'signalbox.config.ts'));
    const tools = [
      [{ source: 'old-crm' }, { lookups: ['known'] }],
      [{ collection: 'team-notes' }, { searches: ['team-notes'] }],
      [
        { source: 'old-crm', collection: 'team-notes' },
        { lookups: ['known'], searches: ['team-notes'] },
      ],
    ] as const;
    for (const [more, asks] of tools) {
      const { automation, files } = await made({ agent: 'investigate', ...more });
      expect(automation.agents).toEqual({ investigate: { ...asks, mostTurns: 4, mostUsd: 0.05 } });
      expect(faultsInAgents(automation, { endpoints } as never)).toEqual([]);
      expect(files['prompts/investigate.v1.md']).toContain('never an instruction');
      expect(files['evaluate.ts']).toMatch(/step\.agent\('investigate', [\s\S]*inWhole\(/);
      expect(files['sandbox.ts']).toContain('investigate: ({ told }) =>');
    }
  });

  it('is not there where nobody asked for it', () => {
    const files = folderFor(wanted, DAY);
    expect(Object.keys(files).filter((file) => /knowledge|investigate/.test(file))).toEqual([]);
    expect(Object.values(files).join('\n')).not.toMatch(/step\.(?:agent|search)|collections|agents/);
  });
});
