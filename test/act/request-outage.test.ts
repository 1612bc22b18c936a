import { afterEach, expect, it, vi } from 'vitest';
import { actOn } from '../../lambdas/act/act.ts';
import type { RequestDestination } from '../../lambdas/contract/outside/destination.ts';
import { judgedOf, sealVerdict } from '../../lambdas/gate/seal.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { answerTicket } from '../recipes/help-desk.ts';
import type { Fault } from '../support/doubles/double.ts';
import { AGENT, HelpDesk } from '../support/doubles/help-desk.ts';
import { automation, ENV, ID, itemRow, proposal, sqsRecord, stored, unasked } from '../support/fixtures.ts';
import { GATE_KEY, time, world } from '../support/world.ts';

/* Fifty answers are due at a help desk that is down for a while, and knows no keys. */

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));
// A wait for a slot is real time here, and the clock stands still meanwhile.
vi.mock('../../lambdas/kit/clock.ts', async (original) => ({
  ...(await original<typeof import('../../lambdas/kit/clock.ts')>()),
  sleep: async () => {},
}));

const ITEMS = 50;
const PER_MINUTE = 30;
const DOWN_SECONDS = 1800;
const ids = Array.from({ length: ITEMS }, (_, n) => `${ID.slice(0, -2)}${n.toString(16).padStart(2, '0')}`);

let desk: HelpDesk;
afterEach(() => desk.close());

interface Message {
  body: { itemId: string; generation: number };
  due: number;
  receives: number;
}

/** An item whose answer may be sent. */
function allowed(id: string, ticket: number): void {
  const parameters = { ticket: String(ticket), message: `An answer to ${ticket}.` };
  const document = { ...unasked(proposal({ parameters })), itemId: id };
  const proposalKey = `items/${id}/proposal-g1.json`;
  world.content.set(`bucket/${proposalKey}`, JSON.stringify(document));
  const row = { ...itemRow({ id, status: 'processing', verdict: 'act' }), label: 'Billing', proposalKey };
  const judged = judgedOf({ ...row, proposalDigest: digest(document) }, document);
  const proposalSeal = sealVerdict(GATE_KEY, judged);
  world.tables.put('items', { ...row, proposalDigest: digest(document), proposalSeal });
}

async function deliver({ body, receives }: Message): Promise<boolean> {
  const { pay } = automation.actions;
  if (!pay) throw new Error("the demo has no action 'pay'");
  const destination: RequestDestination = {
    ...{ kind: 'destination', connector: 'request', name: 'ledger', url: desk.url, local: true },
    ...{ auth: 'basic', secretId: 'api', timeoutSeconds: 8, requestsPerMinute: PER_MINUTE },
  };
  const env = { ...ENV, MAX_RECEIVES: '12', DESTINATIONS: JSON.stringify({ ledger: destination }) };
  const actions = { ...automation.actions, pay: { ...pay, request: answerTicket } };
  return actOn(sqsRecord(body, receives), env, { ...automation, actions }).then(
    () => false,
    () => true,
  );
}

it('each is given once, none is lost, and they go out paced when it is back', async () => {
  world.reset();
  time.freezeLater();
  world.secrets.api = JSON.stringify(AGENT);
  desk = await new HelpDesk().open();
  for (const id of ids) allowed(id, desk.put('Order').id);

  const from = time.at;
  const upAt = from + DOWN_SECONDS * 1000;
  // While it is down it has done the work of every second call, and answers none.
  const down: Fault[] = ['the request is lost before it', '500 after it'];
  const queue: Message[] = ids.map((itemId) => ({ body: { itemId, generation: 1 }, due: from, receives: 0 }));
  const given: number[] = [];
  for (let turns = 0; queue.length > 0; turns += 1) {
    if (turns > 20_000) throw new Error('messages go round for ever');
    queue.sort((a, b) => a.due - b.due);
    const message = queue.shift() as Message;
    time.at = Math.max(time.at, message.due);
    const before = desk.writes.length;
    desk.down = time.at < upAt;
    desk.faults = desk.down ? [down[before % 2]] : [];
    message.receives += 1;
    world.visibility = [];
    const again = await deliver(message);
    if (time.at >= upAt && desk.writes.length > before) given.push(time.at);
    for (const sent of world.taken('actions') as Message['body'][])
      queue.push({ body: sent, due: time.at + (world.delays.at(-1)?.seconds ?? 0) * 1000, receives: 0 });
    if (again) queue.push({ ...message, due: time.at + (world.visibility[0]?.seconds ?? 180) * 1000 });
  }

  expect(ids.map((id) => stored(id).status)).toEqual(ids.map(() => 'done'));
  expect(new Set(desk.effects).size).toBe(ITEMS);
  expect(desk.effects).toHaveLength(ITEMS);
  const inVain = desk.writes.length - ITEMS;
  expect(inVain).toBeLessThanOrEqual(30);
  for (const at of given) {
    const within = given.filter((other) => other >= at && other < at + 60_000);
    expect(within.length).toBeLessThanOrEqual(PER_MINUTE + 1);
  }
  expect((Math.max(...given) - upAt) / 1000).toBeLessThan(3600);
});
