import { readFileSync } from 'node:fs';
import { beforeEach, expect, it, vi } from 'vitest';
import { automation } from '../../automations/invoice/automation.ts';
import { implementation } from '../../automations/invoice/evaluate.ts';
import { ask } from '../../lambdas/approve/ask/ask.ts';
import { pageApp } from '../../lambdas/approve/channels/page/page.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import { sha256 } from '../../lambdas/kit/digest.ts';
import { finish, start } from '../../lambdas/process/finish.ts';
import { think } from '../../lambdas/process/pipeline.ts';
import { readDocument } from '../../lambdas/read/read-document.ts';
import { Lease } from '../../lambdas/tables/items/lease.ts';
import { pictureKey, readingKey } from '../../lambdas/tables/keys.ts';
import { askingHere } from '../../local/asking.ts';
import { ENV, itemRow, SETTINGS, stored } from '../support/fixtures.ts';
import { unescaped } from '../support/html.ts';
import { sandboxModel } from '../support/verdicts.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/bucket/bytes.ts', () => import('../support/bucket.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
  world.secrets = {
    ...world.secrets,
    ...{ 'signalbox/approvals': '{"key":"k"}', 'signalbox/gates/demo': '{"key":"key-of-the-gate"}' },
  };
});

it('a PDF is read, thought about, asked about, and shown to its approver with the lines that were copied boxed', async () => {
  const file = readFileSync('automations/invoice/samples/af-3391.pdf');
  const policy = automation.documents;
  if (!policy) throw new Error('the automation takes no documents');
  const read = await readDocument(file, { policy });
  if ('refusal' in read) throw new Error(read.refusal);
  const key = readingKey('invoice', 'abc');
  world.content.set(`bucket/${key}`, JSON.stringify(read.reading));
  const png = await read.picture(1);
  if (!png) throw new Error('a PDF has pictures');
  world.files.set(`bucket/${pictureKey(key, 1)}`, { bytes: png, contentType: 'image/png', at: 0 });
  read.close();

  const id = `invoice_${'c3'.repeat(16)}`;
  const row = itemRow({ id, automation: 'invoice', status: 'processing' });
  // As thinking gets it: without the places of its words.
  const pages = read.reading.pages.map((page) => ({ ...page, words: [], pictureDigest: sha256(png) }));
  const document = { ...read.reading, pages, ref: 'doc-1', name: 'AF-3391.pdf', readingKey: key };
  const received = {
    id,
    automation: 'invoice',
    generation: 1,
    body: {},
    feedback: [],
    documents: [document],
  };
  const { lookup, search: _, ...asking } = await askingHere(automation);
  const step = { ...sandboxModel, lookup };
  const thought = await think(received, { automation, implementation, step, ...asking } as never);
  const lease = new Lease();
  world.tables.put('items', { ...row, ...lease.take() });
  const judged = await finish({ ...ENV }, { row, lease, calls: [] }, thought, automation as never);
  if (!judged) throw new Error('it was not judged');
  await start(ENV, judged, automation as never);
  const { proposalKey = '', verdict } = stored(id);
  expect(verdict).toBe('ask');
  const proposal = JSON.parse(world.content.get(`bucket/${proposalKey}`) ?? '') as ProposalDocument;
  expect(proposal.documents).toEqual([
    { ref: 'doc-1', name: 'AF-3391.pdf', readingKey: key, pages: 1, pictures: [sha256(png)] },
  ]);

  world.tokens.add('token-1');
  const group = (email: string) => [{ email }];
  const groups = {
    'payables-approvers': group('ann@example.com'),
    'payables-managers': group('eve@example.com'),
  };
  const settings = { ...SETTINGS, groups };
  await ask({ itemId: id, generation: 1, taskToken: 'token-1' }, { env: ENV, settings });
  const [link = ''] = /https?:\/\/\S+\/approvals\/\S+/.exec(world.mails.at(-1)?.text ?? '') ?? [];
  const kept = [stored(id), world.tables.all('approvals'), world.events, [...world.executions], world.mails];
  expect(JSON.stringify(kept)).not.toMatch(/Banque|Reupholstery|AF-3391\.pdf/);
  const app = pageApp({ env: ENV, settings, declarationOf: async () => automation as never });
  const { pathname, search } = new URL(link);
  const page = await (await app.request(`${pathname}${search}`)).text();

  expect(page).toContain('Post invoice AF-3391 of vendor V1003: EUR 432.00');
  expect(page.match(/<q>/g)?.length).toBeGreaterThanOrEqual(5);
  expect(page).not.toContain('not found on the page');
  expect(page.match(/<circle /g)).toHaveLength(5);
  const [, source = ''] = /<img src="([^"]+)"/.exec(page) ?? [];
  const picture = await app.request(new URL(unescaped(source), link).pathname + search);
  expect(picture.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await picture.arrayBuffer()).equals(Buffer.from(png))).toBe(true);
  expect(png.length).toBeLessThan(1_000_000);
});
