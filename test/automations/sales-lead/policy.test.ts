import { describe, expect, it } from 'vitest';
import { judge } from '../../../automations/sales-lead/policy.ts';
import type { Lead } from '../../../automations/sales-lead/request.ts';
import { bandOf, type LeadFacts, scoreOf } from '../../../automations/sales-lead/score.ts';
import type { Facts } from '../../../lambdas/contract/automation.ts';

const FACTS: LeadFacts = { size: '50-249', industry: 'core', region: 'EMEA', fit: 'good', intent: 'buying' };
const DUE = '2026-12-01';
const OWNER = { owner_id: '7001', owner_email: 'mia@example.com' };
const MORE = [
  { action: 'add-task', parameters: { owner: '7001', due: DUE } },
  { action: 'tell-owner', parameters: { owner: 'mia@example.com', due: DUE } },
];
/** As the directory says it. */
const SAYS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  size: { '10-49': 30, '50-249': 120, '1000+': 12_000 },
  industry: { core: 'energy', adjacent: 'retail', 'not served': 'gambling' },
  region: { EMEA: 'DE', 'not served': 'RU' },
};
const ANSWER = { action: 'answer', parameters: {} };

interface Changes {
  facts?: Partial<LeadFacts>;
  /** Over what the facts come to. */
  parameters?: Record<string, unknown>;
  further?: { action: string; parameters: Record<string, unknown> }[];
  item?: Partial<Facts<Lead>>;
  reason?: string;
  /** What the CRM says of the company. */
  crm?: Record<string, unknown>;
}

function judged({ facts, parameters, further, item, reason, crm }: Changes = {}) {
  const known = { ...FACTS, ...facts };
  const score = scoreOf(known) ?? 0;
  const band = bandOf(score);
  const list = further ?? [...(band === 'cold' ? [] : MORE), ANSWER];
  return judge({
    ...{ id: 'i', automation: 'sales-lead', generation: 1, feedback: [], suspicions: [], automatic: false },
    answers: {
      company: [
        {
          employees: SAYS.size?.[known.size],
          industry: SAYS.industry?.[known.industry],
          country: SAYS.region?.[known.region],
        },
      ],
      account: [crm ? { id: '2001', properties: crm } : null],
      territory: [{ properties: { name: 'EMEA', ...OWNER, next_working_day: DUE } }],
    },
    ...{ body: { text: 'A demo?', from: 'jo@birk.example' }, label: 'Demo' },
    proposal: {
      action: 'save-company',
      parameters: { email: 'jo@birk.example', ...known, account: 'new', score, band, ...parameters },
      further: list,
      confidence: null,
      evidence: [],
      ...(reason === undefined ? {} : { reason }),
    },
    ...item,
  } as Facts<Lead>);
}

