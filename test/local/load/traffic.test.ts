import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { findAutomations } from '../../../lib/automation/automation-folder.ts';
import { readOptions } from '../../../local/load/options.ts';
import { bestRateOf, drainOf } from '../../../local/load/outage.ts';
import { seeded } from '../../../local/load/random.ts';
import { askedAt, type Story } from '../../../local/load/story.ts';
import { plan, type Template, varied } from '../../../local/load/traffic.ts';
import { readSamples } from '../../../local/samples.ts';
import { UsageError } from '../../../local/usage.ts';
import { life } from './world.ts';

const TEMPLATES: Template[] = [
  {
    automation: 'a',
    body: { orderId: 'W1234567', amount: '50.00', text: 'Broken.', from: 'mara@example.com' },
  },
  { automation: 'b', body: { invoice: { number: 'KOS-2026-1001' }, text: 'Ours.' } },
];
const WANTED = { profile: 'sustained', items: 1000, rate: 10, seed: 3, run: 'r' } as const;

describe('traffic', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(plan(TEMPLATES, WANTED)).toEqual(plan(TEMPLATES, WANTED));
    expect(plan(TEMPLATES, WANTED)).not.toEqual(plan(TEMPLATES, { ...WANTED, seed: 4 }));
  });

  it('is mixed: automations, priorities, posts that wait, and some a second time', () => {
    const posts = plan(TEMPLATES, WANTED);
    const first = posts.filter(({ again }) => !again);
    const share = (of: (post: (typeof posts)[number]) => boolean) => first.filter(of).length / 1000;
    expect(first).toHaveLength(1000);
    expect(share(({ automation }) => automation === 'a')).toBeCloseTo(0.5, 1);
    expect(share(({ priority }) => priority === 'urgent')).toBeCloseTo(0.1, 1);
    expect(share(({ priority }) => priority === 'low')).toBeCloseTo(0.2, 1);
    expect(share(({ wait }) => wait !== undefined)).toBeGreaterThan(0.01);
    const again = posts.filter((post) => post.again);
    expect(again.length).toBeGreaterThan(10);
    for (const post of again) {
      const { dueMs, again: _, ...same } = post;
      const original = first.find(({ key }) => key === post.key);
      expect(original).toMatchObject(same);
      expect(dueMs).toBeGreaterThan(original?.dueMs ?? dueMs);
    }
    expect(new Set(first.map(({ key }) => key)).size).toBe(1000);
  });

  it.each([
    ['sustained', 1],
    ['spike', 3],
    ['burst', 10],
  ] as const)('of %s comes %s times as fast in the middle', (profile, times) => {
    const due = plan(TEMPLATES, { ...WANTED, profile })
      .filter(({ again }) => !again)
      .map(({ dueMs }) => dueMs);
    const gap = (at: number) => (due[at + 1] ?? 0) - (due[at] ?? 0);
    expect(gap(0)).toBeCloseTo(100, 6);
    expect(gap(500)).toBeCloseTo(100 / times, 6);
    expect(gap(998)).toBeCloseTo(100, 6);
  });

  it('differs from item to item in what tells one case from another, and in nothing else', () => {
    const next = seeded(1);
    const made = Array.from({ length: 50 }, () => varied(TEMPLATES[0]?.body ?? {}, next));
    expect(new Set(made.map(({ orderId }) => orderId)).size).toBe(50);
    for (const { orderId, amount, text, from } of made) {
      expect(orderId).toMatch(/^W\d{7}$/);
      expect(Number(amount)).toBeLessThanOrEqual(50);
      expect(text).toMatch(/^Broken\.\n\nMy reference: L-\d{6}$/);
      expect(from).toMatch(/^mara\.\d{4}@example\.com$/);
    }
    expect(varied({ invoice: { number: 'KOS-2026-1001', lines: [1, null] }, other: 'text' }, next)).toEqual({
      invoice: { number: expect.stringMatching(/^KOS-2026-\d{6}$/), lines: [1, null] },
      other: 'text',
    });
  });

  it('fits the schema of every automation here, whatever was varied', async () => {
    const automations = await findAutomations();
    expect(automations.length).toBeGreaterThan(0);
    for (const { name, schema, examples } of automations) {
      const bodies = [
        ...examples.map(({ body }) => body),
        ...(await readSamples(name)).map(({ body }) => body),
      ];
      const next = seeded(9);
      for (const body of bodies)
        if (z.safeParse(schema, body).success)
          expect(z.safeParse(schema, varied(body, next)).success, JSON.stringify(body)).toBe(true);
    }
  });
});

describe('options', () => {
  it('have defaults, and take minutes in place of items', () => {
    expect(readOptions(['--profile', 'spike'])).toMatchObject({
      profile: 'spike',
      items: 300,
      rate: 2,
      seed: 1,
    });
    expect(readOptions(['--profile', 'sustained', '--minutes', '60', '--rate', '5']).items).toBe(18_000);
  });

  it.each([
    [[], /--profile must be one of sustained, spike, burst$/],
    [['--profile', 'wild'], /got 'wild'/],
    [['--profile', 'burst', '--url', 'https://x.example'], /belong together/],
    [['--profile', 'burst', '--url', 'ftp://x', '--token', 't'], /http or https/],
    [['--profile', 'burst', '--items', '0'], /from 1 to 200000/],
    [['--profile', 'burst', '--items', '5', '--minutes', '2'], /give one of them/],
    [['--profile', 'burst', '--outage', '5', '--url', 'https://x', '--token', 't'], /goes without --url/],
    [['--profile', 'burst', '--pace', '5', '--url', 'https://x', '--token', 't'], /goes without --url/],
    [['--profile', 'burst', '--pace', '0.5'], /--pace/],
    [['--profile', 'burst', '--loud'], /Unknown option/],
  ] as [string[], RegExp][])('%j are refused', (argv, message) => {
    expect(() => readOptions(argv)).toThrow(UsageError);
    expect(() => readOptions(argv)).toThrow(message);
  });
});

