import { beforeEach, describe, expect, it, vi } from 'vitest';
import { complete, MOST_COMPLETED } from '../../lambdas/approve/completion.ts';
import { claim } from '../../lambdas/approve/decision/claim.ts';
import { decide } from '../../lambdas/approve/decision/decide.ts';
import { onChange } from '../../lambdas/approve/on-change.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import { allOpen } from '../../lambdas/tables/approvals/phases.ts';
import { readAudit } from '../../lambdas/tables/audit/audit.ts';
import { statistics } from '../../lambdas/tables/audit/statistics.ts';
import { forceBreaker } from '../../lambdas/tables/control/breakers.ts';
import { ANN, APPROVAL, person, question, row, show } from '../support/desk.ts';
import { ENV, proposal } from '../support/fixtures.ts';
import { DECISION_KEY, time, world } from '../support/world.ts';
import { at, beside, look } from './timekeeper-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/* Asked at 08:30, without an answer of the source `erp`. */
const MISSING = proposal({
  degraded: [{ step: 'order', reason: "source 'erp' is down" }],
  missing: ['erp'],
});

const breaker = (fields: object) => world.tables.put('control', { id: 'source#erp', ...fields });
const asked = (fields: Partial<ApprovalRow> = {}) => question(MISSING, fields);

beforeEach(() => {
  world.reset();
  time.freeze();
  at('08:35:00.000');
});

describe('an approval whose item lacks what a source may say', () => {
  it.each([
    ['08:34:59.999', 'pending'],
    ['08:35:00.000', 'decided'],
    ['11:29:59.999', 'decided'],
    ['11:30:00.000', 'expired'],
  ])('is at %s %s, as the source is there', async (clock, status) => {
    asked();
    at(clock);
    await look();
    expect(row().status).toBe(status);
  });

  it('is closed in the name of the house, and approves nothing', async () => {
    asked({ claim: { by: 'ann@example.com', until: '2026-12-01T08:34:00.000Z' } });
    await look();
    const now = '2026-12-01T08:35:00.000Z';
    expect(row()).toMatchObject({
      ...{ status: 'decided', decision: 'again', decidedBy: 'the timekeeper', decidedAt: now, version: 2 },
      ...{ carriedAt: now, phase: 'closed#2026-12', comment: 'what was missing can be had now' },
    });
    for (const field of ['seal', 'claim', 'undoUntil']) expect(row()).not.toHaveProperty(field);
    expect(row().trail.at(-1)).toMatchObject({ event: 'decided', by: 'the timekeeper', decision: 'again' });
  });

  it.each<[string, object, string]>([
    ['closed again', { breaker: 'closed' }, 'decided'],
    ['open', { breaker: 'open', openUntil: Date.parse('2026-12-01T08:36:00.000Z') }, 'pending'],
    ['open until a moment ago', { breaker: 'open', openUntil: 1 }, 'decided'],
    ['tried out', { breaker: 'half-open', probeUntil: Date.parse('2026-12-01T08:36:00.000Z') }, 'pending'],
    ['to be left alone', { pausedUntil: Date.parse('2026-12-01T08:36:00.000Z') }, 'pending'],
  ])('where the breaker of the source is %s', async (_, fields, status) => {
    asked();
    breaker(fields);
    await look();
    expect(row().status).toBe(status);
  });

  it('waits for as long as an operator holds the source open', async () => {
    asked();
    await forceBreaker('control', { kind: 'source', name: 'erp' }, { state: 'open', reason: 'r', by: 'o' });
    at('10:00:00.000');
    await look();
    expect(row().status).toBe('pending');
  });

  it('waits until every source that it lacks is there', async () => {
    question(proposal({ missing: ['crm', 'erp'] }));
    breaker({ breaker: 'open', openUntil: Date.parse('2026-12-01T09:00:00.000Z') });
    await look();
    expect(row().status).toBe('pending');
    breaker({ breaker: 'closed' });
    await look();
    expect(row().status).toBe('decided');
  });

  it.each([
    [0, '08:35:00.000', 'decided'],
    [1, '09:29:59.999', 'pending'],
    [1, '09:30:00.000', 'decided'],
    [2, '11:29:00.000', 'pending'],
  ])('after %i times before, at %s it is %s', async (completions, clock, status) => {
    question(proposal({ missing: ['erp'], ...(completions ? { completions } : {}) }));
    at(clock);
    await look();
    expect(row().status).toBe(status);
  });

  it('is left alone where nothing that is missing can come', async () => {
    question(proposal({ degraded: [{ step: 'order', reason: "source 'erp' refuses the request" }] }));
    await look();
    expect(row()).toMatchObject({ status: 'pending', version: 1 });
  });
});

