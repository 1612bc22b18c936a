import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type AuditEntry,
  type AuditRange,
  auditEntries,
  outcomes,
  putAudits,
  readAudit,
} from '../../../lambdas/tables/audit/audit.ts';
import { FACTS, keep, later, record } from '../../support/audit.ts';
import { named, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const YEAR = { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' };
const orders = ({ entries }: { entries: readonly AuditEntry[] }) => entries.map(({ order }) => order);

/** One entry at a time of its own. */
function at(createdAt: string, automation = 'demo'): AuditEntry {
  const [entry] = record([{ event: 'asked', after: 0 }], { createdAt, automation, id: `id-${automation}` });
  return entry as AuditEntry;
}

describe('an entry', () => {
  it('holds the facts of its question and what happened, under a month and an order of its own', () => {
    const [, decided] = record([
      { event: 'asked', after: 0 },
      { event: 'decided', after: 60, by: 'ann@example.com', decision: 'approve', activeSeconds: 12 },
    ]);

    expect(decided).toMatchObject({
      ...FACTS,
      by: 'ann@example.com',
      decision: 'approve',
      activeSeconds: 12,
    });
    expect(decided?.month).toBe('2026-12');
    expect(decided?.order).toBe(`2026-12-01T08:01:00.000Z#${decided?.approvalId}#0001`);
  });

  it('keeps its number when only the last ones of a trail are copied', () => {
    const row = { id: 'a', trail: [{ at: later(0) }, { at: later(1) }, { at: later(2) }], facts: FACTS };

    const all = auditEntries(row as never);

    expect(auditEntries(row as never, 2)).toEqual(all.slice(2));
    expect(auditEntries(row as never, 3)).toEqual([]);
  });

  it('is written once: a second time changes nothing and is no error', async () => {
    const entry = at('2026-12-01T08:00:00.000Z');
    await putAudits('audit', [entry]);
    await putAudits('audit', [{ ...entry, summary: 'something else' }]);

    expect(world.tables.all('audit')).toEqual([entry]);
  });

  it('goes with others in one call, and once where it is among them twice', async () => {
    const entries = [0, 1, 2].map((seconds) => at(later(seconds)));
    world.tables.put('audit', entries[1] as AuditEntry);
    await putAudits('audit', [...entries, ...entries]);

    expect(world.calls).toEqual(['dynamodb BatchExecuteStatementCommand']);
    expect(orders({ entries: world.tables.all('audit') as never }).sort()).toEqual(orders({ entries }));
  });

  it('is not lost where the table takes the others alone', async () => {
    const entries = Array.from({ length: 26 }, (_, seconds) => at(later(seconds)));
    world.tables.unprocessed = 3;
    await putAudits('audit', entries);

    expect(world.tables.all('audit')).toHaveLength(26);
    expect(world.calls).toHaveLength(3);
  });

  it('is not lost in silence when the table is down', async () => {
    world.fault = () => {
      throw named('ThrottlingException');
    };

    await expect(putAudits('audit', [at(later(0))])).rejects.toThrow('ThrottlingException');
  });
});

describe('reading the record', () => {
  it('gives what happened from one time on and before another, across months, in order', async () => {
    const [before, first, middle, last, after] = [
      at('2026-09-30T23:59:59.999Z'),
      at('2026-10-01T00:00:00.000Z'),
      at('2026-11-15T12:00:00.000Z'),
      at('2026-12-31T23:59:59.999Z'),
      at('2027-01-01T00:00:00.000Z'),
    ] as [AuditEntry, AuditEntry, AuditEntry, AuditEntry, AuditEntry];
    keep(after, last, before, middle, first);

    const found = await readAudit('audit', { from: '2026-10-01T00:00:00Z', to: '2027-01-01T00:00:00.000Z' });

    expect(found).toEqual({ entries: [first, middle, last] });
  });

  it('takes a time in any zone, and nothing where it ends before it begins', async () => {
    keep(at('2026-12-01T08:00:00.000Z'));

    const zoned = { from: '2026-12-01T09:00:00+01:00', to: '2026-12-01T09:00:01+01:00' };
    expect((await readAudit('audit', zoned)).entries).toHaveLength(1);
    expect(await readAudit('audit', { from: YEAR.to, to: YEAR.from })).toEqual({ entries: [] });
    expect(await readAudit('audit', { from: YEAR.from, to: YEAR.from })).toEqual({ entries: [] });
  });

  it('can be of one automation; the limit counts the others too', async () => {
    for (let second = 0; second < 6; second += 1) keep(at(later(second), second % 3 === 0 ? 'rare' : 'demo'));

    const all = await readAudit('audit', { ...YEAR, automation: 'rare' });
    const part = await readAudit('audit', { ...YEAR, automation: 'rare', limit: 3 });

    expect(all.entries.map(({ at: when }) => when)).toEqual([later(0), later(3)]);
    expect(part.entries.map(({ at: when }) => when)).toEqual([later(0)]);
    expect(part.cutAt).toMatch(later(2));
  });

  it('says that it was cut where there is more, and only there', async () => {
    for (let second = 0; second < 5; second += 1) keep(at(later(second)));

    expect((await readAudit('audit', { ...YEAR, limit: 4 })).cutAt).toMatch(later(3));
    expect(await readAudit('audit', { ...YEAR, limit: 5 })).not.toHaveProperty('cutAt');
  });

  it('can keep the newest instead, still in order', async () => {
    const all = ['2026-10-01', '2026-10-02', '2026-11-01', '2026-12-01'].map((day) =>
      at(`${day}T00:00:00.000Z`),
    );
    keep(...all);

    const found = await readAudit('audit', { ...YEAR, limit: 3, keep: 'newest' });

    expect(found.entries).toEqual(all.slice(1));
    expect(found.cutAt).toBe(all[1]?.order);
  });

  it('reads no more than ten thousand unless it is told to', async () => {
    for (let second = 0; second < 10_010; second += 1) keep(at(later(second)));

    const { entries, cutAt } = await readAudit('audit', YEAR);

    expect(entries).toHaveLength(10_000);
    expect(cutAt).toBe(entries.at(-1)?.order);
  });

  it('from cut to cut comes to everything once, whatever the limit', async () => {
    const days = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(days, fc.integer({ min: 1, max: 9 }), async (given, limit) => {
        world.reset();
        world.tables.pageRows = 2;
        keep(...given.map((day, index) => at(later(day * 86_400 + index, '2026-08-20T00:00:00.000Z'))));
        const parts: string[] = [];
        let cut: AuditRange['after'];
        do {
          const part = await readAudit('audit', { ...YEAR, limit, after: cut });
          parts.push(...orders(part));
          cut = part.cutAt;
        } while (cut !== undefined);
        expect(parts).toEqual(orders({ entries: world.tables.all('audit') as never }).sort());
      }),
      { numRuns: 60 },
    );
  });
});

describe('the outcome of a question', () => {
  const decided = (after: number, decision = 'approve' as const) =>
    ({ event: 'decided', after, decision, by: 'ann@example.com' }) as const;

  it('is its decision or its expiry, not a vote and not the act that led to it', () => {
    const voted = record(
      [
        { event: 'asked', after: 0 },
        { event: 'approved', after: 5 },
      ],
      { id: 'voted' },
    );
    const closed = record([{ event: 'approved', after: 5 }, decided(5)], { id: 'closed' });
    const expired = record([{ event: 'expired', after: 3 }], { id: 'expired' });

    const found = outcomes([...voted, ...closed, ...expired]);

    expect(found.map(({ approvalId, event }) => [approvalId, event])).toEqual([
      ['expired', 'expired'],
      ['closed', 'decided'],
    ]);
  });

  it('does not stand when it was taken back, until there is another', () => {
    const undone = [decided(5), { event: 'undone', after: 6 } as const];

    expect(outcomes(record(undone))).toEqual([]);
    expect(outcomes(record([...undone, decided(9)])).map(({ at: when }) => when)).toEqual([later(9)]);
  });

  it('does not depend on the order in which the entries come', () => {
    const entries = record([decided(5), { event: 'undone', after: 5 }, decided(5)]);

    expect(outcomes(entries.toReversed())).toEqual([entries[2]]);
  });
});
