import type { Faults } from '../../poller.ts';
import { type Fault, type Place, rigOf, usual } from './fault.ts';

/* What SQS and streams may do at any time, and pollers that end. */

/** For a while, or until the run has recovered. */
const delivering = (
  name: string,
  says: string,
  faults: (place: Place) => Faults,
  more: Partial<Fault> = {},
): Fault => ({
  ...{ ...usual, name, says, at: 'delivery', within: 0.2 },
  ...more,
  async begin(place) {
    const { deliveries } = rigOf(place);
    const given = faults(place);
    Object.assign(deliveries, given);
    return () => {
      for (const key of Object.keys(given)) delete deliveries[key as keyof Faults];
    };
  },
});

export const DELIVERY_FAULTS: readonly Fault[] = [
  delivering(
    'deliver-twice',
    'delivers each batch twice, one after the other or both at once',
    ({ random }) => ({
      duplicate: () => random.one([false, 'after', 'alongside'] as const),
    }),
  ),
  delivering('deliver-late', 'holds batches back for up to six seconds', ({ random }) => ({
    delayMs: () => (random.chance(0.6) ? random.whole(500, 6000) : 0),
  })),
  delivering(
    'deliver-out-of-order',
    'holds every batch back for another short time: later ones overtake it',
    ({ random }) => ({
      delayMs: () => random.whole(0, 2500),
    }),
  ),
  delivering('deliver-dropped', 'receives some batches and never delivers them', ({ random }) => ({
    drop: () => random.chance(0.25),
  })),
  delivering(
    'kill-9-pollers',
    'ends pollers that have delivered and not yet deleted: all comes again',
    ({ random }) => ({
      forget: () => random.chance(0.5),
    }),
  ),
  delivering(
    'stream-repeated',
    'delivers each batch of changes twice',
    () => ({ streamRepeats: () => true }),
    { at: 'stream' },
  ),
  delivering(
    'stream-stopped',
    'holds every batch of changes back for up to eight seconds',
    ({ random }) => ({ streamDelayMs: () => random.whole(1000, 8000) }),
    { at: 'stream' },
  ),
];
