import { describe, expect, it } from 'vitest';
import { bottleneckOf } from '../../../local/load/bottleneck.ts';
import { partsOf } from '../../../local/load/story.ts';
import { DESTINATIONS, life, observed, story } from './world.ts';

/** Seconds that grow from the beginning of a run to its end. */
const grows = (share: number, to = 60) => share * to;

describe('the bottleneck', () => {
  it('is none where no waiting grows: the source was the limit', () => {
    const found = bottleneckOf(observed(() => ({})));
    expect(found).toMatchObject({ part: 'none', name: 'none: the source was the limit', grew: [] });
  });

  it('is none where everything is slow, but as slow at the end as at the beginning', () => {
    const slow = () => ({ queue: 20, call: 30, act: 10, toAct: 5 });
    expect(bottleneckOf(observed(slow)).part).toBe('none');
  });

  it('is none where the first items were the slow ones: functions start cold', () => {
    expect(bottleneckOf(observed((share) => ({ queue: 12 * (1 - share) }))).part).toBe('none');
  });

  it('is the functions that think where the work queue grew and nobody else was waited for', () => {
    const found = bottleneckOf(observed((share) => ({ queue: grows(share), work: 0.5 }), { cpu: 0.97 }));
    expect(found.part).toBe('work queue');
    expect(found.name).toBe(
      'the functions that think (process/process), behind the work queue, on a machine whose cores are all busy',
    );
    expect(found.evidence.join('\n')).toMatch(/our own functions 77 %, endpoint openai 23 %/);
    expect(found.evidence.join('\n')).toMatch(/P95 of waiting in the work queue: refund-request 57 s/);
    expect(found.evidence.join('\n')).toMatch(/97 % busy/);
  });

  it('says nothing of the machine where the work is done elsewhere', () => {
    const found = bottleneckOf(observed((share) => ({ queue: grows(share) })));
    expect(found.name).not.toMatch(/machine/);
    expect(found.evidence.join()).not.toMatch(/cores/);
  });

  it('is the endpoint behind the work queue that items waited for', () => {
    const of = (share: number) => ({
      queue: grows(share),
      ...(share > 0.4 ? { waits: "endpoint 'openai': it is busy", waited: 5 } : {}),
    });
    const found = bottleneckOf(observed(of));
    expect([found.part, found.name]).toEqual(['endpoint openai', "endpoint 'openai'"]);
    expect(found.evidence).toContainEqual('48 items waited for endpoint openai (it is busy)');
  });

  it('is the endpoint behind the work queue that was asked as often as it takes', () => {
    const of = (limit: number) =>
      bottleneckOf(
        observed((share) => ({ queue: grows(share, 5) }), { limits: new Map([['openai', limit]]) }),
      );
    expect(of(85)).toMatchObject({
      part: 'endpoint openai',
      evidence: [expect.any(String), '80 calls in its busiest minute, of 85 that it takes'],
    });
    expect(of(6000).part).toBe('work queue');
  });

  it('is the endpoint that answered ever more slowly, also where the queue before it grew more', () => {
    const of = (share: number) => ({ queue: grows(share), call: 0.3 + grows(share, 8) });
    const found = bottleneckOf(observed(of));
    expect(found.part).toBe('endpoint openai');
    expect(found.grew.map(({ part }) => part)).toEqual(['work queue', 'endpoint openai']);
  });

  it('is the source that was waited for', () => {
    const of = (share: number) => ({ waits: "source 'order-system': it is busy", waited: grows(share, 30) });
    const found = bottleneckOf(observed(of));
    expect([found.part, found.name]).toEqual(['source order-system', "source 'order-system'"]);
    expect(found.evidence).toContainEqual('80 items waited for it (it is busy)');
  });

  it('is the destination that was waited for, by its breaker or its pace', () => {
    const of = (share: number) => ({
      toAct: grows(share, 5),
      actWaits: "destination 'refund-ledger': its breaker is open (5 of 10 calls failed)",
      actWaited: grows(share, 40),
    });
    const found = bottleneckOf(observed(of));
    expect(found.part).toBe('destination refund-ledger');
    expect(found.evidence.join()).toMatch(/80 items waited for it \(its breaker is open/);
  });

  it('is the destination behind the action queue that took ever longer', () => {
    const found = bottleneckOf(observed((share) => ({ toAct: grows(share), act: 0.1 + grows(share, 4) })));
    expect(found.part).toBe('destination refund-ledger');
  });

  it('is the functions that act where the action queue alone grew', () => {
    expect(bottleneckOf(observed((share) => ({ toAct: grows(share) }))).part).toBe('action queue');
  });

  it('is our own work where that took ever longer', () => {
    expect(bottleneckOf(observed((share) => ({ work: grows(share, 20) }))).part).toBe('work');
  });

  it('is the door where posts were turned away, and intake where they waited for an answer', () => {
    const at = (part: 'door' | 'intake') => {
      const { items, ...rest } = observed(() => ({}), { posts: 100, turnedAway: 240 });
      const slowed = items.map(({ story, parts }, index) => ({
        ...{ story, parts: new Map([...parts, [part, index * 500] as const]) },
      }));
      return bottleneckOf({ items: slowed, ...rest });
    };
    expect(at('door')).toMatchObject({
      part: 'door',
      evidence: [expect.any(String), '240 answers to 100 posts were 429'],
    });
    expect(at('intake').name).toMatch(/^intake/);
  });

  it('is never a person or a deferral: who waits for one holds nobody up', () => {
    const { items, ...rest } = observed(() => ({}));
    const waited = (event: string, next: string) =>
      bottleneckOf({
        items: items.map((_, at) => {
          const own = story(at, at / 2, [
            [0.2, event],
            [at * 60, next],
          ]);
          return { story: own, parts: partsOf(own, DESTINATIONS) };
        }),
        ...rest,
      }).part;
    expect(waited('waiting_approval', 'decided')).toBe('none');
    expect(waited('deferred', 'processing')).toBe('none');
    expect(waited('processing', 'prepared')).toBe('work');
  });

  it('is the way to an approver where that grew', () => {
    const { items, ...rest } = observed(() => ({}));
    const asked = items.map((_, at) => {
      const own = story(at, at / 2, [
        [0.2, 'processing'],
        [0.1, 'gated'],
        [at, 'waiting_approval'],
      ]);
      return { story: own, parts: partsOf(own, DESTINATIONS) };
    });
    expect(bottleneckOf({ items: asked, ...rest }).part).toBe('asking');
  });

  it('needs few items', () => {
    expect(bottleneckOf(observed(() => ({}), {}, 1)).part).toBe('none');
    expect(bottleneckOf({ ...observed(() => ({})), items: [] }).part).toBe('none');
  });
});

it('the parts of an item are all of its time', () => {
  const own = life(1, 0, { queue: 3, waits: "endpoint 'openai': it is busy", waited: 7, toAct: 2, act: 4 });
  const parts = partsOf(own, DESTINATIONS);
  const all = [...parts.values()].reduce((sum, ms) => sum + ms, 0);
  expect(all).toBe(Date.parse(own.timeline.at(-1)?.at ?? '') - Date.parse(own.receivedAt));
  expect(Object.fromEntries(parts)).toEqual({
    'work queue': 3000,
    ...{ work: 200, 'endpoint openai': 7300, 'action queue': 2000, 'destination refund-ledger': 4000 },
  });
});
