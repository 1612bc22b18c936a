import { availableParallelism, cpus } from 'node:os';
import { Follower } from './follow.ts';
import type { LoadOptions } from './options.ts';
import { type LookAtBreakers, type Outage, outage } from './outage.ts';
import { type Caller, caller, inParallel } from './posts.ts';
import { MOST_STORIES, type Run } from './report.ts';
import { pause, type Sent, sendAll } from './send.ts';
import type { Story } from './story.ts';
import { askAround, type Target } from './target.ts';
import { plan } from './traffic.ts';

/* One run: what is sent, what becomes of it, and what is then read of it. */

export interface Watched {
  /** A step begins. */
  log(line: string): void;
  /** How far it is. */
  detail(text: string): void;
  signal: AbortSignal;
  /** Between two looks at the list. */
  everyMs?: number;
}

/** Reading stories is a load too, and comes after the run. */
const READERS = 6;
const LAST_ANSWERS_MS = 3000;
/** After a third of the items. */
const OUTAGE_AT = 1 / 3;

export async function runLoad(options: LoadOptions, target: Target, watched: Watched): Promise<Run> {
  const { signal, log } = watched;
  const calls = caller(target.url, options.connections + READERS);
  // Whoever breaks it off does not wait for what a busy server has not answered.
  signal.addEventListener('abort', () => setTimeout(calls.close, LAST_ANSWERS_MS).unref(), { once: true });
  try {
    const known = await askAround(calls, target.token);
    const run = crypto.randomUUID().slice(0, 8);
    const posts = plan(known.templates, { ...options, run });
    const names = new Set(known.templates.map(({ automation }) => automation));
    log(`seed ${options.seed}: ${posts.length} posts to ${[...names].join(', ')} at ${target.what} ...`);
    log(`what has not changed for ${options.patience} s when all is sent counts as lost`);
    const startedAt = Date.now();
    const before = cpuTimes();
    const { token } = target;
    const sent: Sent[] = [];
    const follower = new Follower({
      ...{ caller: calls, token, since: known.now, patienceSeconds: options.patience, signal },
      ...(watched.everyMs === undefined ? {} : { everyMs: watched.everyMs }),
    });
    const show = () =>
      watched.detail(
        `${sent.length} of ${posts.length} posted, ${follower.size} accepted, ${follower.resting} at rest, ${sent.reduce((sum, one) => sum + one.turnedAway, 0)} times 429`,
      );
    const ticker = setInterval(show, 500);
    const look: LookAtBreakers = async () => {
      const answer = await calls.call('GET', '/v1/breakers', { authorization: `Bearer ${token}` });
      return answer.status === 200 ? JSON.parse(answer.body).breakers : undefined;
    };
    const rested = new AbortController();
    const looking = {
      look: () => look().catch(() => undefined),
      until: AbortSignal.any([signal, rested.signal]),
    };
    const down = outageIn(options, target, posts, signal, looking);
    try {
      const sending = sendAll(posts, {
        ...{ caller: calls, token, connections: options.connections, signal },
        told(one) {
          sent.push(one);
          if (one.id !== undefined) follower.accepted(one.id);
        },
      });
      const [followed] = await Promise.all([follower.untilRest(sending), sending]);
      rested.abort();
      show();
      const cpu = target.sandbox ? busyShare(before) : undefined;
      log('reading what became of them ...');
      const stories = await storiesOf(calls, token, [...followed.statuses.keys()]);
      const made = await madeBy(stories, (ids) => storiesOf(calls, token, ids));
      return {
        ...{ options, what: target.what, startedAt, sent, followed, stories, made, known, cpu },
        ...{ outage: await down, brokenOff: signal.aborted },
      };
    } finally {
      clearInterval(ticker);
    }
  } finally {
    calls.close();
  }
}

async function outageIn(
  { outage: seconds }: LoadOptions,
  { sandbox }: Target,
  posts: readonly { dueMs: number }[],
  signal: AbortSignal,
  looking: Parameters<typeof outage>[3],
): Promise<Outage | undefined> {
  if (seconds === undefined || !sandbox) return undefined;
  await pause(posts[Math.floor(posts.length * OUTAGE_AT)]?.dueMs ?? 0, signal);
  return signal.aborted ? undefined : outage(sandbox, seconds, signal, looking);
}

/** Also where it was broken off: what is known by then is told. */
async function storiesOf(calls: Caller, token: string, ids: readonly string[]): Promise<Story[]> {
  const step = Math.max(1, ids.length / MOST_STORIES);
  const read = Array.from(
    { length: Math.min(ids.length, MOST_STORIES) },
    (_, at) => ids[Math.floor(at * step)],
  );
  const headers = { authorization: `Bearer ${token}` };
  const stories: Story[] = [];
  await inParallel(read.length, READERS, async (number) => {
    const path = `/v1/items/${encodeURIComponent(read[number - 1] ?? '')}`;
    const answer = await calls.call('GET', path, headers).catch(() => undefined);
    if (answer?.status === 200) stories.push(JSON.parse(answer.body) as Story);
  });
  return stories;
}

/** What items made that were made by others too: they ask the same endpoints, and are paid for. */
async function madeBy(
  stories: readonly Story[],
  read: (ids: readonly string[]) => Promise<Story[]>,
): Promise<Story[]> {
  const known = new Set(stories.map(({ id }) => id));
  const made: Story[] = [];
  for (let next = stories; next.length > 0; ) {
    const ids = new Set(next.flatMap(({ children = [] }) => children.filter((id) => !known.has(id))));
    for (const id of ids) known.add(id);
    next = await read([...ids]);
    made.push(...next);
  }
  return made;
}

interface CpuTimes {
  idle: number;
  all: number;
}

function cpuTimes(): CpuTimes {
  const times = cpus().map((core) => core.times);
  const all = times.flatMap((one) => Object.values(one)).reduce((sum, ms) => sum + ms, 0);
  return { idle: times.reduce((sum, { idle }) => sum + idle, 0), all };
}

/** Of all cores since then; undefined where the machine does not tell. */
function busyShare(before: CpuTimes): number | undefined {
  const now = cpuTimes();
  const all = now.all - before.all;
  return availableParallelism() > 0 && all > 0 ? 1 - (now.idle - before.idle) / all : undefined;
}
