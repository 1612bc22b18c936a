import { expect, it, vi } from 'vitest';
import { post, reaches, request } from '../support/app.ts';
import { BATCHED } from '../support/batched.ts';
import { account, invoke } from '../support/desk-clock.ts';

/* The copied automation, whose route has a surrogate there: it learns from items, and takes the model's place. */

const PATH = `/v1/automations/${BATCHED}/surrogate`;
const ENDED = ['done', 'waiting_approval', 'refused'];
const TEXTS = [
  (n: number) => `I was charged a fee of ${n} pounds twice on my statement, please refund the payment`,
  (n: number) => `The app crashed with the error ${n} and I cannot log in with my password any more`,
  (n: number) => `Is there a business plan for ${n} people, and what are your prices for a new account?`,
];
const NAMES = 'ann ben cleo dan eva finn gus hanna ida jon kim lea max nora otto pia'.split(' ');

const someone = (n: number) => `${NAMES[n % NAMES.length]}@example.com`;

function ticket(n: number): Promise<string> {
  const text = `Hello, ${TEXTS[n % TEXTS.length]?.(n)}. Thanks, ${NAMES[(n * 7) % NAMES.length]}.`;
  const key = { 'idempotency-key': crypto.randomUUID() };
  return post(BATCHED, { subject: 'A question', text, from: someone(n) }, key).then(({ body }) => body.id);
}

async function tickets(from: number, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 10)
    ids.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(10, count - at) }, (_, n) => ticket(from + at + n)),
      )),
    );
  return ids;
}

/** Who routed an item. */
const routedBy = async (id: string) =>
  (await account.item(id))?.lineage?.find(({ step }) => step === 'route')?.model;

it('learns from the items of an automation, and routes the next ones without the model', async () => {
  const seen = await tickets(0, 150);
  for (const id of seen) await reaches(id, ENDED, 240);
  expect(await Promise.all(seen.slice(0, 10).map(routedBy))).not.toContain('surrogate');

  await invoke(await account.resource(BATCHED, 'operatesurrogates'));
  const { status, body } = await request(PATH);
  expect([status, body]).toEqual([200, expect.objectContaining({ state: 'answers', step: 'route' })]);
  // A function believes for five seconds what it has read.
  await new Promise((resolve) => setTimeout(resolve, 6000));

  const next = await tickets(1000, 20);
  for (const id of next) await reaches(id, ENDED, 240);
  const by = await Promise.all(next.map(routedBy));
  expect(by.filter((model) => model === 'surrogate').length).toBeGreaterThan(12);

  const { body: item } = await request(`/v1/items/${next[by.indexOf('surrogate')]}`);
  expect((item as { lineage: object[] }).lineage).toContainEqual(
    expect.objectContaining({ step: 'route', model: 'surrogate', endpoint: 'none', costUsd: 0 }),
  );
}, 600_000);

it('routes while no endpoint may be asked', async () => {
  const { body } = await request('/v1/endpoints');
  const names = (body as { endpoints: { name: string }[] }).endpoints.map(({ name }) => name);
  const force = (state: 'open' | 'auto') =>
    Promise.all(
      names.map((name) =>
        request(`/v1/breakers/${name}`, {
          method: 'POST',
          body: JSON.stringify({ state, reason: 'a test' }),
        }),
      ),
    );
  await force('open');
  try {
    const ids = await tickets(2000, 10);
    await vi.waitFor(
      async () => {
        const by = await Promise.all(ids.map(routedBy));
        expect(by.filter((model) => model === 'surrogate').length).toBeGreaterThan(6);
      },
      { timeout: 60_000, interval: 500 },
    );
  } finally {
    await force('auto');
  }
}, 120_000);

it('answers nothing once an operator has switched it off', async () => {
  const off = await request(PATH, { method: 'POST', body: JSON.stringify({ on: false, reason: 'a test' }) });
  expect(off.body).toMatchObject({ state: 'off', off: { reason: 'a test' } });
  await new Promise((resolve) => setTimeout(resolve, 6000));
  const ids = await tickets(3000, 6);
  for (const id of ids) await reaches(id, ENDED, 240);
  expect(await Promise.all(ids.map(routedBy))).not.toContain('surrogate');
}, 300_000);
