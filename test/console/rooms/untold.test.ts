import { beforeEach, describe, expect, it, vi } from 'vitest';
import { freshHouse, house, SETTINGS, signedIn } from '../../support/console.ts';
import { words } from '../../support/pages.ts';
import { idOf, keepIt, rehearsal } from '../../support/rehearsed.ts';
import { BY_AMOUNT, judgedItem } from '../../support/what-if.ts';
import { time, world } from '../../support/world.ts';
import { chosen, ITEM, PATH, proposed } from '../audited.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

/* Pages that everybody reads tell no auditor what was done with an item before they have said what is right. */

const NUMBER = 'bababab';
const WHAT_IF = '/console/automations/demo/what-if?amount=50&since=30d';
const REHEARSAL = '/console/automations/demo/rehearsals/abcd';
const OTHER = { id: idOf(1), verdict: ['act', 'ask'], label: ['Billing', 'other'] } as const;

beforeEach(async () => {
  freshHouse();
  house.audit = { share: 0.05, group: 'leads', target: 0.99 };
  house.policy = BY_AMOUNT as never;
  await chosen();
});

const told = async (email: string, page: string) => words((await (await signedIn(email)).get(page)).text);

describe('what-if', () => {
  beforeEach(() => {
    const [row] = world.tables.all('items').filter(({ id }) => id === ITEM);
    const receivedAt = new Date(time.at - 3_600_000).toISOString();
    world.tables.put('items', {
      ...row,
      label: 'Billing',
      receivedAt,
      order: `${receivedAt}#${ITEM}`,
    } as never);
    const one = { action: 'pay', parameters: { amount: '90' }, confidence: null, brief: '', evidence: [] };
    proposed({ grounds: { facts: { label: 'Billing', body: {}, proposal: one } } });
  });

  it('leaves out the line of an item about which its reader is asked, and says so; the figures stay', async () => {
    const page = await told('ann@example.com', WHAT_IF);
    expect(page).toContain('Would change 1 of 1');
    expect(page).toContain('1 item is left out: it waits for you in your audits');
    expect(page).not.toContain(NUMBER);
  });

  it('lists the others', async () => {
    judgedItem(61, '70');
    const page = await told('ann@example.com', WHAT_IF);
    expect(page).toMatch(/0000061 Billing acts alone/);
    expect(page).not.toContain(NUMBER);
  });

  it('tells whoever is not asked, and whoever has answered', async () => {
    const line = new RegExp(`${NUMBER} Billing acts alone`);
    expect(await told('zoe@example.com', WHAT_IF)).toMatch(line);
    const ann = await signedIn('ann@example.com');
    await ann.send(PATH, { label: 'Billing', verdict: 'act:pay' });
    const page = words((await ann.get(WHAT_IF)).text);
    expect(page).toMatch(line);
    expect(page).not.toContain('left out: it waits');
  });
});

describe('a kept rehearsal', () => {
  beforeEach(async () => {
    const amount: [string, string] = ['EUR 5.00', 'EUR 7.00'];
    const asked = { id: ITEM, verdict: ['act', 'ask'], label: ['Billing', 'other'], amount } as const;
    await keepIt({
      ...rehearsal,
      ...{ changed: [asked, OTHER] as never, id: 'abcd', by: 'ops', at: '2026-11-29T09:00:00.000Z' },
    });
  });

  it('leaves out the line of an item about which its reader is asked, and says so', async () => {
    const page = await told('ann@example.com', REHEARSAL);
    expect(page).toContain('1 item is left out: it waits for you in your audits');
    expect(page).not.toContain(NUMBER);
    expect(page).not.toContain('EUR 5.00');
    expect(page).toContain('0000001');
  });

  it('leaves it out for an operator who is asked as well', async () => {
    house.settings = { ...SETTINGS, operators: ['ann@example.com'] };
    const { text } = await (await signedIn('ann@example.com')).get(REHEARSAL);
    expect(text).not.toContain(ITEM);
  });

  it('tells whoever is not asked, and whoever has answered', async () => {
    expect(await told('zoe@example.com', REHEARSAL)).toContain(NUMBER);
    const ann = await signedIn('ann@example.com');
    await ann.send(PATH, { label: 'Billing', verdict: 'act:pay' });
    expect(words((await ann.get(REHEARSAL)).text)).toContain(NUMBER);
  });

  it('tells of an item that is not there any more: nobody is asked about it', async () => {
    const [row] = world.tables.all('items').filter(({ id }) => id === ITEM);
    world.tables.put('items', { ...row, generation: 2 } as never);
    expect(await told('ann@example.com', REHEARSAL)).toContain(NUMBER);
  });
});
