import { afterAll, describe, expect, it, vi } from 'vitest';
import { ask, outputs, reaches, say, story } from '../support/app.ts';
import { MADE } from '../support/followed.ts';

/* An automation that acts by the destination's own API, as docs/connectors.md says. */

interface ApiCall {
  request?: string;
  idempotencyKey: string | null;
  body: unknown;
  duplicate: boolean;
}

const desk = () => outputs.destinations.desk;
const callsFor = async (item: string): Promise<ApiCall[]> => {
  const calls = (await (await fetch(`${desk()}/calls`)).json()) as ApiCall[];
  return calls.filter(({ idempotencyKey }) => idempotencyKey?.startsWith(`${item}-`));
};
const fault = (mode: string) =>
  fetch(`${desk()}/faults`, { method: 'POST', body: JSON.stringify({ mode, seconds: 120 }) });
afterAll(() => fault('ok'));

/** A person is asked to hand it over, and says yes. */
async function approved(): Promise<string> {
  const text = `Is your building open to visitors in August? ${crypto.randomUUID()}`;
  const { id, links } = await ask(MADE, { reference: 'C-1', text });
  const [link = ''] = Object.values(links);
  await say(link, 'approve');
  return id;
}

describe('a destination with an API of its own', () => {
  it('is spoken to in its own words, once, and its reference is kept', async () => {
    const id = await approved();
    const item = await reaches(id, 'done');
    expect(item.action).toMatchObject({ name: 'hand-over', result: { status: 201, reference: '101' } });
    expect(await callsFor(id)).toMatchObject([
      {
        ...{ request: 'POST /api/v2/tickets.json', duplicate: false },
        body: { ticket: { subject: 'Request C-1', comment: { body: expect.any(String) } } },
      },
    ]);
  });

  it('is asked again with the same key after an answer that was lost', async () => {
    await fault('lost-answer');
    const id = await approved();
    await vi.waitFor(async () => expect(await callsFor(id)).toHaveLength(1), {
      timeout: 180_000,
      interval: 200,
    });
    await fault('ok');
    await reaches(id, 'done');
    const calls = await callsFor(id);
    expect(new Set(calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(calls.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    const { timeline } = await story(id);
    expect(JSON.stringify(timeline)).not.toContain('building');
  });
});
