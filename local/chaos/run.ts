import { collect, type Paid, type Traces } from './collect.ts';
import type { Fault, Place } from './faults/fault.ts';
import { isToGoOn } from './invariants/actions.ts';
import { check, type Violation } from './invariants/check.ts';
import type { Item, Posted, Said } from './invariants/collected.ts';
import { CLOCKS_MS, hoursSince } from './kept.ts';
import { mixOf, type Work } from './mix.ts';
import type { Random } from './random.ts';
import type { Rig } from './rig.ts';
import { type Decision, pause, type World } from './world.ts';

/*
 * One run: work comes in, one fault begins at some moment and ends, and people and operators do what they would do. Then every invariant
 * must come to hold, within the time that recovery may take; what is broken for good is found then as well.
 */

export interface RunResult {
  name: string;
  fault: string;
  items: number;
  /** From the end of the fault until everything held, in seconds; with a violation, the time that was waited. */
  recovery: number;
  seconds: number;
  ends: Record<string, number>;
  redrives: number;
  killed: number;
  notes: string[];
  violations: Violation[];
}

export interface RunOptions {
  world: World;
  rig: Rig | undefined;
  random: Random;
  fault: Fault;
  /** Keys begin with it: one of its own for each run. */
  name: string;
  paid: Paid;
  /** Seconds that recovery may take. */
  patience: number;
  /** Seconds without any change after which nothing more is expected. @default `patience` */
  steady?: number;
}

/* Where others use the application as well there is no rig, and their calls of models are not told apart. */

/** A fault that waits for what it is to meet ends by then. */
const MOST_MS = 30_000;

/** Where an earlier call has left its items, the same key would be the same item. */
const CALL = Date.now().toString(36);

/** What came late is seen within this. */
const SETTLES = 1.5;

export async function runOnce({
  world,
  rig,
  random,
  fault,
  name,
  paid,
  patience,
  steady = patience,
}: RunOptions): Promise<RunResult> {
  const began = Date.now();
  const killedBefore = rig?.wire.killed ?? 0;
  const work = mixOf(random, `${CALL}-${name}`, rig === undefined);
  const posted: Posted[] = [];
  const said: Said[] = [];
  const redrives: { item: string; reason: string }[] = [];
  const notes: string[] = [];
  const from = new Date(began - CLOCKS_MS).toISOString();
  const traces: Traces = {
    ...{ from, posted, said, redrives, hoursBefore: await hoursSince(world, from), verified: new Map() },
    ...{ modelBefore: await world.modelCalls(), excused: 0, shared: rig === undefined },
    clocksMs: fault.excuses.clocksMs ?? 0,
  };
  const redrive = async (id: string, reason: string) => {
    const { status } = await world.redrive(id, reason);
    if (status === 202) redrives.push({ item: id, reason });
    return status;
  };
  const items = async () =>
    (await Promise.all(idsOf(posted).map((id) => world.item(id)))).filter((it) => it !== undefined);
  const place: Place = {
    world,
    rig,
    random,
    redrive,
    items,
    posted: () => posted,
    note: (what) => void notes.push(what),
  };

  const posting = Promise.all(work.map((one) => postAll(world, one).then((done) => posted.push(done))));
  await pause(random.next() * fault.within);
  const end = await fault.begin(place);
  const people = new People(work, world, said, redrive);
  const lasts = Date.now() + random.whole(2000, 7000);
  await posting;
  // A fault without an end of its own lasts a while, and people work meanwhile.
  const most = Date.now() + MOST_MS;
  while (end && Date.now() < ('isOver' in end && !end.isOver() ? most : lasts)) {
    await people.go(await items(), posted, false);
    await pause(0.3);
  }
  await end?.();

  const ended = Date.now();
  let violations: Violation[] = [];
  let [before, since] = ['', ended];
  for (let clean = 0; ; ) {
    await people.go(await items(), posted, true);
    const killed = (rig?.wire.killed ?? 0) - killedBefore;
    traces.excused =
      (rig ? (fault.excuses.all ?? 0) : Number.POSITIVE_INFINITY) +
      (fault.excuses.each ?? 0) * Math.max(killed, notes.length);
    const collected = await collect(world, traces, paid);
    violations = check(collected);
    const now = JSON.stringify([violations, collected.items.map(({ timeline }) => timeline.length)]);
    if (now !== before) [before, since] = [now, Date.now()];
    const over = Date.now() - ended > patience * 1000 + traces.clocksMs || Date.now() - since > steady * 1000;
    clean = violations.length === 0 ? clean + 1 : 0;
    // Twice: what came late would break it.
    if (clean === 2 || (over && clean === 0)) {
      return {
        ...{ name, fault: fault.name, items: collected.items.length, violations, notes },
        recovery: Math.max(0, (Date.now() - ended) / 1000 - (clean === 2 ? SETTLES : 0)),
        seconds: (Date.now() - began) / 1000,
        ends: countBy(collected.items),
        ...{ redrives: redrives.length, killed },
      };
    }
    await pause(clean > 0 ? SETTLES : 0.4);
  }
}

const idsOf = (posted: readonly Posted[]) => [...new Set(posted.flatMap(({ ids }) => ids))];

async function postAll(world: World, { key, automation, kind, body, times }: Work): Promise<Posted> {
  const posts = Array.from({ length: times }, () => world.post(automation, key, body));
  const ids = (await Promise.all(posts)).filter((id) => id !== undefined);
  return { key, automation, kind, ids };
}

function countBy(items: readonly Item[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of items) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** How often an operator lets one item go on. */
const MOST_REDRIVES = 4;

/** Approvers who answer their mails, and an operator who lets go on what rests. */
class People {
  readonly #work: readonly Work[];
  readonly #world: World;
  readonly #said: Said[];
  readonly #redrive: (id: string, reason: string) => Promise<number>;
  readonly #times = new Map<string, number>();

  constructor(
    work: readonly Work[],
    world: World,
    said: Said[],
    redrive: (id: string, reason: string) => Promise<number>,
  ) {
    this.#work = work;
    this.#world = world;
    this.#said = said;
    this.#redrive = redrive;
  }

  async go(items: readonly Item[], posted: readonly Posted[], operates: boolean): Promise<void> {
    await Promise.all(
      items.map(async (item) => {
        if (item.status === 'waiting_approval') {
          const said = await this.#world.decide(item.id, this.#decisions(item, posted)).catch(() => []);
          this.#said.push(...said);
        } else if (operates && isToGoOn(item)) await this.#letGoOn(item);
      }),
    );
  }

  #of(id: string): number {
    return this.#times.get(id) ?? 0;
  }

  async #letGoOn({ id }: Item): Promise<void> {
    const times = this.#of(id);
    if (times >= MOST_REDRIVES) return;
    const status = await this.#redrive(id, `the fault is over (${times + 1}), ${id}`);
    if (status === 202) this.#times.set(id, times + 1);
  }

  #decisions({ id }: Item, posted: readonly Posted[]): readonly Decision[] {
    const key = posted.find(({ ids }) => ids.includes(id))?.key;
    return this.#work.find((one) => one.key === key)?.decisions ?? ['approve'];
  }
}