describe('an outage', () => {
  it('is held against the least possible: what rested meanwhile at the best rate of the run', () => {
    // One each second from 0 to 99; nothing rests between 30 and 60 s, then two a second.
    const stories = Array.from({ length: 100 }, (_, at) => {
      const rests = at < 30 ? at + 1 : Math.max(at + 1, 60 + (at - 30) / 2);
      return life(at, at, { queue: rests - at - 0.6, work: 0, call: 0.2, toAct: 0.2, act: 0.2 });
    });
    const begin = Date.parse('2026-11-28T10:00:00.000Z');
    const drain = drainOf(stories, { fromMs: begin + 30_000, toMs: begin + 60_000 });
    expect(drain).toMatchObject({ backlog: 30, bestRate: 2 });
    expect(drain?.seconds).toBeCloseTo(15, 0);
    expect(drain?.times).toBeCloseTo(1, 1);
    expect(drain).not.toHaveProperty('afterClosed');
  });

  it('the wait for a probe is told apart: what rests behind the last closing, of those that anybody waited for', () => {
    // Until 70 s nothing rests, then two a second.
    const stories = Array.from({ length: 100 }, (_, at) => {
      const rests = at < 30 ? at + 1 : Math.max(at + 1, 70 + (at - 30) / 2);
      return life(at, at, { queue: rests - at - 0.6, work: 0, call: 0.2, toAct: 0.2, act: 0.2 });
    });
    const begin = Date.parse('2026-11-28T10:00:00.000Z');
    const atMs = [64_000, 70_000, 900_000].map((after) => begin + after);
    const outage = { fromMs: begin + 30_000, toMs: begin + 60_000, closings: { breakers: 3, atMs } };
    const drain = drainOf(stories, outage);
    expect(drain?.afterClosed).toMatchObject({ probeSeconds: 10 });
    expect(drain?.afterClosed?.times).toBeCloseTo(1, 1);
    expect(drain?.times).toBeGreaterThan(1.4);
  });

  it('is held against the limit of the endpoint where that takes longer, by the calls that it answered meanwhile', () => {
    // Each asks once; until 60 s nothing rests, then one a second.
    const stories = Array.from({ length: 60 }, (_, at) => {
      const rests = at < 30 ? at + 1 : Math.max(at + 1, 60 + (at - 29));
      return life(at, at, { queue: rests - at - 0.6, work: 0, call: 0.2, toAct: 0.2, act: 0.2 });
    });
    const begin = Date.parse('2026-11-28T10:00:00.000Z');
    const outage = { fromMs: begin + 30_000, toMs: begin + 60_000 };
    const [name = ''] = stories.flatMap(askedAt).map(({ endpoint }) => endpoint);
    const plain = drainOf(stories, outage);
    const paced = drainOf(stories, outage, new Map([[name, 30]]));
    expect(plain).toMatchObject({ backlog: 30, rested: 30, paced: undefined });
    expect(paced).toMatchObject({ paced: { endpoint: name, perMinute: 30, calls: 30 }, leastSeconds: 60 });
    expect(paced?.times).toBeCloseTo((plain?.times ?? 0) / 2, 1);
    expect(drainOf(stories, outage, new Map([[name, 600]]))).toEqual(plain);
    const remembered = stories.map((story) => ({
      ...story,
      timeline: story.timeline.map((it) => ({ ...it, cached: true })),
    }));
    expect(drainOf(remembered, outage, new Map([[name, 30]]))?.leastSeconds).toBe(plain?.leastSeconds);
  });

  it('counts calls of items that others made, and answers that were of no use, but no refusals', () => {
    const stories = Array.from({ length: 60 }, (_, at) => life(at, at, { call: at < 30 ? 40 : 0.2 }));
    const begin = Date.parse('2026-11-28T10:00:00.000Z');
    const outage = { fromMs: begin + 30_000, toMs: begin + 60_000 };
    const limits = new Map([['openai', 30]]);
    const failing = (failure: string) =>
      stories.map((story) => ({ ...story, timeline: story.timeline.map((it) => ({ ...it, failure })) }));
    const calls = (all: readonly Story[], made: readonly Story[] = []) =>
      drainOf(all, outage, limits, made)?.paced?.calls ?? 0;
    const own = calls(stories);
    expect(own).toBeGreaterThan(5);
    expect(calls(stories, stories)).toBe(2 * own);
    expect(calls(failing('unusable'))).toBe(own);
    expect([calls(failing('transient')), calls(failing('rate'))]).toEqual([0, 0]);
  });

  it('leaves nothing to say where nothing was under way', () => {
    expect(
      drainOf([life(1, 0, {})], { fromMs: 0, toMs: Date.parse('2026-11-28T12:00:00Z') }),
    ).toBeUndefined();
  });

  it('rates are those of the window in which the most came to rest', () => {
    expect(bestRateOf([0, 1000, 2000, 9999, 10_000, 60_000], 10)).toBeCloseTo(0.4, 6);
    expect(bestRateOf([])).toBe(0);
  });
});
