import { beforeEach, describe, expect, it, vi } from 'vitest';
import { automation as refunds } from '../../automations/refund-request/automation.ts';
import { choicesOf } from '../../lambdas/console/audits/choices.ts';
import { faultIn } from '../../lambdas/console/audits/fields.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { qualityOf } from '../../lambdas/tables/samples/quality.ts';
import { recentSamples } from '../../lambdas/tables/samples/samples.ts';
import { freshHouse, house, mainOf, signedIn } from '../support/console.ts';
import { automation, proposal } from '../support/fixtures.ts';
import { chosen, chosenAnew, ITEM, PATH, proposed } from './audited.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));
vi.mock('../../lambdas/kit/signed/invoke.ts', () => import('../support/commands.ts'));

/* What auditors may say, how they learn what it means, and what is asked again. */

const AUDIT = { share: 0.05, group: 'leads', target: 0.99 };
const answers = async () => (await recentSamples('control', 'demo'))[0]?.answers ?? [];
const words = (text: string) => mainOf(text).replaceAll(/<[^>]*>/g, '');

beforeEach(async () => {
  freshHouse();
  house.audit = AUDIT;
  await chosen();
});

describe('what an auditor may say', () => {
  it('is no action that is proposed only to be refused or asked about', async () => {
    house.audit = { ...AUDIT, actions: ['pay'] };
    const ann = await signedIn('ann@example.com');
    const { text } = await ann.get(PATH);
    expect(text).toContain('value="act:pay"');
    expect(text).not.toContain('value="act:tell"');
    expect((await ann.send(PATH, { label: 'Billing', verdict: 'act:tell' })).status).toBe(400);
    // Named all the same: an item may have acted by another one.
    await ann.send(PATH, { label: 'Billing', verdict: 'act:pay' });
    expect(await answers()).toMatchObject([{ verdict: 'act', action: 'pay' }]);
  });

  it('has refunds as the only action of refund-request', () => {
    const values = choicesOf(refunds as Automation).map(({ value }) => value);
    expect(values).toEqual(['act:refund', 'refuse', 'ask', 'unsure']);
  });

  it('is that a person should have been asked, which counts as wrong', async () => {
    const ann = await signedIn('ann@example.com');
    const { text } = await ann.send(PATH, { label: 'Billing', verdict: 'ask' });
    expect(words(text)).toContain('You said: Billing, a person should have been asked.');
    expect(words(text)).toContain('It counts as wrong.');
    expect(qualityOf(await recentSamples('control', 'demo')).all).toMatchObject({ value: 0, n: 1 });
  });

  it('is that they cannot tell, without a word of what it is', async () => {
    const ann = await signedIn('ann@example.com');
    const { text, status } = await ann.send(PATH, { label: '', verdict: 'unsure' });
    expect([status, words(text)]).toEqual([200, expect.stringContaining('You said: I cannot tell.')]);
    const { all, unsure, byLabel } = qualityOf(await recentSamples('control', 'demo'));
    expect([all.n, unsure, byLabel]).toEqual([0, 1, {}]);
  });

  it('is told in one sentence', async () => {
    const ann = await signedIn('ann@example.com');
    const { text } = await ann.send(PATH, { label: 'other', verdict: 'unsure' });
    expect(words(text)).toContain('You said: other, I cannot tell.');
  });

  it.each(['act:pay', 'refuse', 'ask'])('is a label as well with %s', async (verdict) => {
    const ann = await signedIn('ann@example.com');
    const { status, text } = await ann.send(PATH, { label: '', verdict });
    expect(status).toBe(400);
    expect(text).toContain(`<option value="${verdict}" selected>`);
    expect(await answers()).toEqual([]);
  });
});

