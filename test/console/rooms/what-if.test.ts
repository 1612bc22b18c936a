import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readJudged } from '../../../cli/judged.ts';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { RegistryEntry } from '../../../lambdas/contract/registry.ts';
import { compare, policiesWith } from '../../../lambdas/gate/policy/what-if.ts';
import { OPERATOR, through } from '../../support/api.ts';
import { freshHouse, house, signedIn } from '../../support/console.ts';
import { automation } from '../../support/fixtures.ts';
import { answer } from '../../support/gateway.ts';
import { happened } from '../../support/hours.ts';
import { words } from '../../support/pages.ts';
import { BY_AMOUNT, judgedItem } from '../../support/what-if.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/clock.ts', () => import('../../support/clock.ts'));
vi.mock('../../../lambdas/kit/signed/invoke.ts', () => import('../../support/commands.ts'));

const ROOM = '/console/automations/demo';
const PAGE = `${ROOM}/what-if`;

beforeEach(() => {
  freshHouse();
  house.policy = BY_AMOUNT as never;
});

const ann = () => signedIn('ann@example.com');

/** Twelve items of the last days, some of which people decided. */
async function week(): Promise<void> {
  for (const [at, amount] of ['10', '40', '90', '100'].entries()) judgedItem(60 + at, amount);
  judgedItem(200, '120.00', 'approve');
  judgedItem(201, '130.00', 'reject');
  judgedItem(202, '149.50', 'approve');
  judgedItem(203, '180.00', 'approve');
  judgedItem(204, '900.00');
  // Caution held it, or a limit.
  judgedItem(205, '50', 'approve', { verdict: 'ask' });
  judgedItem(206, '60');
  world.content.delete(`bucket/items/demo_${'206'.padStart(32, '0')}/proposal-g1.json`);
  judgedItem(50 * 24 * 60, '110.00');
  await happened(3, { decided: 4, activeSeconds: 240 });
}

