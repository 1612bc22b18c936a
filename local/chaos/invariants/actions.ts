import type { Call, Collected, Item } from './collected.ts';

/* What may happen to the world: nothing lost, nothing twice, nothing unasked. Each names what breaks it; empty: it holds. */

/** A request is one item, however often it is posted, and it is there. */
export function acceptedIsKept({ posted, items }: Collected): string[] {
  const there = new Set(items.map(({ id }) => id));
  return posted.flatMap(({ key, ids }) => {
    const distinct = [...new Set(ids)];
    const twice =
      distinct.length > 1 ? [`request ${key} is ${distinct.length} items: ${distinct.join(', ')}`] : [];
    return [
      ...twice,
      ...distinct.filter((id) => !there.has(id)).map((id) => `${id} was accepted and is gone`),
    ];
  });
}

const FINAL = ['done', 'rejected', 'refused', 'expired', 'withdrawn'];
/** An operator or a person has something to press, or a budget or a breaker lets it go on. */
const OPERABLE = ['waiting_approval', 'parked', 'quarantined', 'suspended', 'deferred'];

/** Nothing is stuck where nobody is going to look. */
export function endedOrOperable({ items }: Collected): string[] {
  return items
    .filter(({ status }) => !FINAL.includes(status) && !OPERABLE.includes(status))
    .map(
      ({ id, status, timeline }) =>
        `${id} stands at '${status}' since '${timeline.at(-1)?.event ?? 'nothing'}'`,
    );
}

/** Only its destination can tell whether it acted: no command of ours makes more of it. */
function isUnknown({ error, actions = [], action }: Item): boolean {
  const unknown = [...actions, ...(action ? [action] : [])].some(({ status }) => status === 'unknown');
  return unknown || /ask there/.test(error?.message ?? '');
}

/** Whether an operator can let it go on. */
export function isToGoOn(item: Item): boolean {
  return ['parked', 'quarantined'].includes(item.status) && !isUnknown(item);
}

/** Once a fault is over, and people and operators have done what they do, nothing is left for them. */
export function nothingIsLeft({ items }: Collected): string[] {
  return items
    .filter((item) => item.status === 'waiting_approval' || isToGoOn(item))
    .map(({ id, status, error }) => `${id} is ${status} still: ${error?.message ?? 'nobody decided'}`);
}

/** Whoever rests says why. */
export function restsWithReason({ items }: Collected): string[] {
  return items
    .filter(({ status, error }) => ['parked', 'quarantined'].includes(status) && !error?.message)
    .map(({ id, status }) => `${id} is ${status} without a reason`);
}

function effects(calls: readonly Call[]): Call[] {
  return calls.filter(({ duplicate }) => !duplicate);
}

/**
 * A destination acts once for an item: another key is another action. Where an item that is done was opened again, and a person approved
 * what it proposes then, that is another action.
 */
export function actedAtMostOnce({ items, calls, approvals }: Collected): string[] {
  const known = new Set(items.map(({ id }) => id));
  const seen = new Map<string, { item: string; keys: Set<string> }>();
  for (const { item, destination, idempotencyKey } of effects(calls)) {
    if (!item || !known.has(item)) continue;
    const at = `${item} at ${destination}`;
    const { keys } = seen.get(at) ?? { keys: new Set<string>() };
    seen.set(at, { item, keys: keys.add(idempotencyKey ?? 'no key') });
  }
  const approved = (id: string) =>
    approvals.filter(({ itemId, decision }) => itemId === id && decision === 'approve').length;
  return [...seen]
    .filter(([, { item, keys }]) => keys.size > Math.max(1, approved(item)))
    .map(([at, { keys }]) => `${at} acted ${keys.size} times under other keys`);
}

/** Where nobody would notice a repetition, none is made. */
export function neverRepeatedBlindly({ calls, takesKeys }: Collected): string[] {
  return calls
    .filter(({ destination, duplicate }) => duplicate && takesKeys[destination] === false)
    .map(
      ({ destination, item, idempotencyKey }) =>
        `${destination} was called again for ${item} (${idempotencyKey})`,
    );
}

/** Under one key always the same thing. */
export function sameKeySameBody({ calls }: Collected): string[] {
  const first = new Map<string, string>();
  return calls.flatMap(({ destination, idempotencyKey, body }) => {
    const at = `${destination} ${idempotencyKey}`;
    const text = JSON.stringify(body);
    const before = first.get(at);
    if (before === undefined) first.set(at, text);
    return before !== undefined && before !== text ? [`${at} came with another body`] : [];
  });
}

function actionsOf(item: Item): { name: string; status: string }[] {
  return [...(item.actions ?? (item.action ? [item.action] : []))];
}

/** What is done has done all that was proposed, each at its destination. */
export function doneIsDone({ items, calls }: Collected): string[] {
  const called = new Set(effects(calls).map(({ idempotencyKey }) => idempotencyKey));
  return items
    .filter(({ status }) => status === 'done')
    .flatMap((item) => {
      const actions = actionsOf(item) as { name: string; status: string; idempotencyKey?: string }[];
      if (actions.length === 0) return [`${item.id} is done, and names no action`];
      return actions.flatMap(({ name, status, idempotencyKey }) => {
        if (status !== 'done') return [`${item.id} is done, and its action '${name}' is ${status}`];
        // Mails go another way.
        const posts = name !== 'tell';
        return posts && idempotencyKey && !called.has(idempotencyKey)
          ? [`${item.id} says that '${name}' is done, and no destination was called`]
          : [];
      });
    });
}

const NEVER_ACTS = ['rejected', 'refused', 'expired', 'withdrawn'];

/** Nothing acts that was refused or rejected, nor, where a person must decide, before one said yes. */
export function neverUnasked({ posted, items, calls }: Collected): string[] {
  const acted = new Set(effects(calls).map(({ item }) => item));
  const asks = new Set(posted.filter(({ kind }) => kind !== 'act').flatMap(({ ids }) => ids));
  return items.flatMap((item) => {
    if (!acted.has(item.id)) return [];
    if (NEVER_ACTS.includes(item.status)) return [`${item.id} is ${item.status}, and acted`];
    const approved = item.approval?.decision?.startsWith('approve') === true;
    return (asks.has(item.id) || item.verdict === 'ask') && !approved
      ? [`${item.id} acted, and nobody approved it`]
      : [];
  });
}