describe('a sum that is none', () => {
  beforeEach(() => {
    const { pay } = automation.actions;
    const amount = ({ amount: sum }: { amount?: unknown }) => (typeof sum === 'string' ? sum : undefined);
    house.policy = { actions: { ...automation.actions, pay: { ...pay, amount } as typeof pay & object } };
    house.audit = { ...AUDIT, fields: ['amount'] };
  });

  it('is refused at its field, what was typed stays, and nothing is recorded', async () => {
    const ann = await signedIn('ann@example.com');
    const sent = { label: 'Billing', verdict: 'act:pay', 'field-amount': 'a "lot"' };
    const { status, text } = await ann.send(PATH, sent);
    expect(status).toBe(400);
    expect(text).toMatch(/id="field-amount-fault">amount must be an amount, such as 48\.02/);
    expect(text).toMatch(
      /id="field-amount" name="field-amount" value="a &quot;lot&quot;".* aria-invalid="true"/,
    );
    expect(text).toContain('<option value="Billing" selected>');
    expect(text).not.toContain('What was done');
    expect(await answers()).toEqual([]);
    expect((await ann.send(PATH, { ...sent, 'field-amount': 'EUR 24,90' })).status).toBe(200);
  });

  it.each(['1,000', '1.000', 'EUR 25,000'])('or may be two (%s) is asked again as well', async (amount) => {
    const ann = await signedIn('ann@example.com');
    const sent = { label: 'Billing', verdict: 'act:pay', 'field-amount': amount };
    const { status, text } = await ann.send(PATH, sent);
    expect([status, text]).toEqual([400, expect.stringContaining('amount may be read in two ways')]);
    expect(await answers()).toEqual([]);
  });

  it.each(['refuse', 'ask', 'unsure', 'act:tell'])('does not matter with %s', async (verdict) => {
    const ann = await signedIn('ann@example.com');
    const sent = { label: 'Billing', verdict, 'field-amount': 'a lot' };
    expect((await ann.send(PATH, sent)).status).toBe(200);
  });

  it('is refused of refunds, and no text of another field is', () => {
    const form = (value: string) => ({
      ...{ names: [], cookie: undefined, browser: true },
      field: () => value,
    });
    expect(faultIn(refunds as Automation, form('abc'), 'refund')?.field).toBe('amount');
    expect(faultIn(refunds as Automation, form('USD 48.02'), 'refund')).toBeUndefined();
    const free = { ...refunds, audit: { ...AUDIT, fields: ['orderId'] } } as Automation;
    expect(faultIn(free, form('abc'), 'refund')).toBeUndefined();
  });
});

describe('the page of an audit', () => {
  it('says what each action does, as it is declared', async () => {
    house.audit = { ...AUDIT, actions: ['pay', 'tell'] };
    const { text } = await (await signedIn('ann@example.com')).get(PATH);
    expect(words(text)).toContain('pay: Pay EUR [amount], at ledger; consequential, cannot be undone');
    expect(words(text)).toContain('tell: Tell the help desk, at desk; routine, can be undone');
    expect(words(text)).not.toContain('Erase the account');
  });

  it('shows values without the marks of JSON, and says so where a source knows nothing', async () => {
    const { lookups } = refunds;
    house.policy = { ...house.policy, ...{ lookups: { order: lookups?.order } } } as typeof house.policy;
    const charges = [{ amount: '48.02', at: null }, { amount: '48.02' }];
    proposed({ grounds: { facts: { answers: { order: [{ charges, refunds: [] }, null], rates: [7] } } } });
    const { text } = await (await signedIn('ann@example.com')).get(PATH);
    const rows = [...mainOf(text).matchAll(/<tr><th scope="row">(.*?)<\/th><td>(.*?)<\/td>/g)];
    const table = rows.map(([, name, value]) => `${name}: ${value?.replaceAll(/<[^>]*>/g, '')}`);
    expect(table).toContain('charges 1 at: –');
    expect(table).toContain('charges 2 amount: 48.02');
    expect(table).toContain('refunds: –');
    expect(table).toContain('rates: 7');
    expect(words(text)).toContain('What order-system said about orderThere is no such thing.');
    expect(words(text)).not.toMatch(/null|[{}]/);
  });

  it('says to who asked for it themselves that it is for others, and why it is listed all the same', async () => {
    house.policy = { requester: () => 'Ann+shop@example.com' } as never;
    const [ann, bob] = [await signedIn('ann@example.com'), await signedIn('bob@example.com')];
    const { status, text } = await ann.get(PATH);
    expect([status, words(text)]).toEqual([
      403,
      expect.stringContaining('It stands in your list until they'),
    ]);
    expect(text).not.toContain('charged');
    expect((await ann.get('/console/audits')).text).toContain(PATH);
    await bob.send(PATH, { label: 'Billing', verdict: 'act:pay' });
    expect((await ann.get('/console/audits')).text).not.toContain(PATH);
  });

  it('tells of several actions what became of them, as nobody approved them', async () => {
    const { action, parameters, destination, risk, reversible, summary } = proposal({ itemId: ITEM });
    proposed({ further: [{ action, parameters, destination, risk, reversible, summary }] });
    const ann = await signedIn('ann@example.com');
    const { text } = await ann.send(PATH, { label: 'Billing', verdict: 'act:pay' });
    expect(text).not.toContain('approved together');
    expect(text).toContain('The first that fails stops those after it.');
  });

  it('says of a refusal that what was proposed was not done', async () => {
    const { action, parameters, destination, risk, reversible, summary } = proposal({ itemId: ITEM });
    await chosenAnew({ verdict: 'refuse' });
    proposed({
      verdict: 'refuse',
      further: [{ action, parameters, destination, risk, reversible, summary }],
    });
    const ann = await signedIn('ann@example.com');
    const { text } = await ann.send(PATH, { label: 'Billing', verdict: 'refuse' });
    expect(text).toContain('They were proposed, and none was done.');
  });
});
