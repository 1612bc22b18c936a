import { isoNow } from '../../lambdas/kit/clock.ts';
import { budgetKey } from '../../lambdas/tables/keys.ts';
import type {
  Approval,
  AuditLine,
  Budget,
  Collected,
  Item,
  Posted,
  Said,
  Verified,
} from './invariants/collected.ts';
import { type Hours, statisticsOf, verifiedOf } from './kept.ts';
import { DESTINATIONS, type World } from './world.ts';

/** What one run has done by itself, and what is needed to find its traces. */
export interface Traces {
  /** ISO 8601. */
  from: string;
  posted: readonly Posted[];
  said: readonly Said[];
  redrives: readonly { item: string; reason: string }[];
  /** Calls of models before the run. */
  modelBefore: number;
  excused: number;
  /** By which clocks may differ. */
  clocksMs: number;
  /** What the hours held before the run. */
  hoursBefore: Hours;
  /** What `verify` found right, by item and events. */
  verified: Map<string, Verified>;
  /** Others use the application as well. */
  shared: boolean;
}

/** By automation, as its `automation.ts` has it. */
const CAPS = { parcel: 5, 'refund-request': 5 } as const;

/** What runs before this one have paid: their items are not read again. */
export class Paid {
  readonly #by = new Map<string, Map<string, Item['lineage']>>();

  note(items: readonly Item[]): void {
    for (const { id, automation, lineage } of items) {
      const own = this.#by.get(automation) ?? new Map<string, Item['lineage']>();
      this.#by.set(automation, own.set(id, lineage));
    }
  }

  /** By the day on which it was called: a series of runs may go on past midnight. */
  by(automation: string): Map<string, number> {
    const days = new Map([[isoNow().slice(0, 10), 0]]);
    for (const { at, costUsd } of [...(this.#by.get(automation)?.values() ?? [])].flatMap((it) => it ?? []))
      days.set(at.slice(0, 10), (days.get(at.slice(0, 10)) ?? 0) + costUsd);
    return days;
  }
}

export async function collect(world: World, traces: Traces, paid: Paid): Promise<Collected> {
  const { posted, said, redrives, from, modelBefore, excused, clocksMs, hoursBefore, shared } = traces;
  const ids = [...new Set(posted.flatMap((one) => one.ids))];
  const items = (await Promise.all(ids.map((id) => world.item(id)))).filter((it) => it !== undefined);
  paid.note(items);
  const [calls, modelCalls, entries, verified, statistics, ...approvals] = await Promise.all([
    world.calls(),
    world.modelCalls(),
    world.audit(from),
    verifiedOf(world, items, traces.verified),
    shared ? [] : statisticsOf(world, ids, from, hoursBefore),
    ...items.map((item) => approvalsOf(world, item)),
  ]);
  const own = new Set(ids);
  return {
    ...{ posted, items, said, redrives, verified, statistics, clocksMs },
    // What comes late to an item of an earlier run is seen as well, where all of them are ours.
    calls: shared ? calls.filter(({ item }) => own.has(item ?? '')) : calls,
    takesKeys: DESTINATIONS,
    model: { calls: modelCalls - modelBefore, excused },
    approvals: approvals.flat(),
    audit: entries.map(
      (entry): AuditLine => ({
        ...{ event: entry.event, automation: entry.automation, itemId: entry.itemId, comment: entry.comment },
        approvalId: 'approvalId' in entry ? entry.approvalId : undefined,
        command: 'command' in entry ? entry.command : undefined,
      }),
    ),
    // Tests of others write such rows themselves.
    budgets: shared
      ? []
      : (
          await Promise.all(Object.entries(CAPS).map(([name, cap]) => budgetsOf(world, name, cap, paid)))
        ).flat(),
    told: world.told.filter(({ id }) => own.has(id)),
  };
}

async function approvalsOf(world: World, { id, generation }: Item): Promise<Approval[]> {
  const all = Array.from({ length: generation }, (_, at) => world.approval(id, at + 1));
  return (await Promise.all(all)).flatMap((row) =>
    row?.facts
      ? [
          {
            ...{ id: row.id, itemId: row.itemId, generation: row.generation, status: row.status },
            ...{ decision: row.decision, decidedBy: row.decidedBy, trail: row.trail },
          },
        ]
      : [],
  );
}

function budgetsOf(world: World, automation: string, capUsd: number, paid: Paid): Promise<Budget[]> {
  return Promise.all(
    [...paid.by(automation)].map(async ([day, paidUsd]) => {
      const row = await world.row('control', budgetKey(automation, day));
      const bookedUsd = Number(row?.spentMicroUsd ?? 0) / 1e6;
      const extraUsd = Number(row?.extraMicroUsd ?? 0) / 1e6;
      return { automation, capUsd: capUsd + extraUsd, bookedUsd, paidUsd };
    }),
  );
}
