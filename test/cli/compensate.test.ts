import { describe, expect, it } from 'vitest';
import { api, run } from './harness.ts';
import { done } from './recorded.ts';

const COMMAND = `POST /v1/items/${done.id}/compensate`;
const CHILD = `demo_${'c'.repeat(32)}`;

describe('compensate', () => {
  it.each([
    ['1', 1],
    ['refund', 'refund'],
  ])('asks to take back action %s, with the reason, and says how to go on', async (typed, action) => {
    api.answers[COMMAND] = { body: { ...done, id: CHILD, status: 'received' } };

    const { code, out } = await run(['compensate', done.id, typed, '--reason', 'refunded twice']);

    expect(code).toBe(0);
    expect(out).toContain(`${CHILD}  ${done.automation}  received`);
    expect(out).toContain(`status ${CHILD}`);
    expect(JSON.parse(api.calls[0]?.body ?? '')).toEqual({ action, reason: 'refunded twice' });
  });

  it('is an error where it is taken back already, and says by which item', async () => {
    const detail = `action 1 was taken back by item ${CHILD}, which is 'done'`;
    api.answers[COMMAND] = { status: 409, body: { title: 'Conflict', status: 409, detail, id: CHILD } };

    const { code, err } = await run(['compensate', done.id, '1', '--reason', 'refunded twice']);

    expect(code).toBe(1);
    expect(err).toContain(detail);
  });

  it('wants a reason', async () => {
    expect((await run(['compensate', done.id, '1'])).err).toContain('--reason is missing');
  });
});
