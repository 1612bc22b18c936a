import { beforeEach, describe, expect, it, vi } from 'vitest';
import { qualityOf } from '../../lambdas/tables/samples/quality.ts';
import { addSamples, recentSamples } from '../../lambdas/tables/samples/samples.ts';
import { freshHouse, hidden, house, inMinutes, mainOf, SETTINGS, signedIn } from '../support/console.ts';
import { itemRow, proposal } from '../support/fixtures.ts';
import { world } from '../support/world.ts';
import { chosen, chosenAnew, ITEM, PATH } from './audited.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));
vi.mock('../../lambdas/kit/signed/invoke.ts', () => import('../support/commands.ts'));

/** As the form sends it, and as it is kept. */
const RIGHT = { label: 'Billing', verdict: 'act:pay' };
const KEPT = { label: 'Billing', verdict: 'act', action: 'pay' };

const answers = async () => (await recentSamples('control', 'demo'))[0]?.answers ?? [];

beforeEach(async () => {
  freshHouse();
  house.audit = { share: 0.05, group: 'leads', target: 0.99 };
  await chosen();
});

describe('an audit', () => {
  it('is listed, and shows what came but not what was done', async () => {
    const ann = await signedIn('ann@example.com');
    expect((await ann.get('/console/audits')).text).toContain(PATH);
    const { text, status } = await ann.get(PATH);
    expect(status).toBe(200);
    expect(text).toContain('I was &lt;b&gt;charged&lt;/b&gt; twice');
    for (const told of ['a brief of the model', 'What was done', 'Pay EUR 24.90', 'acted alone'])
      expect(text).not.toContain(told);
  });

  it('is told from others by its number, and leads to the next once it is answered', async () => {
    const [second, third] = ['cd', 'ef'].map((hex) => `demo_${hex.repeat(16)}`) as [string, string];
    for (const [at, itemId] of [second, third].entries()) {
      world.tables.put('items', itemRow({ id: itemId, status: 'done', verdict: 'act' }));
      await addSamples('control', [
        {
          ...{ itemId, generation: 1, at: inMinutes(at - 59), label: 'Billing', verdict: 'act', marks: [] },
          ...{ probability: 0.05, people: 1, answers: [] },
        },
      ]);
    }
    const ann = await signedIn('ann@example.com');
    const words = (text: string) => mainOf(text).replaceAll(/<[^>]*>/g, '');
    const list = words((await ann.get('/console/audits')).text);
    for (const number of ['bababab', 'dcdcdcd', 'fefefef']) expect(list).toContain(`demo ${number}`);
    const { text } = await ann.send(PATH, RIGHT);
    expect(words(text)).toContain('Next: demo dcdcdcd. 2 audits wait for you.');
    expect(text).toContain(`href="/console/audits/${second}-g1"`);
    world.tables.put('items', itemRow({ id: second, erasedAt: inMinutes(0) }));
    expect(words((await ann.get(PATH)).text)).toContain('Next: demo fefefef. 1 audit waits for you.');
    world.tables.put('items', itemRow({ id: third, erasedAt: inMinutes(0) }));
    expect(words((await ann.get(PATH)).text)).toContain('Nothing else waits for you.');
  });

  it('looks the same whatever was done', async () => {
    const ann = await signedIn('ann@example.com');
    const withoutNonce = (text: string) => text.replaceAll(/name="nonce" value="[^"]*"/g, '');
    const acted = withoutNonce((await ann.get(PATH)).text);
    await chosenAnew({ label: 'other', verdict: 'refuse', marks: ['large'], probability: 0.2 });
    expect(withoutNonce((await ann.get(PATH)).text)).toBe(acted);
  });

  it('is answered once, and then shows what was done', async () => {
    const ann = await signedIn('ann@example.com');
    const { text } = await ann.send(PATH, { label: 'other', verdict: 'refuse' });
    expect(text).toContain('What was done');
    expect(text).toContain('not as you said');
    // The page was open in another window: the first answer stands.
    await ann.send('/console/audits', {});
    const nonce = /name="nonce" value="([^"]*)"/.exec((await ann.get('/console/me')).text)?.[1] ?? '';
    await ann.post(PATH, { nonce, ...RIGHT });
    expect(await answers()).toEqual([expect.objectContaining({ label: 'other', verdict: 'refuse' })]);
    expect((await ann.get('/console/audits')).text).toContain('Nothing waits for you');
    expect(JSON.stringify(await answers())).not.toContain('ann@');
  });

  it('is over for others once it has its answers, and shows them nothing', async () => {
    await (await signedIn('ann@example.com')).send(PATH, RIGHT);
    const { text } = await (await signedIn('bob@example.com')).get(PATH);
    expect(text).toContain('Others have answered');
    expect(text).not.toContain('What was done');
  });

  it('of two people takes one answer of each', async () => {
    await chosenAnew({ people: 2 });
    const [ann, bob] = [await signedIn('ann@example.com'), await signedIn('bob@example.com')];
    await ann.send(PATH, RIGHT);
    await ann.send(PATH, { label: 'other', verdict: 'act:pay' });
    const shown = (await bob.get(PATH)).text;
    expect(shown).not.toContain('What was done');
    await bob.send(PATH, { label: 'other', verdict: 'unsure' });
    expect((await answers()).map(({ label }) => label)).toEqual(['Billing', 'other']);
  });

  it('is there for nobody outside the group, be it an operator', async () => {
    for (const email of ['zoe@example.com', 'olga@example.com', 'august@example.com']) {
      const other = await signedIn(email);
      expect((await other.get('/console')).text).not.toContain('/console/audits');
      expect((await other.get('/console/audits')).status).toBe(403);
      expect((await other.get(PATH)).status).toBe(403);
      const nonce = /name="nonce" value="([^"]*)"/.exec((await other.get('/console/me')).text)?.[1] ?? '';
      expect((await other.post(PATH, { nonce, ...RIGHT })).status).toBe(403);
    }
    expect(await answers()).toEqual([]);
  });

  it('takes no form that we did not make, and none that says nothing', async () => {
    const ann = await signedIn('ann@example.com');
    expect((await ann.post(PATH, { ...RIGHT, nonce: 'made-up' })).status).toBe(400);
    expect((await ann.send(PATH, { label: 'Nothing such', verdict: 'act' })).status).toBe(400);
    expect((await ann.send(PATH, { label: 'Billing', verdict: 'perhaps' })).status).toBe(400);
    expect(await answers()).toEqual([]);
  });

  it.each([
    ['erased', { erasedAt: '2026-12-01T08:00:00.000Z' }],
    ['let go on since', { generation: 2 }],
  ])('says so where its item was %s', async (_name, changed) => {
    const [row] = world.tables.all('items').filter(({ id }) => id === ITEM);
    world.tables.put('items', { ...row, ...changed });
    const ann = await signedIn('ann@example.com');
    const { text } = await ann.get(PATH);
    expect(text).toContain('No longer there');
    expect(text).not.toContain('charged');
    expect((await ann.get('/console/audits')).text).toContain('Nothing waits for you');
  });

  it('is over where its label is there no more: nobody could say it', async () => {
    await chosenAnew({ label: 'Payments' });
    const ann = await signedIn('ann@example.com');
    expect((await ann.get(PATH)).text).toContain('No longer there');
    expect((await ann.get('/console/audits')).text).toContain('Nothing waits for you');
  });

  it('comes before the story of its item, for an operator who is asked', async () => {
    const story = `/console/operate/items/${ITEM}`;
    house.settings = { ...SETTINGS, operators: ['ann@example.com', 'olga@example.com'] };
    const [ann, olga] = [await signedIn('ann@example.com'), await signedIn('olga@example.com')];
    expect((await ann.get(story)).text).toContain('waits for your audit');
    expect((await ann.get(story)).text).not.toContain('Verdict');
    expect((await olga.get(story)).text).toContain('Verdict');
    await ann.send(PATH, RIGHT);
    expect((await ann.get(story)).text).toContain('Verdict');
  });

  it('shows nothing of a proposal that is not the one that was carried out', async () => {
    const other = proposal({ itemId: ITEM, evidence: [{ source: 'somebody', quote: 'put in later' }] });
    world.content.set(`bucket/items/${ITEM}/proposal-g1.json`, JSON.stringify(other));
    expect((await (await signedIn('ann@example.com')).get(PATH)).text).not.toContain('put in later');
  });

  const OTHER = proposal({ itemId: ITEM, evidence: [{ source: 'somebody', quote: 'put in later' }] });
  it.each([
    ['is gone', undefined],
    ['is another one than was carried out', OTHER],
  ])('is not recorded where the proposal %s: there is nothing to compare it with', async (_name, now) => {
    const ann = await signedIn('ann@example.com');
    const page = hidden(mainOf((await ann.get(PATH)).text));
    const key = `bucket/items/${ITEM}/proposal-g1.json`;
    if (now) world.content.set(key, JSON.stringify(now));
    else world.content.delete(key);
    const { status, text } = await ann.post(PATH, { ...page, label: 'Billing', verdict: 'act:tell' });
    expect([status, text]).toEqual([409, expect.stringContaining('No longer there')]);
    expect((await ann.get(PATH)).text).toContain('There is nothing to audit');
    expect(qualityOf(await recentSamples('control', 'demo')).all.n).toBe(0);
  });

  it('is shown to whoever has answered, though the proposal is gone since', async () => {
    const ann = await signedIn('ann@example.com');
    await ann.send(PATH, RIGHT);
    world.content.delete(`bucket/items/${ITEM}/proposal-g1.json`);
    expect((await ann.get(PATH)).text).toContain('What was done');
  });

  it('is gone with the group that the configuration takes away', async () => {
    const ann = await signedIn('ann@example.com');
    house.settings = {
      ...SETTINGS,
      groups: { ...SETTINGS.groups, leads: [{ email: 'bob@example.com' }] },
      operators: ['ann@example.com'],
    };
    expect((await ann.get(PATH)).status).toBe(403);
  });

  it('is not recorded where what came in is not what was shown, or nobody says what was', async () => {
    const ann = await signedIn('ann@example.com');
    const page = hidden(mainOf((await ann.get(PATH)).text));
    world.content.set(`bucket/items/${ITEM}/body.json`, JSON.stringify({ text: 'something else' }));
    const sent = await ann.post(PATH, { ...page, ...RIGHT });
    expect(sent.status).toBe(409);
    expect(sent.text).toContain('Nothing was recorded');
    expect(sent.text).not.toContain('What was done');
    const { shown: _, ...without } = page;
    expect((await ann.post(PATH, { ...without, ...RIGHT })).status).toBe(409);
    expect(await answers()).toEqual([]);
    // Who looks again may answer.
    expect((await ann.send(PATH, RIGHT)).status).toBe(200);
    expect(await answers()).toMatchObject([{ ...KEPT, digest: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  });

  it.each([
    ['erased', { erasedAt: '2026-12-01T08:00:00.000Z' }],
    ['let go on', { generation: 2 }],
  ])('is not recorded where its item was %s while somebody looked at it', async (_name, changed) => {
    const ann = await signedIn('ann@example.com');
    const page = hidden(mainOf((await ann.get(PATH)).text));
    const [row] = world.tables.all('items').filter(({ id }) => id === ITEM);
    world.tables.put('items', { ...row, ...changed });
    const { status, text } = await ann.post(PATH, { ...page, ...RIGHT });
    expect([status, text]).toEqual([409, expect.stringContaining('No longer there')]);
    expect(await answers()).toEqual([]);
  });
});

describe('an audit of values', () => {
  beforeEach(() => {
    house.audit = { share: 0.05, group: 'leads', target: 0.99, fields: ['amount'] };
  });

  it('asks for them of every item alike, and shows none of those that were done', async () => {
    const ann = await signedIn('ann@example.com');
    const page = async () => (await ann.get(PATH)).text.replaceAll(/name="nonce" value="[^"]*"/g, '');
    const acted = await page();
    expect(acted).toContain('<label for="field-amount">amount</label>');
    expect(acted).not.toContain('24.90');
    await chosenAnew({ label: 'other', verdict: 'refuse' });
    expect(await page()).toBe(acted);
  });

  it.each([
    ['24.90', undefined],
    [' 24,9 ', undefined],
    ['24.90 EUR', undefined],
    ['€24.90', undefined],
    ['+24.9', undefined],
    ['2490', ['amount']],
    ['', undefined],
    ['24.91', ['amount']],
    ['a lot', ['amount']],
  ])('takes %j for what it is, keeps the name of what differs and no value', async (amount, differs) => {
    const ann = await signedIn('ann@example.com');
    const { text } = await ann.send(PATH, { ...RIGHT, 'field-amount': amount });
    expect(text.includes('You gave another amount')).toBe(differs !== undefined);
    const [answer] = await answers();
    expect(answer?.differs).toEqual(differs);
    expect(qualityOf(await recentSamples('control', 'demo')).all.value).toBe(differs ? 0 : 1);
    expect(JSON.stringify(answer)).not.toMatch(/24[.,]9|a lot/);
  });

  it('judges none where it was not right to act', async () => {
    const ann = await signedIn('ann@example.com');
    await ann.send(PATH, { label: 'Billing', verdict: 'refuse', 'field-amount': '1.00' });
    expect((await answers())[0]).not.toHaveProperty('differs');
  });
});

describe('an audit of an automation that knows several actions', () => {
  it('asks which is right, the same of every item', async () => {
    const { text } = await (await signedIn('ann@example.com')).get(PATH);
    expect(text).toContain('<option value="act:pay">');
    expect(text).toContain('<option value="act:tell">');
    expect(text).not.toContain('<option value="act">');
  });

  it('counts another action as wrong, and compares no values of it', async () => {
    house.audit = { share: 0.05, group: 'leads', target: 0.99, fields: ['amount'] };
    const ann = await signedIn('ann@example.com');
    const sent = { label: 'Billing', verdict: 'act:tell', 'field-amount': '1.00' };
    const { text } = await ann.send(PATH, sent);
    expect(text).toContain('acted alone (pay)');
    expect(text).toContain('It counts as wrong. You gave another action.');
    expect(await answers()).toMatchObject([{ verdict: 'act', action: 'tell', differs: ['action'] }]);
    const { all, differs } = qualityOf(await recentSamples('control', 'demo'));
    expect([all.value, differs]).toEqual([0, { action: 1 }]);
  });

  it('takes no action that there is not, and none that is not named', async () => {
    const ann = await signedIn('ann@example.com');
    for (const verdict of ['act', 'act:steal', 'refuse:pay'])
      expect((await ann.send(PATH, { label: 'Billing', verdict })).status).toBe(400);
    expect(await answers()).toEqual([]);
  });
});
