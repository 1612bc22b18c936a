import { ALL, type Fact } from '../../lambdas/tables/statistics/figures.ts';
import { count } from '../../lambdas/tables/statistics/hours.ts';
import { inMinutes } from './console.ts';

/* What the stream counted of an automation, so many hours ago. */

let sequence = 0;

export async function happened(
  hoursAgo: number,
  n: NonNullable<Fact['n']>,
  { t = {}, of = [['all', ALL]], automation = 'demo' }: Partial<Fact> & { automation?: string } = {},
): Promise<void> {
  sequence += 1;
  const facts = [{ at: inMinutes(-60 * hoursAgo), of, n, t }];
  await count('control', 'shard', [{ automation, sequence: String(sequence), facts }]);
}

/** A fortnight as most are: the second week twice the first. */
export async function fortnight(automation = 'demo'): Promise<void> {
  for (let hoursAgo = 1; hoursAgo < 14 * 24; hoursAgo += 12) {
    const more = hoursAgo < 7 * 24 ? 2 : 1;
    const n = { received: 10 * more, done: 8 * more, rejected: more, parked: more === 2 ? 1 : 0 };
    const people = { asked: 3 * more, decided: 3 * more, overridden: more, activeSeconds: 90 * more };
    await happened(
      hoursAgo,
      { ...n, ...people, nanoUsd: 30_000_000 * more, awsNanoUsd: 2_800_000 * more, SystemError: n.parked },
      { automation, t: { ms: 90_000 * more, activeMs: 30_000 } },
    );
    for (const [verdict, judged] of [
      ['act', 7 * more],
      ['ask', 3 * more],
    ] as const)
      await happened(
        hoursAgo,
        { judged },
        {
          automation,
          of: [
            ['verdict', verdict],
            ['label', verdict === 'act' ? 'Billing' : 'other'],
          ],
        },
      );
    await happened(hoursAgo, people, { automation, of: [['group', 'leads']], t: { activeMs: 30_000 } });
    const version = more === 2 ? 'route.v2' : 'route.v1';
    await happened(hoursAgo, { calls: 10 * more }, { automation, of: [['promptVersion', version]] });
  }
}
