import { beforeEach, describe, expect, it, vi } from 'vitest';
import { casesSchema } from '../../lambdas/api/openapi/approval-schemas.ts';
import type { AuditAnswer } from '../../lambdas/contract/audits/sample.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Gated } from '../../lambdas/contract/item/envelope.ts';
import type { RegistryEntry } from '../../lambdas/contract/registry.ts';
import { MOST_REPLY_BYTES } from '../../lambdas/kit/http.ts';
import { addSamples } from '../../lambdas/tables/samples/samples.ts';
import { faultsOf } from '../../local/cases/judge.ts';
import { OPERATOR } from '../support/api.ts';
import { keep, record } from '../support/audit.ts';
import { automation, itemRow, lineageEntry, PAY } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { get } from './approvals.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const ids = (body: { cases: { origin: { approvalId: string } }[] }) =>
  body.cases.map(({ origin }) => origin.approvalId);

describe('cases out of audits', () => {
  const registry = [
    { name: 'demo', audit: { share: 0.05, group: 'leads', target: 0.99 } },
  ] as RegistryEntry[];
  const found = (query: Record<string, string> = {}) =>
    get('cases', { automation: 'demo', ...query }, OPERATOR, registry);
  const at = (minutesAgo: number) => new Date(time.at - minutesAgo * 60_000).toISOString();

  async function audited(hex: string, said: Partial<AuditAnswer>[], item: object = {}): Promise<string> {
    const itemId = `demo_${hex.repeat(16)}`;
    const bodyKey = `items/${itemId}/body.json`;
    world.tables.put('items', itemRow({ id: itemId, bodyKey, lineage: [lineageEntry()], ...item }));
    world.content.set(`bucket/${bodyKey}`, JSON.stringify({ text: `the words of ${hex}` }));
    const answers = said.map((it, by) => ({
      ...{ by: `hash-${by}`, at: at(30), label: 'other', verdict: 'act' as const, ...it },
    }));
    const done = { label: 'Billing', verdict: 'act' as const, at: at(60), generation: 1 };
    await addSamples('control', [{ itemId, ...done, marks: [], probability: 1, people: 1, answers }]);
    return `${itemId}-g1`;
  }

  it('are what people found wrong, with what they say is right, behind the decisions', async () => {
    const entry = {
      event: 'decided' as const,
      after: 60,
      decision: 'reject' as const,
      by: 'ann@example.com',
    };
    keep(...record([entry], { id: 'rejected', itemId: 'item-rejected' }));
    world.content.set('bucket/items/item-rejected/body.json', '{"text":"not ours"}');
    const id = await audited('aa', [{ label: 'other', verdict: 'refuse' }]);
    await audited('bb', [{ label: 'Billing' }]);
    const other = await audited('ab', [{ label: 'Billing', action: 'tell', differs: ['action'] }]);
    await audited('cc', [{ verdict: 'unsure' }]);
    await audited('dd', []);
    const { body: first } = await found();
    expect(ids(first)).toEqual(['rejected']);
    const { body } = await found({ cursor: first.cursor });
    expect(casesSchema.parse(body)).toEqual(body);
    expect(body).toEqual({
      cases: [
        {
          name: `found by an audit: ${id}`,
          body: { text: 'the words of aa' },
          ...{ label: 'other', verdict: 'refuse' },
          origin: {
            approvalId: id,
            audited: { label: 'Billing', verdict: 'act' },
            promptVersions: ['route.v1'],
          },
        },
        {
          name: `found by an audit: ${other}`,
          body: { text: 'the words of ab' },
          ...{ label: 'Billing', verdict: 'act', action: 'tell' },
          origin: {
            approvalId: other,
            audited: { label: 'Billing', verdict: 'act', differs: ['action'] },
            promptVersions: ['route.v1'],
          },
        },
      ],
      skipped: 0,
    });
  });

  it('of another value fail until a person fills it in', async () => {
    await audited('aa', [{ label: 'Billing', action: 'pay', differs: ['amount'] }]);
    const { body: first } = await found();
    const { body } = await found({ cursor: first.cursor });
    expect(casesSchema.parse(body)).toEqual(body);
    const [{ body: _, origin: __, ...wanted }] = body.cases;
    expect(wanted).toMatchObject({ label: 'Billing', verdict: 'act', action: 'pay' });
    const came = { label: 'Billing', verdict: 'act', reasons: [], proposal: PAY } as unknown as Gated;
    expect(faultsOf(automation as Automation, {}, wanted, came)).toEqual([
      expect.stringContaining("parameter 'amount': expected fill in: an audit says"),
    ]);
    const filled = { ...wanted, parameters: { amount: PAY.parameters.amount } };
    expect(faultsOf(automation as Automation, {}, filled, came)).toEqual([]);
  });

  it('ask a person where an auditor says that somebody should have been asked', async () => {
    await audited('aa', [{ label: 'Billing', verdict: 'ask' }]);
    const { body: first } = await found();
    const { body } = await found({ cursor: first.cursor });
    expect(casesSchema.parse(body).cases).toMatchObject([{ label: 'Billing', verdict: 'ask' }]);
  });

  it('name no prompt of what was asked without one', async () => {
    const none = { ...lineageEntry(), step: 'order', promptVersion: 'none' };
    await audited('aa', [{}], { lineage: [none, lineageEntry()] });
    const { body: first } = await found();
    const { body } = await found({ cursor: first.cursor });
    expect(body.cases[0].origin.promptVersions).toEqual(['route.v1']);
  });

  it('leave out what was answered before, and whose words are gone', async () => {
    await audited('aa', [{ at: at(50) }]);
    const id = await audited('bb', [{}]);
    await audited('cc', [{}]);
    world.content.delete(`bucket/items/demo_${'cc'.repeat(16)}/body.json`);
    const from = at(40);
    const { body: first } = await found({ from });
    const { body } = await found({ from, cursor: first.cursor });
    expect([ids(body), body.skipped, body.cursor]).toEqual([[id], 1, undefined]);
  });

  it('go on where a reply was full, each once', async () => {
    const all = await Promise.all(['aa', 'bb', 'cc'].map((hex) => audited(hex, [{}])));
    for (const hex of ['aa', 'bb', 'cc'])
      world.content.set(
        `bucket/items/demo_${hex.repeat(16)}/body.json`,
        JSON.stringify({ text: 'x'.repeat(0.7 * MOST_REPLY_BYTES) }),
      );
    const seen: string[] = [];
    let cursor = (await found()).body.cursor;
    for (let rounds = 0; cursor !== undefined && rounds < 9; rounds += 1) {
      const { body } = await found({ cursor });
      seen.push(...ids(body));
      cursor = body.cursor;
    }
    expect(seen).toEqual(all.sort());
  });
});