describe('what people do with it stays with people', () => {
  it.each<[string, Partial<ApprovalRow>]>([
    ['claimed', { claim: { by: 'ann@example.com', until: '2026-12-01T08:36:00.000Z' } }],
    ['approved by one of two', { votes: { 'ann@example.com': { at: 'x', digest: 'd' } }, quorum: 2 }],
    ['handed over', { trail: [{ at: 'x', event: 'handed_over', by: 'ann@example.com' }] }],
    ['undone', { trail: [{ at: 'x', event: 'undone', by: 'ann@example.com' }] }],
    ['a test of approvers', { attentionCheck: { why: 'it is wrong' } }],
  ])('where it is %s', async (_, fields) => {
    asked(fields);
    await look();
    expect(row().status).toBe('pending');
  });

  it('though the index does not know of it yet', async () => {
    asked();
    const open = await allOpen('approvals');
    await claim('approvals', row(), person('ann'), 15);
    await complete(ENV, open);
    expect(row()).toMatchObject({ status: 'pending', version: 2 });
  });

  it('and a decision at the same moment counts once: one of the two is told that it is closed', async () => {
    const before = asked();
    const answer = { decision: 'approve', shown: before.digest, round: 0, comment: 'fine' } as const;
    const [{ outcome }] = await Promise.all([
      decide('approvals', before, answer, person('ann'), 0, DECISION_KEY),
      look(),
    ]);
    const { decision, version, trail } = row();
    expect(version).toBe(2);
    expect(trail.filter(({ event }) => event === 'decided')).toHaveLength(1);
    expect(decision).toBe(outcome === 'decided' ? 'approve' : 'again');
  });

  it('and whoever decides too late reads what happened', async () => {
    asked();
    const opened = await show(ANN);
    await look();
    const text = (await show(ANN)).text;
    expect(opened.text).toContain('Why you are asked');
    expect(text).toContain('Thought about again');
    expect(text).toContain('What was missing can be had now.');
    expect(text).not.toMatch(/already decided by|the timekeeper/i);
  });
});

describe('many that can be completed', () => {
  const ids = Array.from({ length: MOST_COMPLETED + 5 }, (_, at) => `demo-${String(at).padStart(4, '0')}-g1`);
  const many = () => {
    asked();
    at('08:36:00.000');
    for (const id of ids) beside(id, { createdAt: '2026-12-01T08:30:01.000Z' });
  };
  const closed = () =>
    (world.tables.all('approvals') as unknown as ApprovalRow[]).filter(
      ({ decision }) => decision === 'again',
    );

  it('come back by so many a minute', async () => {
    many();
    await look();
    expect(closed()).toHaveLength(MOST_COMPLETED);
    await look();
    expect(closed()).toHaveLength(ids.length + 1);
  });

  it('are closed once by two timekeepers', async () => {
    asked();
    await Promise.all([look(), look()]);
    expect(row()).toMatchObject({ version: 2, decision: 'again' });
  });

  it('let the oldest try a source that nobody has called since it was down', async () => {
    many();
    breaker({ breaker: 'open', openUntil: 1 });
    await look();
    expect(closed().map(({ id }) => id)).toEqual([APPROVAL]);
  });

  it('are not held up by one that cannot be written', async () => {
    many();
    world.fault = (call, { Key }) => {
      if (call.endsWith('UpdateCommand') && (Key as { id?: string })?.id === APPROVAL) throw new Error('no');
    };
    await look();
    expect(closed()).toHaveLength(MOST_COMPLETED);
  });
});

describe('the record of it', () => {
  it('names the house, counts as no decision of people, and tells no word of what was missing', async () => {
    const before = asked();
    await look();
    await onChange(row(), before, ENV);
    const { entries } = await readAudit('audit', { from: '2026-12-01', to: '2026-12-02' });
    expect(entries).toMatchObject([{ event: 'decided', by: 'the timekeeper', decision: 'again' }]);
    expect(entries[0]).not.toHaveProperty('missing');
    const told = statistics({ open: [], entries, now: time.at, fastSeconds: 5, attentionUsdPerHour: 60 });
    expect(told).toMatchObject({ decided: 0, byAutomation: [] });
  });
});
