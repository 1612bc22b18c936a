import { post, reaches, request, TICKET } from './app.ts';
import { account, invoke } from './desk-clock.ts';
import { COPIED, GUIDES_OWN } from './followed.ts';

/** The automation whose step `route` waits for batches, on the application of the live tests. */
export const BATCHED = COPIED;

/** Each means of paying less makes its calls, and operators look at them. */
export async function everyMeans(): Promise<void> {
  await everyBatch();
  await everySurrogate();
  await everySimilar();
}

/** A low-priority item that waits for a file, and goes on with its answer: whatever looks after batches makes its calls. */
async function everyBatch(): Promise<void> {
  const headers = { 'signalbox-priority': 'low', 'idempotency-key': crypto.randomUUID() };
  const text = `${TICKET.text} ${crypto.randomUUID()}`;
  const { body } = await post(BATCHED, { ...TICKET, text }, headers);
  await reaches(body.id, ['done', 'waiting_approval', 'refused'], 240);
}

/** What trains that automation's surrogate makes its calls, and operators look at it. */
async function everySurrogate(): Promise<void> {
  await invoke(await account.resource(BATCHED, 'operatesurrogates'));
  const path = `/v1/automations/${BATCHED}/surrogate`;
  const body = JSON.stringify({ on: true, reason: 'a test' });
  for (const { status } of [await request(path), await request(path, { method: 'POST', body })])
    if (status !== 200) throw new Error(`the surrogate was answered ${status}`);
}

/** Somebody asks that automation of the guide's, which may answer similar questions, for something. */
export async function askAlike(text: string) {
  const own = crypto.randomUUID().slice(0, 8);
  const body = { website: `w${own}.example`, email: `${own}@example.com`, employees: 20, text };
  const { body: posted } = await post(GUIDES_OWN, body, { 'idempotency-key': crypto.randomUUID() });
  return reaches(posted.id, ['done', 'waiting_approval', 'refused', 'parked', 'quarantined'], 120);
}

/** Two of them ask alike, and operators look at what was learnt of it. */
async function everySimilar(): Promise<void> {
  for (const hello of ['Hello', 'Good day'])
    await askAlike(`${hello}, please show us a demo of your product.`);
  const { status } = await request(`/v1/automations/${GUIDES_OWN}/similar`);
  if (status !== 200) throw new Error(`what was learnt of similar questions was answered ${status}`);
}
