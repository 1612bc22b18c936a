import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditPolicy, Sample } from '../../../lambdas/contract/audits/sample.ts';
import { judgeAudits } from '../../../lambdas/record/audits/judge.ts';
import {
  cautionView,
  readCaution,
  setCaution,
  wantsCaution,
} from '../../../lambdas/tables/control/caution.ts';
import { standingKey } from '../../../lambdas/tables/keys.ts';
import { addSamples, takeAnswer } from '../../../lambdas/tables/samples/samples.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));

const ALL: AuditPolicy = { share: 1, group: 'leads', target: 0.99 };
const JUDGE = { CONTROL_TABLE: 'control', AUDIT_TABLE: 'audit', ITEM_DAYS: '400' };
const HOUR = 3_600_000;

beforeEach(() => {
  world.reset();
  time.freeze();
});

const iso = (ago = 0) => new Date(time.at - ago).toISOString();
const judge = () => judgeAudits('demo', ALL, JUDGE);
const held = async () => wantsCaution(await readCaution('control', 'demo'), '', 'Billing');

let count = 0;

/** Items that ended so long ago, and are found wrong now. */
async function wrong(ago: number, number = 10): Promise<void> {
  const samples = Array.from({ length: number }, (): Sample => {
    count += 1;
    const item = { itemId: `demo_${count}`, generation: 1, at: iso(ago), label: 'Billing' } as const;
    return { ...item, verdict: 'act', marks: [], probability: 1, people: 1, answers: [] };
  });
  await addSamples('control', samples);
  for (const sample of samples)
    await takeAnswer('control', sample, { by: 'x', at: iso(), label: 'other', verdict: 'act' });
}

const BY_HAND = { actions: [], labels: ['Billing'], reason: 'mended', by: 'olga' };
const lift = () => setCaution('control', 'demo', { ...BY_HAND, on: false });
const liftAll = () => setCaution('control', 'demo', { ...BY_HAND, on: false, labels: [] });
const setByHand = () => setCaution('control', 'demo', { ...BY_HAND, on: true });

describe.each([
  ['by its name', lift],
  ['with everything', liftAll],
])('a caution that an operator lifted %s', (_name, lifted) => {
  it('leaves what ended since to count, though the judge hears of it within the hour', async () => {
    await wrong(2 * HOUR);
    expect(await judge()).toEqual(['Billing']);
    await lifted();
    time.at += HOUR / 2;
    await wrong(HOUR / 4);
    time.at += HOUR / 4;
    expect(await judge()).toEqual(['Billing']);
  });

  it('does not come back where its judge was interrupted between its two writes', async () => {
    await wrong(2 * HOUR);
    await judge();
    world.tables.rows('control').delete(standingKey('demo'));
    time.at += HOUR / 2;
    await lifted();
    time.at += HOUR / 2;
    expect(await judge()).toEqual([]);
    expect(await held()).toBe(false);
    // What the interrupted one would have known is kept from now on.
    time.at += HOUR;
    expect(await judge()).toEqual([]);
  });

  it('does not come back either where an operator set one beside it before', async () => {
    await wrong(2 * HOUR);
    await judge();
    world.tables.rows('control').delete(standingKey('demo'));
    await setByHand();
    time.at += HOUR / 2;
    await lifted();
    time.at += HOUR / 2;
    expect(await judge()).toEqual([]);
  });

  it('does not come back where one was set by hand within the hour, and lifted again', async () => {
    await wrong(2 * HOUR);
    await judge();
    time.at += HOUR / 4;
    await lifted();
    await setByHand();
    time.at += HOUR;
    await judge();
    await lifted();
    time.at += HOUR;
    await judge();
    expect(await held()).toBe(false);
  });

  it('is over, and nothing of it is seen', async () => {
    await wrong(2 * HOUR);
    await judge();
    await lifted();
    const view = cautionView(await readCaution('control', 'demo'), true);
    expect(view).toEqual({ on: false, everything: false, actions: [], labels: [], notes: [] });
  });

  it('takes nothing away of what audits found where they had not held it', async () => {
    await wrong(2 * HOUR, 2);
    expect(await judge()).toEqual([]);
    await setByHand();
    await lifted();
    time.at += HOUR;
    await wrong(2 * HOUR, 8);
    expect(await judge()).toEqual(['Billing']);
  });
});

it('a caution by audits begins anew once, not again with each that operators set and lift afterwards', async () => {
  await wrong(2 * HOUR);
  await judge();
  await lift();
  time.at += HOUR;
  expect(await judge()).toEqual([]);
  time.at += HOUR;
  await wrong(HOUR / 2);
  await setByHand();
  await lift();
  expect(await judge()).toEqual(['Billing']);
});
