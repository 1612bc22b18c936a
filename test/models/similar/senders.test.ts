import { describe, expect, it, vi } from 'vitest';
import type { Sample } from '../../../lambdas/contract/audits/sample.ts';
import { isoNow } from '../../../lambdas/kit/clock.ts';
import { leastScore } from '../../../lambdas/kit/numbers/least-score.ts';
import { groupOf, senderOf } from '../../../lambdas/models/similar/sender.ts';
import { keptOf } from '../../../lambdas/tables/idempotency/made-for.ts';
import { addSamples } from '../../../lambdas/tables/samples/samples.ts';
import { binsOf, type LearntRow } from '../../../lambdas/tables/similar/learnt.ts';
import { time, world } from '../../support/world.ts';
import { ask, asked, askUntilUsed, BILLING, CONTROL, DELIVERY, KEPT, model, opened } from './asking.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const learnt = () =>
  [...world.tables.rows(CONTROL()).entries()]
    .filter(([id]) => id.includes('_similar#route#'))
    .map(([, row]) => row as unknown as LearntRow)
    .at(0);
const counted = (row: LearntRow | undefined) => binsOf(row).reduce((sum, { asked: one }) => sum + one, 0);

describe('one sender', () => {
  it('opens no step alone, however much he sends', async () => {
    for (let nth = 0; nth < 6; nth += 1) await ask({ text: nth % 2 ? DELIVERY : BILLING });
    for (let nth = 0; nth < 90; nth += 1) {
      const { used } = await ask({ text: nth % 2 ? DELIVERY : BILLING, by: 'mallory' });
      expect(used).toBeUndefined();
    }
    expect(leastScore(binsOf(learnt()), 0.05)).toBeUndefined();
    expect(counted(learnt())).toBeLessThan(20);
  });

  it('does not thin out the audits of others with his own', async () => {
    await opened();
    for (let nth = 0; nth < 60; nth += 1) await ask({ text: BILLING, by: 'mallory', audited: true });
    const before = learnt()?.audited ?? 0;
    const used = learnt()?.used ?? 0;
    for (let nth = 0; nth < 150; nth += 1) await ask({ text: BILLING, by: 'mallory', audited: true });
    // A tenth of what is counted is all that a group has; what was used is told all the same.
    expect((learnt()?.audited ?? 0) - before).toBeLessThan(5);
    expect((learnt()?.used ?? 0) - used).toBeGreaterThan(100);
  });

  it('is believed about what is wrong, beyond his share too', async () => {
    await opened();
    for (let nth = 0; nth < 60; nth += 1) await ask({ text: BILLING, by: 'mallory' });
    const wrongs = () => binsOf(learnt()).reduce((sum, { wrong }) => sum + wrong, 0);
    const before = wrongs();
    model.says = () => 'other';
    for (let nth = 0; nth < 40 && wrongs() === before; nth += 1)
      await ask({ text: BILLING, by: 'mallory', audited: true });
    expect(wrongs()).toBeGreaterThan(before);
  });

  it('is one however the address is written, and speaks once', () => {
    const automation = { name: 'demo', requester: (body: unknown) => String(body) };
    const of = (address: string) => senderOf(automation, address, { id: 'demo_1' });
    for (const other of [
      'A@X.example',
      ' a@x.example ',
      'a+1@x.example',
      'Anna <a@x.example>',
      '"Anna B." <A+b@x.example>',
    ])
      expect(of(other)).toBe(of('a@x.example'));
    expect(of('b@x.example')).not.toBe(of('a@x.example'));
    expect(of('customer  7')).toBe(of('Customer 7'));
  });

  it('is everybody whose mails anybody may have sent, whomever they name', () => {
    const automation = { name: 'demo', requester: (body: unknown) => String(body) };
    const of = (address: string, share?: number) => senderOf(automation, address, { id: address, share });
    expect(of('anna@x.example', 0)).toBe(of('ben@y.example', 0));
    expect(of('anna@x.example', 7)).not.toBe(of('ben@y.example', 7));
    expect(of('anna@x.example', 7)).toBe(of('anna@x.example'));
  });

  it('is a share of the mails where nobody names the requester: two mails of one are no two senders', () => {
    const of = (id: string, share?: number) => senderOf({ name: 'demo' }, {}, { id, share });
    expect(of('demo_1', 7)).toBe(of('demo_2', 7));
    expect(of('demo_1', 7)).not.toBe(of('demo_2', 8));
    expect(of('demo_1')).not.toBe(of('demo_2'));
  });

  it('is told from others by a group, which says of nobody who they are', () => {
    const groups = new Set(Array.from({ length: 400 }, (_, nth) => groupOf(`sender ${nth}`)));
    expect(groups.size).toBe(64);
  });
});

