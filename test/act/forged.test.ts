import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import type { ItemRow } from '../../lambdas/contract/item/row.ts';
import { judgedOf, sealApproval, sealVerdict } from '../../lambdas/gate/seal.ts';
import { digest } from '../../lambdas/kit/digest.ts';
import { approvalId, itemKey, proposalKey } from '../../lambdas/tables/keys.ts';
import { question, row, sealOf } from '../support/desk.ts';
import { gated, ID, itemRow, proposal, stored, unasked } from '../support/fixtures.ts';
import { DECISION_KEY, GATE_KEY, world } from '../support/world.ts';
import { act, freshLedger, ledger, told } from './world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/*
 * Somebody can write rows and objects, and has no key. Nothing that was not judged, or not decided, is done.
 */

beforeEach(freshLedger);
afterEach(() => ledger.close());

const FORGED = proposal({ parameters: { amount: '9999.00' }, summary: 'Pay EUR 9999.00' });
const PLACE = `items/${ID}/forged.json`;

const write = (fields: Partial<ItemRow>) => world.tables.put('items', { ...stored(), ...fields });
const writeApproval = (fields: Partial<ApprovalRow>) =>
  world.tables.put('approvals', { ...row(), ...fields });

function lay(document: ProposalDocument, key = PLACE): { proposalKey: string; proposalDigest: string } {
  world.content.set(`bucket/${key}`, JSON.stringify(document));
  return { proposalKey: key, proposalDigest: digest(document) };
}

/** The seal of the gate over another verdict of its own. */
const sealed = (document: ProposalDocument, key = GATE_KEY) =>
  sealVerdict(key, judgedOf({ proposalDigest: digest(document) }, document));

const carriedAt = '2026-12-01T09:00:00.000Z';

/** The gate asked, and a person has said yes. */
function approved(document = proposal(), fields: Partial<ApprovalRow> = {}): void {
  question(document, {
    status: 'decided',
    decision: 'approve',
    decidedBy: 'ann@example.com',
    carriedAt,
    ...fields,
  });
  write({ status: 'processing' });
}

/** The gate asked, and nobody has answered. */
const asked = (document = proposal()) => {
  question(document);
  write({ status: 'processing' });
};

async function refused(cause: RegExp): Promise<void> {
  await act();

  expect(ledger.seen).toEqual([]);
  expect(told()).toEqual({ status: 'parked', error: 'SystemError', cause: expect.stringMatching(cause) });
  expect(world.counted.filter((metric) => metric === 'proposalsTampered')).toHaveLength(1);
}

describe('a row that says act', () => {
  it.each<[string, Partial<ItemRow>, RegExp]>([
    ['though the gate asked', { verdict: 'act' }, /verdict was changed/],
    ['and has lost its question', { verdict: 'act', approvalId: undefined } as never, /verdict was changed/],
  ])('%s is not believed', async (_name, fields, cause) => {
    asked();
    write(fields);

    await refused(cause);
  });

  it.each<[string, ProposalDocument, RegExp]>([
    ['a forged document', unasked(FORGED), /not the one of the gate/],
    ['a forged document that asks', FORGED, /verdict was changed/],
    ['a forged document that asks and says act', { ...FORGED, verdict: 'act' }, /not the one of the gate/],
    ['a document of another risk', unasked(proposal({ risk: 'routine' })), /not the one of the gate/],
  ])('about %s is not believed, with its digest beside it', async (_name, document, cause) => {
    gated();
    write(lay(document));

    await refused(cause);
  });

  it('with another digest is not believed', async () => {
    gated();
    write({ proposalDigest: digest(FORGED) });

    await refused(/changed after the gate/);
  });

  it.each<[string, string | undefined]>([
    ['no seal', undefined],
    ['half a seal', 'ab12'],
    ['a seal made with another key', sealed(unasked(proposal()), 'key-of-another-gate')],
    ['a seal made with the key of decisions', sealed(unasked(proposal()), DECISION_KEY)],
  ])('with %s is not believed', async (_name, proposalSeal) => {
    gated();
    write({ proposalSeal } as never);

    await refused(/not the one of the gate/);
  });

  const OTHER_ID = itemKey('demo', 'b2'.repeat(16));
  it.each<[string, ProposalDocument, RegExp]>([
    ['another item', unasked(proposal({ itemId: OTHER_ID })), /changed after the gate/],
    ['a later generation', unasked(proposal({ generation: 2 })), /another generation/],
    ['another automation', unasked(proposal({ automation: 'other' })), /another automation/],
  ])('with document, digest and seal of %s is not believed', async (_name, document, cause) => {
    gated();
    write({ ...lay(document), proposalSeal: sealed(document) });

    await refused(cause);
  });

  it.each([{ itemId: OTHER_ID }, { generation: 2 }, { automation: 'other' }])(
    'with the seal of %o about the same document is not believed',
    async (of) => {
      const { proposalDigest = '' } = gated();
      const judged = judgedOf({ proposalDigest }, { ...unasked(proposal()), ...of });
      write({ proposalSeal: sealVerdict(GATE_KEY, judged) });

      await refused(/not the one of the gate/);
    },
  );

  it('with what the gate said before the item was thought about again is not believed', async () => {
    gated();
    const again = { at: '2026-12-01T08:40:00.000Z', event: 'thinking_again', generation: 2 };
    write({ generation: 2, timeline: [...stored().timeline, again] });

    await act({ generation: 2 });

    expect(ledger.seen).toEqual([]);
    expect(told().cause).toMatch(/another generation/);
  });

  it('in a generation that only resumes the run is believed: the proposal is the same', async () => {
    gated();
    write({ generation: 2 });

    await act({ generation: 2 });

    expect(ledger.seen).toHaveLength(1);
  });

  it('of an item of another automation is not believed, in whichever table it lies', async () => {
    gated();
    write({ automation: 'other' });

    await refused(/another automation/);
  });
});

