import type { Sample } from '../../lambdas/contract/audits/sample.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { samplesKey } from '../../lambdas/tables/keys.ts';
import { addSamples } from '../../lambdas/tables/samples/samples.ts';
import { inMinutes } from '../support/console.ts';
import { itemRow, proposal } from '../support/fixtures.ts';
import { world } from '../support/world.ts';

/* An item that acted alone and was chosen for an audit. */

export const ITEM = `demo_${'ab'.repeat(16)}`;
export const PATH = `/console/audits/${ITEM}-g1`;

export async function chosen(fields: Partial<Sample> = {}): Promise<void> {
  const document = proposal({
    itemId: ITEM,
    brief: 'a brief of the model',
    label: 'Billing',
    verdict: 'act',
  });
  const bodyKey = `items/${ITEM}/body.json`;
  const proposalKey = `items/${ITEM}/proposal-g1.json`;
  world.content.set(`bucket/${bodyKey}`, JSON.stringify({ text: 'I was <b>charged</b> twice' }));
  world.content.set(`bucket/${proposalKey}`, JSON.stringify(document));
  const proposalDigest = digest(document);
  world.tables.put(
    'items',
    itemRow({ id: ITEM, status: 'done', verdict: 'act', bodyKey, proposalKey, proposalDigest }),
  );
  await addSamples('control', [
    {
      ...{ itemId: ITEM, generation: 1, at: inMinutes(-60), label: 'Billing', verdict: 'act', marks: [] },
      ...{ probability: 0.05, people: 1, answers: [], ...fields },
    },
  ]);
}

export async function chosenAnew(fields: Partial<Sample>): Promise<void> {
  world.tables.put('control', {
    id: samplesKey('demo', inMinutes(-60).slice(0, 13)),
    version: 1,
    samples: {},
  });
  await chosen(fields);
}

/** The item's proposal is another one, and was carried out. */
export function proposed(changes: object): void {
  const document = { ...proposal({ itemId: ITEM, label: 'Billing', verdict: 'act' }), ...changes };
  const [row] = world.tables.all('items').filter(({ id }) => id === ITEM);
  world.content.set(`bucket/items/${ITEM}/proposal-g1.json`, JSON.stringify(document));
  world.tables.put('items', { ...row, proposalDigest: digest(document) } as never);
}
