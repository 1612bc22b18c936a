import { clock } from '../../kit/clock.ts';
import { Waiting } from '../../outbound/waiting-error.ts';

/** The step's request waits for its batch: whoever keeps the batches sends the item on. */
export class BatchPending extends Waiting {
  /** When the step asks at once, at the latest (milliseconds since 1970). */
  readonly until: number;
  constructor(until: number) {
    super('its answer comes with a batch', Math.ceil((until - clock.now()) / 1000));
    this.until = until;
  }
}