describe('the policy for leads', () => {
  it('acts where the score is what its facts come to, and the list is that of its band', () => {
    expect(judged()).toEqual({ verdict: 'act', reasons: ['a hot lead: 95 of 100 points'] });
    expect(judged({ facts: { size: '10-49', industry: 'adjacent' } }).reasons).toEqual([
      'a hot lead: 70 of 100 points',
    ]);
    const cold = { size: 'unknown', industry: 'unknown', region: 'unknown' } as const;
    expect(judged({ facts: cold })).toEqual({ verdict: 'act', reasons: ['a cold lead: 35 of 100 points'] });
  });

  it.each<[string, Changes, string]>([
    ['another score', { parameters: { score: 100 } }, 'the score is not what its facts come to'],
    ['another band', { parameters: { band: 'warm' } }, 'the score is not what its facts come to'],
    [
      'a size that the directory did not say',
      { parameters: { size: '1000+' } },
      'what is proposed is not what the directory and the CRM say of the company',
    ],
    [
      'an account that the CRM has, proposed as new',
      { crm: { lifecyclestage: 'lead' } },
      'what is proposed is not what the directory and the CRM say of the company',
    ],
    [
      'a task for somebody else',
      { further: [{ action: 'add-task', parameters: { owner: '666', due: DUE } }, ...MORE.slice(1), ANSWER] },
      'what is proposed is not for whom the CRM names',
    ],
    [
      'another day',
      {
        further: [
          MORE[0] as never,
          { action: 'tell-owner', parameters: { owner: 'mia@example.com', due: '2027-01-01' } },
          ANSWER,
        ],
      },
      'what is proposed is not for whom the CRM names',
    ],
    ['a list without its task', { further: [ANSWER] }, 'it is not what is done for a lead of its score'],
    ['two answers', { further: [...MORE, ANSWER, ANSWER] }, 'it is not what is done for a lead of its score'],
    ['no answer', { further: MORE }, 'it is not what is done for a lead of its score'],
    [
      'one more in the place of the answer',
      { further: [...MORE, { action: 'disqualify', parameters: {} }] },
      'it is not what is done for a lead of its score',
    ],
    ['a partnership', { item: { label: 'Partnership' } }, 'people decide who is a partner'],
    [
      'an owner',
      { crm: { hubspot_owner_id: '7001', owner_email: 'mia@example.com' }, parameters: { account: 'owned' } },
      'the account has an owner: they answer it',
    ],
    [
      'a customer',
      { crm: { lifecyclestage: 'customer' }, parameters: { account: 'customer' } },
      'the company is a customer: its account manager answers it',
    ],
    ['a large company', { facts: { size: '1000+' } }, 'the company has 1,000 people or more'],
    ['an industry', { facts: { industry: 'not served' } }, 'we do not sell to this industry'],
    ['a country', { facts: { region: 'not served' } }, 'we do not sell to this country'],
    ['no fit', { facts: { fit: 'poor' } }, 'the model does not take it for something that we do'],
    ['an unclear fit', { facts: { fit: 'unclear' } }, 'the model cannot tell whether it fits'],
    ['an unclear wish', { facts: { intent: 'unclear' } }, 'the model cannot tell what they want'],
    [
      'a directory that is down',
      { item: { degraded: [{ step: 'company', reason: "source 'companies' is down" }] } },
      'a source could not be asked about the company',
    ],
    [
      'a reason of evaluate',
      { reason: 'the CRM names nobody for the territory' },
      'the CRM names nobody for the territory',
    ],
  ])('asks about %s', (_, changes, reason) => {
    expect(judged(changes)).toEqual({ verdict: 'ask', reasons: [reason] });
  });

  it('refuses what a machine wrote, whatever is proposed', () => {
    expect(judged({ item: { automatic: true } }).verdict).toBe('refuse');
  });
});

describe('the policy for what is no lead', () => {
  const no = (reason: unknown, proof: unknown, action = 'disqualify', crm = {}) =>
    judged({
      crm,
      item: {
        label: 'No lead',
        proposal: { action, parameters: { email: null, reason, proof }, confidence: null, evidence: [] },
      },
    }).verdict;

  it.each([
    ['student', 'the text', 'refuse'],
    ['vendor', 'the text', 'refuse'],
    ['spam', 'the text', 'refuse'],
    ['competitor', 'the text', 'ask'],
    ['competitor', 'the CRM', 'ask'],
    ['student', 'the CRM', 'ask'],
    ['job seeker', 'the text', 'ask'],
    ['student', 'nothing', 'ask'],
    ['spam', undefined, 'ask'],
    ['rival', 'the text', 'ask'],
    ['constructor', 'the text', 'ask'],
    [undefined, 'the CRM', 'ask'],
  ])('%s, by %s: %s', (reason, proof, verdict) => {
    expect(no(reason, proof)).toBe(verdict);
  });

  it('a competitor, where the CRM says so: refuse', () => {
    expect(no('competitor', 'the CRM', 'disqualify', { competitor: 'true' })).toBe('refuse');
  });

  it.each(['open-ticket', 'answer', 'confirm', 'add-task', 'tell-owner'])('asks about %s alone', (action) => {
    expect(no('student', 'the text', action)).toBe('ask');
  });
});
