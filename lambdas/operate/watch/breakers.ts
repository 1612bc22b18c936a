import type { NeighbourName } from '../../contract/neighbour.ts';
import { isoNow } from '../../kit/clock.ts';
import { type BreakerView, isUnreadable, readBreakers } from '../../tables/control/breakers.ts';
import type { Condition } from './condition.ts';

/**
 * Whose breaker is open, or tries whether it may close, and whose a person holds. One that nobody has called since its time was over is
 * none of these.
 * @returns `unread`: of whom nobody knows, as `where` of a condition; who calls them has an alarm of that
 */
export async function breakersNow(
  table: string,
  neighbours: readonly NeighbourName[],
  stage: string,
): Promise<{ found: Condition[]; unread: string[] }> {
  const read = await Promise.allSettled(
    neighbours.map((one) => readBreakers(table, [one], { eventual: true })),
  );
  const found: Condition[] = [];
  const unread: string[] = [];
  for (const [index, { kind, name }] of neighbours.entries()) {
    const one = read[index];
    const [breaker] = one?.status === 'fulfilled' ? one.value : [];
    const where = `signalbox-${stage} ${kind} ${name}`;
    if (!breaker || isUnreadable(breaker)) unread.push(where);
    else found.push(...conditionsOf(breaker, where));
  }
  return { found, unread };
}

function conditionsOf({ state, until, reason = '', forced }: BreakerView, where: string): Condition[] {
  const of = { where, at: isoNow() };
  if (forced && forced.state !== 'auto') {
    const { by, at, reason: why } = forced;
    const held = { ...of, name: 'breaker/held' as const, impact: HELD[forced.state] };
    return [{ ...held, reason: `${by} holds its breaker ${forced.state} since ${at}: ${why}` }];
  }
  if (state === 'closed' || until === undefined) return [];
  const because = reason ? `: ${reason}` : '';
  return [{ ...of, name: 'breaker/open', reason: `its breaker is ${state}${because}` }];
}

const HELD = {
  open: 'a person holds the breaker of a neighbour open: its calls wait, or go to another endpoint, until it is given back',
  closed:
    'a person holds the breaker of a neighbour closed: calls go out without a breaker, also while it is down, until it is given back',
};
