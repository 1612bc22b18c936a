import { inParallel, type Poster, poster, seconds } from '../local/load/posts.ts';
import { decideAt, mailedLinks } from './approver.ts';
import type { Cpu } from './cpu.ts';
import type { Rig } from './rig.ts';
import { THRESHOLD } from './sort/automation.ts';

/* The two ways to do the same work, and a round of it. */

/** Every so many items a person decides. */
export const ASKED = 10;
/** Without any item that is acted on. */
const LOST_AFTER_SECONDS = 60;

/** One of the two, as far as a bench needs it. */
export interface Pipeline {
  name: string;
  poster(connections: number): Poster;
  /** Approves whoever waits by now, and says how many that were. */
  decide(): Promise<number>;
  /** How many were ever acted on: asked often, and cheap. */
  count(): Promise<number>;
  /** When each of them was, by id. */
  acted(): Promise<ReadonlyMap<string, number>>;
}

export interface Round {
  ids: string[];
  itemsPerSecond: number;
  acceptMs: number[];
  refused: number;
  lost: number;
  /** Of one item. */
  cpu: Cpu;
}

/** `actions`: when the destination took each item. */
export function ourPipeline({ run: { outputs } }: Rig, actions: ReadonlyMap<string, number>): Pipeline {
  const url = `${outputs.apiUrl}/v1/automations/sort/items`;
  const decided = new Set<string>();
  return {
    name: 'ours',
    poster: (connections) =>
      poster(url, connections, () => ({
        authorization: `Bearer ${outputs.clientToken}`,
        'idempotency-key': crypto.randomUUID(),
      })),
    async decide() {
      const links = (await mailedLinks(outputs)).filter(({ url }) => !decided.has(url));
      for (const { url } of links) decided.add(url);
      await inParallel(links.length, 4, (number) => decideAt(links[number - 1]?.url ?? '', 'approve'));
      return links.length;
    },
    count: async () => actions.size,
    acted: async () => actions,
  };
}

export function naivePipeline({ naive }: Rig): Pipeline {
  return {
    name: 'naive',
    poster: (connections) => poster(naive.url, connections, () => ({})),
    decide: () => naive.answerQuestions(),
    count: () => naive.count(),
    acted: () => naive.recorded(),
  };
}

export async function round(
  rig: Rig,
  pipeline: Pipeline,
  items: number,
  connections: number,
): Promise<Round> {
  const { result, cpu } = await rig.spent(async () => {
    const before = await pipeline.count();
    const startedAt = Date.now();
    const [posted, ended] = await deciding(pipeline, Math.floor(items / ASKED), async () => {
      const posted = await postAll(pipeline, items, connections);
      return [posted, await allActed(pipeline, posted.ids, before)] as const;
    });
    await seconds(2); // What is told afterwards is part of the work.
    return { ...posted, took: (ended.last - startedAt) / 1000, lost: ended.lost };
  });
  const { ids, acceptMs, took, lost } = result;
  return {
    ...{ ids, itemsPerSecond: (ids.length - lost) / took, acceptMs, lost, refused: items - ids.length },
    cpu: { functions: cpu.functions / items, emulator: cpu.emulator / items, bench: cpu.bench / items },
  };
}

export async function postAll(
  pipeline: Pipeline,
  items: number,
  connections: number,
  body: (number: number) => object = bodyOf,
): Promise<{ ids: string[]; acceptMs: number[] }> {
  const { post, close } = pipeline.poster(connections);
  const answers = await inParallel(items, connections, (number) => post(body(number)));
  close();
  const accepted = answers.filter(({ status }) => status === 202);
  return {
    ids: accepted.map(({ body }) => (JSON.parse(body) as { id: string }).id),
    acceptMs: answers.map(({ ms }) => ms),
  };
}

export function bodyOf(number: number): object {
  return {
    ticket: `T${number}-${Math.random().toString(36).slice(2)}`,
    euros: number % ASKED === 0 ? THRESHOLD : 10,
    text: 'The parcel came, but the blue cup in it is missing. What can be done?',
  };
}

/** A person looks for questions each second, until all are answered or `work` is done. */
async function deciding<T>(pipeline: Pipeline, asked: number, work: () => Promise<T>): Promise<T> {
  let working = true;
  const person = (async () => {
    for (let decided = 0; working && decided < asked; ) {
      await seconds(1);
      decided += await pipeline.decide();
    }
  })();
  const done = work().finally(() => {
    working = false;
  });
  const [result] = await Promise.all([done, person]);
  return result;
}

/** When the last of them was acted on, and how many never were. */
export async function allActed(
  pipeline: Pipeline,
  ids: readonly string[],
  before: number,
): Promise<{ last: number; lost: number }> {
  let most = 0;
  let since = Date.now();
  while (most < ids.length && Date.now() < since + LOST_AFTER_SECONDS * 1000) {
    const count = (await pipeline.count()) - before;
    if (count > most) since = Date.now();
    most = count;
    await seconds(1);
  }
  const acted = await pipeline.acted();
  const last = Math.max(...ids.map((id) => acted.get(id) ?? 0));
  return { last, lost: ids.filter((id) => !acted.has(id)).length };
}
