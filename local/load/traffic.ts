import type { Priority } from '../../lambdas/contract/item/status.ts';
import { between, type Next, pick, seeded } from './random.ts';

/* What is sent, and when: the same for the same seed, so that a run can be made again. */

export const PROFILES = ['sustained', 'spike', 'burst'] as const;
export type Profile = (typeof PROFILES)[number];

type Body = Readonly<Record<string, unknown>>;

/** A body that an automation takes. */
export interface Template {
  automation: string;
  body: Body;
  /** Files of the automation's folder that come along. @default none */
  documents?: readonly string[];
}

export interface Planned extends Template {
  number: number;
  /** Since the beginning. */
  dueMs: number;
  priority: Priority;
  key: string;
  /** Seconds that its sender waits for the outcome. @default not at all */
  wait?: number;
  /** It is an earlier post once more, key and all. */
  again: boolean;
}

/** Parts of a run, each with its share of the items and how many times the rate it has. */
const PARTS: Readonly<Record<Profile, readonly { share: number; times: number }[]>> = {
  sustained: [{ share: 1, times: 1 }],
  spike: [
    { share: 0.3, times: 1 },
    { share: 0.4, times: 3 },
    { share: 0.3, times: 1 },
  ],
  burst: [
    { share: 0.25, times: 1 },
    { share: 0.5, times: 10 },
    { share: 0.25, times: 1 },
  ],
};

/** Of a hundred items. */
const URGENT = 10;
const LOW = 20;
const WAITING = 4;
const POSTED_AGAIN = 4;
const WAIT_SECONDS = 5;
/** A client that had no answer tries again so soon. */
const AGAIN_MS = 700;

export interface Wanted {
  profile: Profile;
  items: number;
  /** A second. */
  rate: number;
  seed: number;
  /** Distinguishes the keys of this run from those of others. */
  run: string;
}

/** @returns posts by when they are due: so many items, and some of them twice */
export function plan(templates: readonly Template[], { items, rate, seed, profile, run }: Wanted): Planned[] {
  const next = seeded(seed);
  // Each automation as often, however many bodies there are of it.
  const kinds = [...Map.groupBy(templates, ({ automation }) => automation).values()];
  const posts: Planned[] = [];
  for (const [index, dueMs] of dueTimes(profile, items, rate).entries()) {
    const template = pick(next, pick(next, kinds));
    const chance = next() * 100;
    const post: Planned = {
      ...template,
      body: varied(template.body, next),
      ...{ number: index + 1, dueMs, key: `load-${run}-${index + 1}`, again: false },
      priority: chance < URGENT ? 'urgent' : chance < URGENT + LOW ? 'low' : 'normal',
      ...(next() * 100 < WAITING ? { wait: WAIT_SECONDS } : {}),
    };
    posts.push(post);
    if (next() * 100 < POSTED_AGAIN && !post.documents?.length)
      posts.push({ ...post, dueMs: dueMs + AGAIN_MS, again: true });
  }
  return posts.sort((a, b) => a.dueMs - b.dueMs);
}

function dueTimes(profile: Profile, items: number, rate: number): number[] {
  const parts = PARTS[profile];
  const times: number[] = [];
  let at = 0;
  for (const [index, { share, times: faster }] of parts.entries()) {
    const own = index === parts.length - 1 ? items - times.length : Math.round(items * share);
    for (let sent = 0; sent < own; sent += 1) {
      times.push(at);
      at += 1000 / (rate * faster);
    }
  }
  return times;
}

/** Where more comes than at other times; undefined where all is even. */
export function surge(
  profile: Profile,
  items: number,
  rate: number,
): { from: number; to: number } | undefined {
  const times = dueTimes(profile, items, rate);
  const [first, middle] = PARTS[profile];
  if (!first || !middle) return undefined;
  const from = Math.round(items * first.share);
  const to = Math.min(items - 1, from + Math.round(items * middle.share));
  return { from: times[from] ?? 0, to: times[to] ?? 0 };
}

/** What tells one case from another: numbers of orders and invoices, amounts, senders, a reference in the text. */
const CHANGES: Readonly<Record<string, (text: string, next: Next) => string>> = {
  orderId: (text, next) => text.replace(/\d{6,}$/, () => String(between(next, 1_000_000, 9_999_999))),
  number: (text, next) => text.replace(/\d{3,}$/, () => String(between(next, 100_000, 999_999))),
  amount: (text, next) =>
    /^\d{1,6}\.\d\d$/.test(text) ? (Number(text) * (0.8 + next() / 5)).toFixed(2) : text,
  from: (text, next) => text.replace('@', () => `.${between(next, 1000, 9999)}@`),
  text: (text, next) => `${text}\n\nMy reference: L-${between(next, 100_000, 999_999)}`,
};

export function varied<T>(value: T, next: Next): T {
  if (Array.isArray(value)) return value.map((one) => varied(one, next)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, one]: [string, unknown]) => {
    const change = Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined;
    return [name, typeof one === 'string' && change ? change(one, next) : varied(one, next)];
  });
  return Object.fromEntries(fields) as T;
}
