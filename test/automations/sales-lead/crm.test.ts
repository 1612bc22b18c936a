import { afterEach, describe, expect, it, vi } from 'vitest';
import { addTask, closeTicket, openTicket, saveCompany } from '../../../automations/sales-lead/crm.ts';
import type { RequestRules } from '../../../lambdas/contract/outside/request.ts';
import { allowed, goOn, outcome, type Recipe, run } from '../../act/recipe-world.ts';
import { CrmRecords, PRIVATE_APP } from '../../support/doubles/crm-records.ts';
import { type Double, FAULTS, type Fault } from '../../support/doubles/double.ts';
import { stored } from '../../support/fixtures.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

/* What is written to the CRM is there once, whatever becomes of the way there; the CRM is a double of HubSpot. */

const recipe = (name: string, rules: RequestRules, parameters: Record<string, unknown>): Recipe => ({
  ...{ name, rules, parameters, double: () => new CrmRecords(), begin: () => {} },
  ...{ secret: PRIVATE_APP, credentials: () => ({ auth: 'bearer' }) },
});
const FACTS = { size: '50-249', industry: 'core', region: 'EMEA' };
const TASK = {
  ...{
    company: '2001',
    kind: 'call',
    due: '2026-12-01',
    owner: '7001',
    label: 'Demo',
    band: 'hot',
    score: 95,
  },
};
const EMAIL = 'jo@birk.example';
const RECIPES = [
  recipe('save a company', saveCompany, { email: EMAIL, ...FACTS }),
  recipe('save somebody without a company', saveCompany, { email: 'Kim@gmail.com', ...FACTS }),
  recipe('add a task', addTask, { email: EMAIL, ...TASK }),
  recipe('open a ticket', openTicket, { email: null, note: 'a person is needed' }),
  recipe('close a ticket', closeTicket, { email: EMAIL, reason: 'student' }),
];

let double: Double | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

describe.each(RECIPES)('to $name', (one) => {
  it('is done once, and its id is kept', async () => {
    double = await allowed(one);
    await run(one, double);
    expect(outcome(double)).toBe('done once');
    expect(stored().action?.result).toMatchObject({ reference: expect.stringMatching(/^\d+$/) });
  });

  it.each(Object.keys(FAULTS) as Fault[])('is there once, or a person is asked, after: %s', async (fault) => {
    double = await allowed(one);
    double.faults = [fault];
    await run(one, double);
    await goOn(one, double, 3600);
    expect(['done once', 'a person; not done']).toContain(outcome(double));
  });
});

describe('two mails of one company', () => {
  const doing = (email: string, key: string) => ({
    ...{ item: 'sales-lead_1', idempotencyKey: key, parameters: { email, ...FACTS, ...TASK } },
  });
  const send = async (rules: RequestRules, email: string, key: string) => {
    const { method, path, body } = rules.request(doing(email, key));
    const response = await fetch(`${double?.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${PRIVATE_APP.token}` },
      body: JSON.stringify((body as { json: object }).json),
    });
    const json: unknown = await response.json();
    return rules.reads({ status: response.status, json, header: () => undefined }, doing(email, key));
  };

  it('are one company, whoever writes, and a task for each', async () => {
    const there = await new CrmRecords().open();
    double = there;
    const addresses = ['jo@birk.example', 'Lu@it.BIRK.example'];
    const saved = await Promise.all(addresses.map((email, at) => send(saveCompany, email, `key-${at}`)));
    await Promise.all(addresses.map((email, at) => send(addTask, email, `key-${at}`)));
    expect(saved[0]).toMatchObject({ outcome: 'done', reference: expect.any(String) });
    expect(saved[1]).toEqual(saved[0]);
    expect(there.effects.toSorted()).toEqual(['companies birk.example', 'tasks key-0', 'tasks key-1']);
  });

  it('leave what the CRM knew of the company: its stage, its owner', async () => {
    const there = await new CrmRecords().open();
    double = there;
    there.put('companies', { domain_key: 'birk.example', lifecyclestage: 'customer', hubspot_owner_id: '7' });
    await send(saveCompany, EMAIL, 'key');
    expect(there.kept.get('companies birk.example')?.properties).toMatchObject({
      ...{ lifecyclestage: 'customer', hubspot_owner_id: '7', territory: 'EMEA' },
    });
  });

  it('that race at the CRM: whoever is told of a conflict comes again', () => {
    const answer = { status: 409, json: {}, header: () => undefined };
    expect(saveCompany.reads(answer, doing(EMAIL, 'key'))).toEqual({ outcome: 'later', seconds: 2 });
  });

  it('write no word of a request into a path', () => {
    for (const rules of [saveCompany, addTask, openTicket, closeTicket]) {
      const { path } = rules.request(doing('a/b@birk.example', 'sales-lead_1-00aa'));
      expect(path).toMatch(/^\/crm\/v3\/objects\/[a-z]+(?:\/batch\/upsert)?$/);
    }
  });
});
