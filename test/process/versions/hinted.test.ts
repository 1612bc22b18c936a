import { beforeEach, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { writeHint } from '../../../lambdas/tables/idempotency/hints.ts';
import { automation, type Demo, door, ID, itemRow, PAY } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';
import { thinking } from '../world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));
vi.mock('../../../lambdas/models/step.ts', () => ({ stepRunner: () => door() }));

const PAGE = 'To be paid: 20.00';
vi.mock('../../../lambdas/process/given/documents.ts', () => ({
  documentsOf: async () => [
    {
      ...{ ref: 'doc-1', name: 'bill.pdf', type: 'pdf', suspicions: [], readingKey: 'items/x/1.json' },
      pages: [{ text: PAGE, words: [], source: 'text', pictureDigest: '' }],
    },
  ],
}));

const learning: Automation<Demo> = {
  ...automation,
  documents: { types: ['pdf'], mostBytes: 1000, mostPages: 1, most: 1 },
  hints: {
    ...{ action: 'pay', group: 'vendor' },
    fields: { amount: { labelsOf: () => [], valuesAt: (text) => /paid: (\S+)/.exec(text)?.slice(1) ?? [] } },
  },
};

import { processRecord } from '../../../lambdas/process/process.ts';
import { writeReleases } from '../../../lambdas/tables/releases/releases.ts';
import { readShadow } from '../../../lambdas/tables/releases/shadow.ts';
import { ENDPOINT, ENV, sqsRecord } from '../../support/fixtures.ts';

const implementation = thinking(async (_, step) => {
  const values = { amount: '24.90' };
  return { ...PAY, parameters: (await step.hinted?.('V1', values)) ?? values };
});
const running = {
  ...{ id: 'abc', step: 'route', mode: 'shadow' as const, share: 1, stable: { prompt: 'route.v1' } },
  ...{ candidate: { prompt: 'route.v2' }, declared: 'route.v1', perDayUsd: 0.5 },
  ...{ by: 'ops', at: '2026-12-01T08:00:00.000Z', reason: 'shorter' },
};
beforeEach(() => {
  world.reset();
  time.freeze();
  world.tables.put('items', itemRow());
  world.content.set(`bucket/items/${ID}/body.json`, JSON.stringify({ text: 'A bill.' }));
});
it('a shadow that comes to the same is counted as the same where hints correct both', async () => {
  await writeHint(
    'idempotency',
    { automation: 'demo', group: 'V1', field: 'amount' },
    { label: 'to be paid', decidedAt: 1, madeFor: 'demo_x', seconds: 60 },
  );
  await writeReleases('control', 'demo', undefined, { running });
  await processRecord(sqsRecord({ itemId: ID, generation: 1 }, 1), {
    ...{
      env: ENV,
      endpoints: [ENDPOINT],
      automation: learning as never,
      implementation,
      prompts: { 'route.v1': 'Sort.', 'route.v2': 'Sort.' },
    },
  });
  expect(await readShadow('control', 'demo', 'abc')).toMatchObject({
    items: 1,
    same: 1,
    verdict: 0,
    actions: 0,
  });
});
