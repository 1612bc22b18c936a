import type { Automation } from '../../contract/automation.ts';
import type { Endpoint } from '../../contract/endpoint.ts';
import type { EnvFor } from '../../contract/env.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { errorFacts } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { CallFailure, errorOf } from '../../outbound/classify.ts';
import {
  type BatchFile,
  type BatchStanding,
  filesOf,
  keep,
  noteStanding,
} from '../../tables/batches/files.ts';
import { openList } from '../../tables/batches/keys.ts';
import { type BatchRequest, requestsIn } from '../../tables/batches/requests.ts';
import { heldNow, heldWhole } from '../../tables/control/hold.ts';
import { askAtOnce, drop } from './collect.ts';
import { itemsOf, sendOn, wants } from './items.ts';
import { eachOf, Keeping } from './keeper.ts';
import { lookAt } from './look.ts';
import { hasSoon } from './soon.ts';
import { fill } from './submit.ts';
import { cutoffOf, hasGathered, isOffPeak } from './times.ts';

/*
 * What the state machine does again and again while anything waits. All of it is in the tables: whoever comes next, in this run or in
 * another, goes on from there.
 */

export interface TickOptions {
  env: EnvFor<'models/batch'>;
  automation: Pick<Automation, 'name' | 'steps' | 'maxConcurrency'>;
  endpoints: readonly Endpoint[];
  /** The run that asks. */
  by: string;
  /** When the function ends (milliseconds since 1970). */
  deadline: number;
  /** The run ends with this look, whatever waits. @default false */
  last?: boolean;
}

/** Whoever looks holds the batches so long beyond the function's end. */
const KEEP_MS = 30_000;
/** A run may be late for its next look. */
const SLACK_SECONDS = 30;

/** Of those that are in no file, in one look. */
const MOST_OPEN = 20_000;

export interface Ticked {
  /** Whether this run comes back before the schedule begins the next one. */
  waits: boolean;
  open: number;
  files: number;
}

export async function tick({
  env,
  automation,
  endpoints,
  by,
  deadline,
  last = false,
}: TickOptions): Promise<Ticked> {
  const { name } = automation;
  const nothing = { waits: false, open: 0, files: 0 };
  // Another run is at it.
  if (!(await keep(env.CONTROL_TABLE, name, by, deadline + KEEP_MS))) return nothing;
  const note = await heldNow(env.CONTROL_TABLE, name, heldWhole);
  const held = note?.mode === 'suspend';
  const keeping = new Keeping({ env, automation, endpoints, held });
  // A provider that is down holds up no other, and no request whose time is over.
  const faults: Error[] = [];
  for (const file of await filesOf(keeping.table, name))
    await lookAt(keeping, file).catch((error: unknown) => faults.push(heard(error, keeping, file)));
  await goOnWithOpen(keeping).catch((error: unknown) => faults.push(heard(error, keeping)));
  await keeping.flush();
  const [all, open] = await Promise.all([
    filesOf(keeping.table, name),
    requestsIn(keeping.table, openList(name), MOST_OPEN),
  ]);
  const standing = standingOf(all, open);
  const pauseMs = Number(env.PAUSE_SECONDS) * 1000;
  const gatherMs = Number(env.GATHER_SECONDS) * 1000;
  const soon = hasSoon({ open, files: all, automation, pauseMs, gatherMs, now: clock.now() });
  const waits = !last && (soon || faults.length > 0);
  // The function is done: from here on they are held until the run's next look.
  const until = waits ? clock.now() + pauseMs + SLACK_SECONDS * 1000 : 0;
  await noteStanding(env.CONTROL_TABLE, name, by, standing, until);
  logger.info('batches', { automation: name, open: standing.open, files: standing.files.length, held });
  // What passes is looked at again by this run; anything else is an alarm.
  const [fault] = faults.filter((error) => errorFacts(error).class !== 'TransientError');
  if (fault) throw fault;
  return { waits, open: standing.open, files: standing.files.length };
}

function heard(error: unknown, { automation, endpoints }: Keeping, file?: BatchFile): Error {
  const { name } = automation;
  const endpoint = endpoints.find((it) => it.name === file?.endpoint);
  const known = error instanceof CallFailure ? errorOf(error, endpoint) : (error as Error);
  logger.warn('batches were not looked at', {
    automation: name,
    batch: file?.batch,
    reason: errorFacts(known).message,
  });
  return known;
}

/** Requests in no file: into one, or asked at once where their time is over. */
async function goOnWithOpen(keeping: Keeping): Promise<void> {
  const { name, maxConcurrency: places } = keeping.automation;
  const all = await requestsIn(keeping.table, openList(name), MOST_OPEN);
  if (all.length === 0) return;
  const items = await itemsOf(keeping, all);
  const now = clock.now();
  const left: BatchRequest[] = [];
  await eachOf(all, async (request) => {
    const item = items.get(request.itemId);
    if (request.state === 'late') await sendOn(keeping, request, item);
    else if (!wants(item)) await drop(keeping, request);
    else if (now >= cutoffOf(request, { others: all.length, places }))
      await askAtOnce(keeping, request, item);
    else left.push(request);
  });
  if (keeping.held) return;
  // Told once for each step: what time it is in a time zone takes long to tell.
  const steps = [...new Set(left.map(({ step }) => step))];
  const submits = new Set(steps.filter((step) => isOffPeak(windowOf(keeping, step), now)));
  const groups = Map.groupBy(left, ({ endpoint, model, step }) =>
    submits.has(step) ? `${endpoint} ${model}` : '',
  );
  groups.delete('');
  for (const group of groups.values()) {
    const some = group.sort((a, b) => a.dueAt - b.dueAt);
    if (some.some((request) => hasGathered(request, Number(keeping.env.GATHER_SECONDS) * 1000, now)))
      await fill(keeping, some);
  }
}

const windowOf = ({ automation }: Keeping, step: string) => automation.steps?.[step]?.batch?.offPeak;

function standingOf(files: readonly BatchFile[], open: readonly BatchRequest[]): BatchStanding {
  return {
    at: isoNow(),
    open: open.length,
    files: files.map(
      ({ batch, endpoint, model, status = 'being made', requests, done = 0, failed = 0, dueAt }) => ({
        ...{ batch, endpoint, model, status, requests, done, failed },
        dueAt: new Date(dueAt).toISOString(),
      }),
    ),
  };
}
