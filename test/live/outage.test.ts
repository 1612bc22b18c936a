import { afterAll, describe, expect, it, vi } from 'vitest';
import type { BreakerView } from '../../lambdas/tables/control/breakers.ts';
import { Account } from '../../local/account.ts';
import { callsFor, outputs, post, reaches, request, story } from '../support/app.ts';

/* A destination that is down for a while: its actions wait, and go on by themselves. */

const account = new Account(outputs.endpointUrl);
const ITEMS = 14;
const WORDS =
  'What exchange rate do you use when I pay with my card abroad, and are there fees at the weekend?';

async function fault(mode: string): Promise<void> {
  const body = JSON.stringify({ mode, seconds: 300 });
  await fetch(`${outputs.destinations['help-desk']}/faults`, { method: 'POST', body });
}

async function breaker(): Promise<BreakerView | undefined> {
  const { breakers } = (await request('/v1/breakers')).body as { breakers: BreakerView[] };
  return breakers.find(({ kind, name }) => kind === 'destination' && name === 'help-desk');
}

afterAll(() => fault('ok'));

describe('a destination that is down', () => {
  it('opens its breaker; its actions wait, go on when it is well again, and are done once each', async () => {
    expect(await breaker()).toMatchObject({ state: 'closed' });
    await fault('down');
    const posted = await Promise.all(
      Array.from({ length: ITEMS }, () => {
        const from = `customer-${crypto.randomUUID()}@example.com`;
        return post('support-triage', { subject: 'Exchange rate', text: WORDS, from });
      }),
    );
    const ids = posted.map(({ body }) => body.id);

    await vi.waitFor(async () => expect(await breaker()).toMatchObject({ state: 'open' }), {
      timeout: 180_000,
      interval: 250,
    });
    await vi.waitFor(
      async () => {
        const stories = await Promise.all(ids.map(story));
        const waiting = stories.flatMap(({ timeline }) =>
          timeline.filter(({ event }) => event === 'waiting'),
        );
        expect(waiting.length).toBeGreaterThan(0);
        expect(waiting[0]?.reason).toMatch(/^destination 'help-desk': its breaker is open/);
      },
      { timeout: 180_000, interval: 500 },
    );

    await fault('ok');
    for (const id of ids) await reaches(id, 'done', 180);
    for (const id of ids) expect(await callsFor('help-desk', id), id).toMatchObject([{ duplicate: false }]);
    expect(await breaker()).toMatchObject({ state: 'closed' });
    // They did not sleep out their delay: the stream told that the breaker closed.
    // Logs are a little behind.
    await vi.waitFor(
      async () => {
        const lines = Object.values(await account.logs()).flat();
        const woken = lines.filter((line) => line.includes('"woken"') && line.includes('help-desk'));
        const items = woken.map((line) => Number(/"items":(\d+)/.exec(line)?.[1] ?? 0));
        expect(Math.max(0, ...items), woken.join('\n')).toBeGreaterThan(0);
      },
      { timeout: 90_000, interval: 1000 },
    );
  });
});
