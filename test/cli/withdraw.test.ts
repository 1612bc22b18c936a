import { describe, expect, it } from 'vitest';
import { api, run } from './harness.ts';
import { done } from './recorded.ts';

const ITEM = `DELETE /v1/items/${done.id}`;

describe('withdraw', () => {
  it('takes an item back with the reason, and says so', async () => {
    api.answers[ITEM] = { body: { ...done, status: 'withdrawn' } };

    const { code, out } = await run(['withdraw', done.id, '--reason', 'sent twice']);

    expect([code, out]).toEqual([0, `${done.id}  ${done.automation}  withdrawn`]);
    expect(JSON.parse(api.calls[0]?.body ?? '')).toEqual({ reason: 'sent twice' });
  });

  it('is an error once the item acts', async () => {
    const body = { title: 'Conflict', status: 409, detail: "the item is 'acting'", id: done.id };
    api.answers[ITEM] = { status: 409, body };

    const { code, err } = await run(['withdraw', done.id]);

    expect(code).toBe(1);
    expect(err).toContain("the item is 'acting'");
    expect(api.calls[0]?.body).toBe('{}');
  });

  it('asks for a reason that is one', async () => {
    expect((await run(['withdraw', done.id, '--reason', ' '])).err).toContain('--reason must be');
  });
});
