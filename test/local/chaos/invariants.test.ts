import { describe, expect, it } from 'vitest';
import { check, INVARIANTS, type InvariantName } from '../../../local/chaos/invariants/check.ts';
import { broken, whole } from './collections.ts';

/* A checker that cannot fail proves nothing: each invariant has collections that break it, and it alone or with those named. */

describe('a collection in which all is well', () => {
  it('breaks nothing', () => expect(check(whole())).toEqual([]));
});

describe.each(Object.keys(INVARIANTS) as InvariantName[])('%s', (name) => {
  const cases = broken[name];

  it('has a collection that breaks it', () => expect(Object.keys(cases).length).toBeGreaterThan(0));

  it.each(Object.keys(cases))('is broken where %s', (title) => {
    const collected = whole();
    cases[title]?.(collected);

    const found = INVARIANTS[name](collected);

    expect(found.length).toBeGreaterThan(0);
    expect(check(collected).filter(({ invariant }) => invariant === name)).toHaveLength(found.length);
  });
});

describe('what only looks broken', () => {
  it('is a repeated call to a destination that takes our key', () => {
    const collected = whole();
    const [call] = collected.calls.filter(({ destination }) => destination === 'help-desk');
    if (call) collected.calls.push({ ...call, duplicate: true });

    expect(check(collected)).toEqual([]);
  });

  it('is a call that a fault accounts for', () => {
    const collected = whole();
    collected.model = { calls: collected.model.calls + 2, excused: 2 };

    expect(check(collected)).toEqual([]);
  });

  it('lets times go back by as much as clocks were moved, and no further', () => {
    const collected = whole();
    const [first, second] = collected.items[0]?.timeline ?? [];
    if (!first || !second) throw new Error('the first item has a timeline');
    second.at = new Date(Date.parse(first.at) - 60_000).toISOString();
    const found = (clocksMs: number) => check({ ...collected, clocksMs }).map(({ invariant }) => invariant);
    expect(found(59_000)).toEqual(['timeline-is-whole']);
    expect(found(61_000)).toEqual([]);
  });

  it('is a second action that a second person has approved', () => {
    const collected = whole();
    const [first] = collected.approvals.filter(({ itemId }) => itemId === 'b');
    const [call] = collected.calls.filter(({ item }) => item === 'b');
    if (first) collected.approvals.push({ ...first, id: 'b-g2', generation: 2 });
    collected.audit.push({ event: 'decided', automation: 'parcel', itemId: 'b', approvalId: 'b-g2' });
    if (call) collected.calls.push({ ...call, idempotencyKey: 'b-2' });

    expect(check(collected)).toEqual([]);
    collected.approvals.pop();
    expect(check(collected).map(({ invariant }) => invariant)).toContain('acted-at-most-once');
  });

  it('is an answer on the page that came too late', () => {
    const collected = whole();
    collected.said.push({ item: 'b', decision: 'reject', page: 'already decided by anna: Approved: it' });

    expect(check(collected)).toEqual([]);
  });
});