describe('another threshold on the page of an automation', () => {
  it('says what would act, be asked and moved, what people said, and their time', async () => {
    await week();
    const { status, text } = await (await ann()).get(`${PAGE}?amount=150&since=30d`);
    expect(status).toBe(200);
    const told = words(text);
    expect(told).toContain('With amount 150 instead of 100');
    expect(told).toContain('acts alone 5 8 +3');
    expect(told).toContain('asks a person 5 2 −3');
    expect(told).toContain('Would change 3 of 10');
    expect(told).toContain('People had decided 3 of them: 2 as it would, 1 otherwise');
    expect(told).toContain('People asked 3 less often');
    expect(told).toContain('Their time 3 minutes saved');
    expect(told).toContain('Moved alone EUR 399.50');
    expect(told).toContain('Left out 1 of which nothing is kept');
    expect(told).toContain('Came otherwise 1, by limits');
    expect(told).toContain('All items of the last 30 days.');
    expect(text).toContain('npm run signalbox -- what-if demo --threshold amount=150 --since 30d');
    // Content stays with those who may read items.
    expect(text).not.toContain('twice');
    expect(text).not.toContain('it is little');
  });

  it('says which of those that would act are beyond what may ever move alone', async () => {
    await week();
    const { pay } = BY_AMOUNT.actions;
    const limits = { perSubject: { key: () => 'x', amount: '125.00', days: 30 } };
    house.policy = { ...BY_AMOUNT, actions: { pay: { ...pay, limits } } } as never;
    const { text } = await (await ann()).get(`${PAGE}?amount=150&since=30d`);
    // 130.00 and 149.50 of the three.
    expect(words(text)).toContain('Beyond a limit 2 of those that would act');
    expect(words(text)).toContain('Without its limits on what happens alone');
  });

  it('says what the command says of the same items, whatever is tried', async () => {
    await week();
    for (let at = 0; at < 300; at += 1)
      judgedItem(1000 + at, String((at * 37) % 700), at % 3 ? 'approve' : 'reject');
    const reader = await ann();
    const registry = [{ name: 'demo' }] as RegistryEntry[];
    const path = '/v1/automations/demo/judged';
    const get = async (_path: string, query: Record<string, string>) => {
      const asked = { route: 'GET /v1/automations/{name}/judged' as const, path, params: { name: 'demo' } };
      const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
      const { body } = await through((event, who) => answer(event, who, registry), {
        ...{ ...asked, query: given, caller: OPERATOR as never },
      });
      return { data: body, json: body };
    };
    const from = new Date(time.at - 30 * 86_400_000).toISOString();
    const terminal = { err: () => {}, now: () => time.at };
    const { items, skipped } = await readJudged({ get: get as never }, 'demo', from, terminal);
    const declared = { ...automation, ...BY_AMOUNT } as Automation;
    for (const amount of [0, 55.5, 150, 1000]) {
      const command = compare(items, policiesWith(declared, { amount }));
      const told = words((await reader.get(`${PAGE}?amount=${amount}&since=30d`)).text);
      const { changed, known, before, after, moved } = command;
      expect(told).toContain(`acts alone ${before.act} ${after.act} `);
      expect(told).toContain(`asks a person ${before.ask} ${after.ask} `);
      expect(told).toContain(`Would change ${changed.length} of ${items.length}`);
      const decided = known.right + known.wrong;
      if (decided > 0) expect(told).toContain(`${decided} of them: ${known.right} as it would`);
      expect(told).toContain(`Moved alone EUR ${moved.EUR}`);
      expect(told).toContain(`Left out ${skipped} of`);
    }
  });

  it('reads no more of many items than of a thousand, and says that it is a sample', async () => {
    for (let at = 1; at <= 1100; at += 1) judgedItem(at, at > 1000 ? '500' : '20');
    const reader = await ann();
    world.calls = [];
    const { text } = await reader.get(`${PAGE}?amount=600`);
    expect(world.calls.filter((call) => call.startsWith('s3')).length).toBe(1000);
    expect(world.calls.filter((call) => call.startsWith('dynamodb')).length).toBeLessThanOrEqual(32);
    expect(words(text)).toContain('A sample: the newest 1,000 items, back to');
    expect(words(text)).toContain('Would change 0 of 1,000');
  }, 30_000);

  it('leaves out what the gate of today fails at, and says so', async () => {
    judgedItem(1, '50');
    const id = judgedItem(2, '60');
    const facts = { label: 'Billing', body: {} };
    world.content.set(`bucket/items/${id}/proposal-g1.json`, JSON.stringify({ grounds: { facts } }));
    const told = words((await (await ann()).get(`${PAGE}?amount=150`)).text);
    expect(told).toContain('acts alone 1 1');
    expect(told).toContain('Gate failed with 1: left out as well');
  });

  it('lists the first fifty that would change, with a link for operators', async () => {
    for (let at = 1; at <= 60; at += 1) judgedItem(at, '120', 'approve');
    const link = /href="\/console\/operate\/items\/demo_/g;
    const operator = (await (await signedIn('olga@example.com')).get(`${PAGE}?amount=150`)).text;
    expect(operator.match(link)).toHaveLength(50);
    expect(words(operator)).toContain('The newest 50 of 60.');
    const other = (await (await ann()).get(`${PAGE}?amount=150`)).text;
    expect(other.match(link)).toBeNull();
    expect(words(other)).toContain('Operators can open these items.');
  });

  it.each([
    ['the number', 'amount=100&amount=150&was-amount=100', 'amount=150'],
    ['the slider', 'amount=220&amount=100&was-amount=100', 'amount=220'],
    ['the number of both', 'amount=220&amount=150&was-amount=100', 'amount=150'],
  ])('takes %s that was moved, and goes to the short address', async (_name, query, becomes) => {
    const { status, headers } = await (await ann()).get(`${PAGE}?${query}&since=7d`);
    expect([status, headers.get('location')]).toEqual([303, `${PAGE}?${becomes}&since=7d`]);
  });

  it.each(['amount=1001', 'amount=-1', 'amount=1e2', 'amount=%3Cb%3E', `amount=${'9'.repeat(30)}`])(
    'refuses %s and reads nothing',
    async (query) => {
      judgedItem(1, '10');
      const reader = await ann();
      world.calls = [];
      const { status, text } = await reader.get(`${PAGE}?${query}`);
      expect(status).toBe(400);
      expect(words(text)).toContain('amount must be a number from 0 to 1000.');
      expect(text).not.toContain('<b>');
      expect(world.calls.filter((call) => call.startsWith('s3'))).toEqual([]);
    },
  );

  it('stands as a form on the page of an automation that declares a threshold, and of no other', async () => {
    const reader = await ann();
    const { text } = await reader.get(ROOM);
    expect(text).toContain(`<form method="get" action="${PAGE}"`);
    expect(text).toMatch(/name="amount" type="range" min="0" max="1000" step="1" value="100"/);
    house.policy = {};
    expect((await reader.get(ROOM)).text).not.toContain(PAGE);
    expect((await reader.get(PAGE)).status).toBe(404);
    expect((await reader.get('/console/automations/other/what-if')).status).toBe(404);
  });

  it('marks the slider by the amounts of the items, where those are what it is about', async () => {
    for (const [at, amount] of ['10', '20', '30', '40', '50', '60', '70', '80'].entries())
      judgedItem(at + 1, amount);
    const reader = await ann();
    const { text } = await reader.get(PAGE);
    expect(words(text)).toContain('25 of a hundred up to 20, 50 of a hundred up to 40');
    expect(text).toContain('<option value="60">');
    house.policy = {
      ...BY_AMOUNT,
      thresholds: { amount: { value: 0.5, least: 0, most: 1, says: 'a share' } },
    } as never;
    expect((await reader.get(PAGE)).text).not.toContain('<datalist');
  });
});