describe('what the gate let act alone, sealed by itself', () => {
  const alone = (document: ProposalDocument) => {
    gated();
    write({ ...lay(document), proposalSeal: sealed(document) });
  };

  it('is not done where a question about it lies on the desk', async () => {
    gated();
    const { id: _, ...question } = itemRow();
    world.tables.put('approvals', { ...question, id: approvalId(ID, 1), status: 'pending' });

    await refused(/person was to be asked/);
  });

  it('is not done where the item names a question', async () => {
    gated({ approvalId: approvalId(ID, 1) });

    await refused(/person was to be asked/);
  });

  it('is not done where the document asks for a person', async () => {
    alone({ ...proposal(), verdict: 'act' });

    await refused(/person was to be asked/);
  });

  it('is never done where it is catastrophic', async () => {
    alone(unasked(proposal({ action: 'erase', risk: 'catastrophic', parameters: {} })));

    await refused(/person was to be asked/);
  });

  it('is not done where a deploy has made it riskier since, and nobody is accused of it', async () => {
    alone(unasked(proposal({ risk: 'routine' })));

    await act();

    expect(ledger.seen).toEqual([]);
    expect(told().cause).toMatch(/'pay' is no longer declared as 'routine'/);
    expect(world.counted).not.toContain('proposalsTampered');
  });
});

describe('an approval', () => {
  it.each<[string, Partial<ApprovalRow>]>([
    ['written by somebody else', { seal: undefined } as never],
    ['with the seal of the gate', { seal: sealed(proposal()) }],
    ['said to be of another person', { decidedBy: 'eve@example.com' }],
    ['of a round that was taken back', { round: 1 }],
  ])('%s is not believed', async (_name, fields) => {
    approved();
    writeApproval(fields);

    await refused(/not what a person decided/);
  });

  it('of a document that was put in its place later is not believed', async () => {
    approved();
    const { proposalKey: key, proposalDigest } = lay(FORGED, proposalKey(ID, 1, 'f'.repeat(64)));
    writeApproval({ proposalKey: key, digest: proposalDigest });

    await refused(/not what a person decided/);
  });

  it('of another item, decided and sealed, does for no other', async () => {
    approved();
    const other = { ...row(), id: approvalId(itemKey('demo', 'b2'.repeat(16)), 1) };
    world.tables.put('approvals', { ...other, seal: sealOf(other) });
    write({ approvalId: other.id });

    await refused(/for another proposal/);
  });

  it('is worth nothing without the seal of the gate that asked', async () => {
    approved();
    write({ proposalSeal: 'ab12' });

    await refused(/not the one of the gate/);
  });

  it('is believed after its key was changed, where it was sealed with the key of today', async () => {
    approved();
    world.secrets['signalbox/decisions'] = JSON.stringify({ key: 'key-of-tomorrow' });
    const { id, automation, askedDigest, digest: of } = row();
    const says = {
      approvalId: id,
      automation,
      askedDigest,
      digest: of,
      decidedBy: 'ann@example.com',
      round: 0,
    };
    writeApproval({ seal: sealApproval('key-of-tomorrow', says) });

    await act();

    expect(ledger.seen).toHaveLength(1);
  });
});
