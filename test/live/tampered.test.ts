import { AwsClient } from 'aws4fetch';
import { describe, expect, it } from 'vitest';
import type { ProposalDocument } from '../../lambdas/contract/item/proposal-document.ts';
import {
  ask,
  callsFor,
  fresh,
  openPage,
  outputs,
  REFUND,
  reaches,
  say,
  submit,
  TICKET,
  words,
} from '../support/app.ts';
import { approval, counted, eventually, resource } from '../support/desk-clock.ts';

/*
 * Somebody who can write to the bucket changes a proposal while people look at it. What was not shown is not
 * done.
 */

const REASON = { comment: 'seen the photo' };

const s3 = new AwsClient({
  accessKeyId: 'test',
  secretAccessKey: 'test',
  region: 'us-east-1',
  service: 's3',
});

async function objectUrl(key: string): Promise<string> {
  return `${outputs.endpointUrl}/${await resource('datacontent')}/${key}`;
}

/** Changes a document in the bucket. Answers with what puts the old one back. */
async function tamper(key: string, change: (text: string) => string): Promise<() => Promise<void>> {
  const url = await objectUrl(key);
  const before = await (await s3.fetch(url)).text();
  const put = async (body: string) => {
    const { ok } = await s3.fetch(url, { method: 'PUT', body });
    if (!ok) throw new Error(`${key} was not written`);
  };
  expect(change(before)).not.toBe(before);
  await put(change(before));
  return () => put(before);
}

const more = (text: string) => text.replaceAll('240.00', '940.00');

describe('a proposal that is changed between the page and the click', () => {
  it('is not decided about, by nobody, and the operators are told', async () => {
    const { id, approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    const before = await approval(approvalId);
    const [annas, bens] = [await openPage(of('anna')), await openPage(of('ben'))];
    const alarms = await counted('ProposalsTampered');
    const restore = await tamper(before.proposalKey, more);
    const answers = [
      await submit(of('anna'), { ...annas.fields, decision: 'approve', ...REASON }),
      await submit(of('ben'), { ...bens.fields, decision: 'reject', ...REASON }),
      await openPage(of('anna')),
    ];
    for (const { status, page } of answers) {
      expect(status).toBe(409);
      expect(words(page)).toContain('The proposal has changed');
      expect(page).not.toContain('940.00');
    }
    expect(await approval(approvalId)).toEqual(before);
    expect((await counted('ProposalsTampered')) - alarms).toBe(answers.length);
    expect(await callsFor('refund-ledger', id)).toEqual([]);

    // What was asked about lies there again: the same pages decide about it.
    await restore();
    await submit(of('ben'), { ...bens.fields, decision: 'reject', ...REASON });
    await reaches(id, 'rejected');
  });

  it('takes no changes when what the gate saw is another thing', async () => {
    const { approvalId, of } = await ask('refund-request', fresh(REFUND.large));
    const { proposalKey } = await approval(approvalId);
    const document = (await (await s3.fetch(await objectUrl(proposalKey))).json()) as ProposalDocument;
    const page = await openPage(of('anna'));
    const alarms = await counted('ProposalsTampered');
    await tamper(document.question?.evaluated?.key ?? '', (text) => text.replace('damaged', 'other'));
    const answer = await submit(of('anna'), {
      ...page.fields,
      decision: 'approve',
      amount: '200.00',
      ...REASON,
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect((await approval(approvalId)).status).toBe('pending');
    expect(await counted('ProposalsTampered')).toBe(alarms + 1);
  });
});

describe('a proposal that is changed after it was approved', () => {
  it('is not carried out: the item is parked, and the operators are told', async () => {
    const { id, approvalId, of } = await ask('support-triage', TICKET);
    const alarms = await counted('ProposalsTampered');
    await say(of('support-lead'), 'approve');
    // The time to take a decision back is also a time to change what it is about.
    const row = await approval(approvalId);
    expect(row.carriedAt).toBeUndefined();
    await tamper(row.proposalKey, (text) => text.replaceAll('front desk', 'Sales'));
    const item = await reaches(id, 'parked');
    expect(item.error).toMatchObject({
      class: 'SystemError',
      message: 'the proposal was changed after it was approved: nothing was done',
    });
    expect(await callsFor('help-desk', id)).toEqual([]);
    await eventually(
      () => counted('ProposalsTampered'),
      (now) => now > alarms,
    );
  });

  it('is not carried out with the edits of somebody else either', async () => {
    const { id, approvalId, of } = await ask('support-triage', TICKET);
    await say(of('support-lead'), 'approve', { team: 'Billing' });
    const row = await approval(approvalId);
    expect(row.carriedAt).toBeUndefined();
    await tamper(row.proposalKey, (text) => text.replaceAll('Billing', 'Sales'));
    await reaches(id, 'parked');
    expect(await callsFor('help-desk', id)).toEqual([]);
  });
});
