import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditPolicy, Sample } from '../../../lambdas/contract/audits/sample.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { sha256 } from '../../../lambdas/kit/digest.ts';
import { chooseSamples } from '../../../lambdas/record/audits/choose.ts';
import { judgeAudits } from '../../../lambdas/record/audits/judge.ts';
import type { ItemChange } from '../../../lambdas/record/outcomes/changes.ts';
import { readCaution, setCaution, wantsCaution } from '../../../lambdas/tables/control/caution.ts';
import { addSamples, recentSamples, takeAnswer } from '../../../lambdas/tables/samples/samples.ts';
import { itemRow, proposal } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));

const ALL: AuditPolicy = { share: 1, group: 'leads', target: 0.99 };
const STORES = { CONTROL_TABLE: 'control', CONTENT_BUCKET: 'bucket', CURSOR_KEYS: 'signalbox/cursors' };
const JUDGE = { CONTROL_TABLE: 'control', AUDIT_TABLE: 'audit', ITEM_DAYS: '400' };
const HOUR = 3_600_000;
beforeEach(() => {
  world.reset();
  time.freeze();
  world.secrets['signalbox/cursors'] = '{"key":"a key"}';
});
const iso = (ago = 0) => new Date(time.at - ago).toISOString();

const sampleOf = (n: number, ago: number): Sample => ({
  ...{ itemId: `demo_${n}`, generation: 1, at: iso(ago), label: 'Billing', verdict: 'act', marks: [] },
  ...{ probability: 1, people: 1, answers: [] },
});
const wrong = async (sample: Sample) =>
  takeAnswer('control', sample, { by: 'x', at: iso(), label: 'other', verdict: 'act' });

describe('a caution that an operator lifted', () => {
  it('does not come back for what was done before it was set', async () => {
    // Ten items of a bad morning; five are answered, five wait still.
    const all = Array.from({ length: 10 }, (_, n) => sampleOf(n, 2 * HOUR));
    await addSamples('control', all);
    for (const sample of all.slice(0, 5)) await wrong(sample);
    expect(await judgeAudits('demo', ALL, JUDGE)).toEqual(['Billing']);
    // The prompt is corrected, and the operator lifts it.
    time.at += HOUR;
    await setCaution('control', 'demo', {
      on: false,
      actions: [],
      labels: ['Billing'],
      reason: 'mended',
      by: 'olga',
    });
    expect(await judgeAudits('demo', ALL, JUDGE)).toEqual([]);
    time.at += HOUR;
    // Auditors go on with their list, the oldest first: nothing of it is from after the mend.
    for (const sample of all.slice(5)) await wrong(sample);
    await judgeAudits('demo', ALL, JUDGE);
    expect(wantsCaution(await readCaution('control', 'demo'), '', 'Billing')).toBe(false);
  });
});

function ended(id: string, parameters: Record<string, unknown> = {}): ItemChange {
  const proposalKey = `items/${id}/proposal-g1.json`;
  const document = {
    ...proposal({ itemId: id, confidence: 0.99, promptVersions: ['route.v1'] }),
    parameters,
  };
  world.content.set(`bucket/${proposalKey}`, JSON.stringify(document));
  const now: ItemRow = itemRow({
    ...{ id, status: 'done', verdict: 'act', label: 'Billing', proposalKey },
    updatedAt: iso(60_000),
  });
  return { sequence: '1', before: { ...now, status: 'acting' as const }, now };
}

describe('the choice', () => {
  it('loses no other item of a batch where the content of one is gone', async () => {
    const changes = [ended('demo_1'), ended('demo_2'), ended('demo_3')];
    world.content.delete('bucket/items/demo_2/proposal-g1.json');
    await chooseSamples(changes, new Map([['demo', ALL]]), STORES).catch(() => {});
    expect((await recentSamples('control', 'demo')).map(({ itemId }) => itemId)).toEqual([
      'demo_1',
      'demo_3',
    ]);
  });

  it('keeps no hash of a person that can be tried out', async () => {
    await chooseSamples(
      [ended('demo_1', { to: 'ann@example.com' })],
      new Map([['demo', { ...ALL, counterparty: 'to' }]]),
      STORES,
    );
    const guess = sha256('counterparty|ann@example.com').slice(0, 32);
    expect(JSON.stringify(world.tables.all('control'))).not.toContain(guess);
  });
});
