import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../../../lambdas/contract/automation.ts';
import { FAMILY } from '../../../../support/approval-found.ts';
import { ANN, APPROVAL, plain, question } from '../../../../support/desk.ts';
import { automation, itemRow, proposal } from '../../../../support/fixtures.ts';
import { words } from '../../../../support/pages.ts';
import { time, world } from '../../../../support/world.ts';

vi.mock('../../../../../lambdas/kit/aws.ts', () => import('../../../../support/clients.ts'));
vi.mock('../../../../../lambdas/kit/objects.ts', () => import('../../../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const show = (declarations: readonly Automation[]) =>
  plain(`/approvals/${APPROVAL}?t=${ANN}`, {}, { declarations });
const PARENT = `It was made by an action of item ${FAMILY.ancestors[0]}.`;
const { attentionChecks: _, ...approval } = automation.approval;
const unchecked = [{ ...automation, approval } as unknown as Automation];

describe('the page of an item that another one made', () => {
  it('names it while it is open, where no attention check could be told by its absence', async () => {
    question(proposal());
    world.tables.put('items', itemRow({ approvalId: APPROVAL, ancestors: FAMILY.ancestors }));
    const { text } = await show(unchecked);
    expect(words(text)).toContain(PARENT);
    expect(text).not.toContain('href="/console');
    const proposals = [{ why: 'Nobody paid.' }];
    const checked = [{ ...automation, approval: { ...approval, attentionChecks: { oneIn: 9, proposals } } }];
    const silent = await show(checked as unknown as Automation[]);
    expect(silent.text).not.toContain(FAMILY.ancestors[0]);
    expect((await show([])).text).not.toContain(FAMILY.ancestors[0]);
  });

  it('says nothing where an item is alone', async () => {
    question(proposal());
    world.tables.put('items', itemRow({ approvalId: APPROVAL }));
    expect((await show(unchecked)).text).not.toContain('class="family');
  });

  it('names what its own actions made, and how each stands, once it is approved', async () => {
    const at = '2026-12-01T08:50:00.000Z';
    question(proposal(), {
      ...{ status: 'decided', decision: 'approve', phase: 'closed#2026-12', decidedBy: 'ann@example.com' },
      ...{ decidedAt: at, carriedAt: at, votes: { 'ann@example.com': { at, digest: 'd' } } },
    });
    const many = Array.from({ length: 23 }, (_one, at) => ({
      ...{ id: `shipment_${at}`, status: 'done' as const, at: '2026-12-01T08:00:00.000Z' },
    }));
    world.tables.put('items', itemRow({ approvalId: APPROVAL, status: 'done', ...FAMILY }));
    const text = words((await show([])).text);
    expect(text).toContain(PARENT);
    expect(text).toContain(`${FAMILY.children[1]?.id} (waiting approval)`);
    world.tables.put('items', itemRow({ approvalId: APPROVAL, status: 'done', children: many }));
    expect(words((await show([])).text)).toContain('shipment_19 (done) and 3 more');
  });
});
