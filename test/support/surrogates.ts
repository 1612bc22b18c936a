import * as z from 'zod/mini';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { clock } from '../../lambdas/kit/clock.ts';
import type { RunnerOptions } from '../../lambdas/models/runner.ts';
import { orAsk } from '../../lambdas/models/surrogate/answer.ts';
import { trainSurrogates } from '../../lambdas/operate/surrogates/run.ts';
import type { Remembered } from '../../lambdas/tables/idempotency/once.ts';
import type { SurrogateRow } from '../../lambdas/tables/surrogates/surrogates.ts';
import { seeded } from '../../local/load/random.ts';
import { ENV, lineageEntry } from './fixtures.ts';
import { time, world } from './world.ts';

/* Texts of three topics and of none, and a model that knows which: what a surrogate learns from. */

const WORDS: Readonly<Record<string, string>> = {
  billing: 'invoice charged twice refund payment card amount statement fee money',
  access: 'password login locked account reset sign code email phone forgot',
  delivery: 'parcel late courier address tracking shipped box driver door missing',
  other: 'poem weather football recipe holiday song dinosaur guitar planet river',
};
const FILLER = 'please help me with my the about this today hello can you i would like to know'.split(' ');

const next = seeded(9);
const some = (words: readonly string[], n: number) =>
  Array.from({ length: n }, () => words[Math.floor(next() * words.length)] as string);

export const TOPICS = Object.keys(WORDS);

export function textAbout(topic: string): string {
  return [...some((WORDS[topic] ?? topic).split(' '), 4), ...some(FILLER, 5)]
    .sort(() => next() - 0.5)
    .join(' ');
}

export const AUTOMATION = {
  ...{ name: 'demo', budget: { perDayUsd: 1, perItemUsd: 1 }, prompts: { route: 'route.v1' } },
  steps: { route: { surrogate: { agreement: 0.95 } } },
  labels: TOPICS,
  requester: (body: unknown) => (body as { from?: string }).from,
};
export const OF = { automation: 'demo', step: 'route' };
const schema = z.object({ label: z.enum(TOPICS) });

let items = 0;
const itemId = (n: number) => `demo_${n.toString(16).padStart(32, '0')}`;

export interface Came {
  text: string;
  /** What the model says. */
  label: string;
  from?: string;
  options?: Partial<RunnerOptions>;
  prompt?: string;
  /** In the place of the model. */
  ask?: () => Promise<Remembered<{ label: string }>>;
  /** The same item once more. */
  again?: string;
  /** A batch has answered: `ask` gives what was paid for. */
  answered?: boolean;
}

/** An item is routed: what it got, by whom, and its id. */
export async function routed({
  text,
  label,
  from = `sender ${items % 40}`,
  options,
  prompt = 'Sort.',
  ask,
  again,
  answered = false,
}: Came) {
  items += 1;
  time.advance(1);
  const id = again ?? itemId(items);
  let asked = 0;
  const row = {
    ...{ id, automation: 'demo', client: 'shop', status: 'done', generation: 1, priority: 'normal', label },
    ...{
      receivedAt: new Date(clock.now()).toISOString(),
      order: `${new Date(clock.now()).toISOString()}#${id}`,
    },
  };
  if (!again) world.tables.put('items', row);
  const kept = await orAsk<{ label: string }>(
    {
      ...{
        item: row as unknown as ItemRow,
        body: { from },
        feedback: [],
        automation: AUTOMATION,
        endpoints: [],
      },
      ...{ idempotencyTable: 'idempotency', controlTable: 'control', bucket: 'bucket', contentDays: 30 },
      ...options,
    },
    {
      name: 'route',
      request: { prompt: { version: 'route.v1', text: prompt }, input: { labels: TOPICS, text }, schema },
      policy: AUTOMATION.steps.route.surrogate,
      answered,
    },
    () => {
      asked += 1;
      return ask ? ask() : Promise.resolve({ value: { label }, lineage: [lineageEntry()] });
    },
  );
  return { id, asked, label: kept.value?.label, by: kept.lineage.at(-1)?.model, lineage: kept.lineage };
}

/** So many items of all topics, one after the other, before a model that is right. */
export async function stream(n: number, labelled = (topic: string) => topic) {
  const all = [];
  for (let at = 0; at < n; at += 1) {
    const topic = TOPICS[at % TOPICS.length] as string;
    all.push({ topic, ...(await routed({ text: textAbout(topic), label: labelled(topic) })) });
  }
  return all;
}

export const train = () => trainSurrogates(AUTOMATION, ENV);

export const standing = () =>
  world.tables.row('control', 'demo_surrogate#route') as unknown as SurrogateRow | undefined;

/** Enough has come, and was learned from. */
export async function learned(n = 600): Promise<void> {
  await train();
  await stream(n);
  await train();
  time.advance(6);
}