describe('an answer that auditors found wrong', () => {
  const found = (itemId: string, label: string): Sample => ({
    ...{ itemId, generation: 1, at: isoNow(), label: 'Billing', verdict: 'act' },
    ...{ marks: [], probability: 0.1, people: 1 },
    answers: [{ by: 'auditor', at: isoNow(), label, verdict: 'act' }],
  });
  const done = () => ({ timeline: [{ at: isoNow(), event: 'done' }] });

  it('speaks for nobody any more, and is forgotten', async () => {
    const ids = await opened(done());
    expect((await askUntilUsed({ text: BILLING, looked: true, by: 'x' })).used).toBeDefined();
    await addSamples(
      CONTROL(),
      ids.filter((_, nth) => nth % 2 === 0).map((id) => found(id, 'Delivery')),
    );
    const before = asked.chat;
    expect(
      (await ask({ text: BILLING, looked: true, by: 'x', ends: { status: 'parked' } })).used,
    ).toBeUndefined();
    expect(asked.chat).toBe(before + 1);
    expect((await keptOf(KEPT(), ids[0] ?? '')).filter((row) => row.includes('_similar#'))).toEqual([]);
  });

  it('goes on speaking where they said the same', async () => {
    const ids = await opened(done());
    await addSamples(
      CONTROL(),
      ids.filter((_, nth) => nth % 2 === 0).map((id) => found(id, 'Billing')),
    );
    expect((await askUntilUsed({ text: BILLING, looked: true })).used).toBeDefined();
  });
});

describe('an item that has to wait', () => {
  it('pays for its vector once, however often it comes back', async () => {
    model.isDown = true;
    const id = 'demo_00000000000000000000000000000aaa';
    for (let again = 0; again < 3; again += 1) await expect(ask({ text: BILLING, id })).rejects.toThrow();
    expect(asked.embeddings).toBe(1);
    model.isDown = false;
    time.advance(600);
    const { label, lineage } = await ask({ text: BILLING, id });
    expect([label, asked.embeddings]).toEqual(['Billing', 1]);
    expect(lineage.map(({ model: by }) => by)).toEqual(['luna']);
    expect((await keptOf(KEPT(), id)).some((row) => row.includes('_similar#vector'))).toBe(true);
  });

  it('pays for another one where its question is another', async () => {
    model.isDown = true;
    const id = 'demo_00000000000000000000000000000aab';
    await expect(ask({ text: BILLING, id })).rejects.toThrow();
    await expect(ask({ text: DELIVERY, id })).rejects.toThrow();
    expect(asked.embeddings).toBe(2);
  });
});

describe('an input of several texts', () => {
  const more = { from: 'savings account', to: 'current account' };
  it('is not answered as one whose fields were exchanged', async () => {
    for (let nth = 0; nth < 4; nth += 1) await ask({ text: BILLING, more });
    await opened();
    for (const [id, row] of world.tables.rows(CONTROL()))
      if (id.startsWith('demo_similar#route#'))
        world.tables.put(CONTROL(), { ...row, asked30: 100, compared30: 100, asked49: 100, compared49: 100 });
    expect((await askUntilUsed({ text: BILLING, more })).used).toBeDefined();
    const other = { from: more.to, to: more.from };
    for (let nth = 0; nth < 4; nth += 1)
      expect(
        (await ask({ text: BILLING, more: other, by: 'x', ends: { status: 'parked' } })).used,
      ).toBeUndefined();
  });
});
