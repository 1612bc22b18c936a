import type { NeighbourName } from '../../contract/neighbour.ts';
import { isoNow } from '../../kit/clock.ts';
import { readBreakers } from '../../tables/control/breakers.ts';
import type { Condition } from './condition.ts';

/** Whose breaker is open, or tries whether it may close. One that nobody has called since its time was over is neither. */
export async function openBreakers(
  table: string,
  neighbours: readonly NeighbourName[],
  stage: string,
): Promise<Condition[]> {
  const found = await Promise.allSettled(
    neighbours.map((one) => readBreakers(table, [one], { eventual: true })),
  );
  const at = isoNow();
  return found.flatMap((read) => {
    // A row that cannot be read has an alarm of its own, from whoever calls that neighbour.
    const [breaker] = read.status === 'fulfilled' ? read.value : [];
    if (!breaker || breaker.state === 'closed' || breaker.until === undefined) return [];
    const { kind, name, state, reason = '' } = breaker;
    return [
      {
        ...{ name: 'breaker/open' as const, where: `signalbox-${stage} ${kind} ${name}`, at },
        reason: `its breaker is ${state}${reason ? `: ${reason}` : ''}`,
      },
    ];
  });
}
