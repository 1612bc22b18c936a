import { post, reaches, TICKET } from './app.ts';
import { COPIED } from './followed.ts';

/** The automation whose step `route` waits for batches, on the application of the live tests. */
export const BATCHED = COPIED;

/** A low-priority item that waits for a file, and goes on with its answer: whatever looks after batches makes its calls. */
export async function everyBatch(): Promise<void> {
  const headers = { 'signalbox-priority': 'low', 'idempotency-key': crypto.randomUUID() };
  const text = `${TICKET.text} ${crypto.randomUUID()}`;
  const { body } = await post(BATCHED, { ...TICKET, text }, headers);
  await reaches(body.id, ['done', 'waiting_approval', 'refused'], 240);
}
