import { actOn } from '../../lambdas/act/act.ts';
import { automation, destinationsAt, ENV, ID, sqsRecord } from '../support/fixtures.ts';
import { type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';

/* The one destination of the demo, and the message that says to act there. */

export let ledger: Stub;

/** A world of its own for the test that runs, with a ledger that takes everything. */
export async function freshLedger(): Promise<void> {
  world.reset();
  time.freezeLater();
  ledger = await stubServer({ status: 200, body: { reference: 'R-1' } });
}

export const act = (taskToken = 'token-1', generation = 1) => {
  const DESTINATIONS = destinationsAt(ledger.url);
  return actOn(sqsRecord({ itemId: ID, generation, taskToken }), { ...ENV, DESTINATIONS }, automation);
};
