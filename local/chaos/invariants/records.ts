import type { Collected, Item, Lineage } from './collected.ts';

/* What is written down is whole: timeline, audit, money, events. */

/** The word of the timeline for each end. */
const ENDS = ['done', 'rejected', 'refused', 'expired', 'withdrawn', 'parked', 'quarantined'];

/** It begins with its receipt, goes forward in time, and ends with the item's status. */
export function timelineIsWhole({ items, clocksMs }: Collected): string[] {
  return items.flatMap((item) => [
    ...orderOf(item, clocksMs),
    ...endOf(item),
    ...generationsOf(item),
    ...actsOf(item),
  ]);
}

function orderOf({ id, timeline }: Item, clocksMs: number): string[] {
  if (timeline[0]?.event !== 'received') return [`${id} begins with '${timeline[0]?.event ?? 'nothing'}'`];
  return timeline.flatMap(({ at, event }, place) => {
    const before = timeline[place - 1]?.at;
    return before !== undefined && Date.parse(at) + clocksMs < Date.parse(before)
      ? [`${id}: '${event}' stands behind what came later`]
      : [];
  });
}

function endOf({ id, status, timeline }: Item): string[] {
  return ENDS.includes(status) && !timeline.some(({ event }) => event === status)
    ? [`${id} is ${status}, and its timeline does not say so`]
    : [];
}

/** Every generation has begun with an event. */
function generationsOf({ id, generation, timeline }: Item): string[] {
  const begun = timeline
    .filter((it) => typeof it.generation === 'number')
    .map((it) => it.generation as number);
  const most = Math.max(1, ...begun);
  return most < generation ? [`${id} is in generation ${generation}, and its timeline knows ${most}`] : [];
}

/** Nothing was done that was not begun. */
function actsOf({ id, timeline }: Item): string[] {
  const named = (event: string) =>
    timeline.filter((it) => it.event === event).map(({ action, number = '' }) => `${action} ${number}`);
  const begun = new Set(named('acting'));
  return named('acted')
    .filter((one) => !begun.has(one))
    .map((one) => `${id}: '${one}' was done, and never begun`);
}

/** Each decision of people and each command of operators is in the audit, once. */
export function auditIsWhole({ approvals, audit, redrives }: Collected): string[] {
  const decisions = approvals
    .filter(({ decision, decidedBy }) => decision !== undefined && decidedBy !== undefined)
    .flatMap(({ id }) => {
      const found = audit.filter((line) => line.approvalId === id && line.event === 'decided').length;
      return found === 1 ? [] : [`the decision on ${id} is in the audit ${found} times`];
    });
  const commands = redrives
    .filter(({ item, reason }) => !audit.some((line) => line.itemId === item && line.comment === reason))
    .map(({ item, reason }) => `the audit knows no redrive of ${item} ('${reason}')`);
  return [...decisions, ...commands];
}

/** What acts alone is in the audit too. */
export function actsAloneIsAudited({ items, audit }: Collected): string[] {
  return items
    .filter(({ verdict, status }) => verdict === 'act' && status === 'done')
    .filter(({ id }) => !audit.some(({ event, itemId }) => event === 'acts_alone' && itemId === id))
    .map(({ id }) => `${id} acted alone, and the audit does not say so`);
}

/**
 * No day costs more than it may, and its days know no less than was paid: a call is booked on the day before it where midnight comes
 * between both. A hundred-thousandth is rounding.
 */
export function spendWithinCap({ budgets }: Collected): string[] {
  const dear = budgets.flatMap(({ automation, capUsd, bookedUsd }) =>
    bookedUsd > capUsd + 1e-5 ? [`${automation} booked ${bookedUsd} of ${capUsd} USD`] : [],
  );
  const unknown = [...Map.groupBy(budgets, ({ automation }) => automation)].flatMap(([automation, days]) => {
    const paid = days.reduce((sum, { paidUsd }) => sum + paidUsd, 0);
    const booked = days.reduce((sum, { bookedUsd }) => sum + bookedUsd, 0);
    return paid > booked + 1e-5 ? [`${automation} paid ${paid} USD, and its days know ${booked}`] : [];
  });
  return [...dear, ...unknown];
}

/** A step that was answered is not paid a second time, whether or not the second call is written down. */
export function paidOnce({ items, model }: Collected): string[] {
  const due = items.reduce((sum, { lineage = [] }) => sum + callsDue(lineage), 0);
  return model.calls > due + model.excused
    ? [
        `${model.calls} calls of models, ${due} that steps needed, and ${model.excused} that a fault accounts for`,
      ]
    : [];
}

/** Each that failed, and one for each step that was answered. */
function callsDue(lineage: readonly Lineage[]): number {
  const paid = lineage.filter(({ source, cached }) => source === undefined && cached !== true);
  const answered = paid.filter(({ failure }) => failure === undefined);
  const steps = new Set(answered.map(({ step, model }) => `${step} ${model}`));
  return paid.length - answered.length + steps.size;
}

/** Every status that an item went through was told at least once. */
export function statusIsTold({ items, told }: Collected): string[] {
  const heard = new Set(told.map(({ id, status }) => `${id} ${status}`));
  return items.flatMap(({ id, status, timeline }) => {
    const known = new Set(['received', 'processing', 'waiting_approval', 'acting', ...ENDS]);
    const through = new Set([...timeline.map(({ event }) => event).filter((one) => known.has(one)), status]);
    return [...through]
      .filter((one) => !heard.has(`${id} ${one}`))
      .map((one) => `${id}: nobody was told '${one}'`);
  });
}
