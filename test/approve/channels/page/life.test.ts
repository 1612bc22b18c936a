import { beforeEach, describe, expect, it, vi } from 'vitest';
import { permitted } from '../../../../lambdas/act/permission.ts';
import { ask } from '../../../../lambdas/approve/ask/ask.ts';
import { onChange } from '../../../../lambdas/approve/on-change.ts';
import { timekeeper } from '../../../../lambdas/approve/timekeeper.ts';
import type { ApprovalRow } from '../../../../lambdas/contract/approval.ts';
import type { Automation } from '../../../../lambdas/contract/automation.ts';
import type { ApprovalCommand, TaskMessage } from '../../../../lambdas/contract/item/messages.ts';
import type { ProposalDocument } from '../../../../lambdas/contract/item/proposal-document.ts';
import { digest } from '../../../../lambdas/kit/digest.ts';
import { AMOUNT, editable, fieldsIn, plain, row, send, tell } from '../../../support/desk.ts';
import {
  automation,
  ENV,
  eventsOf,
  gated,
  ID,
  proposal,
  QUESTION,
  SETTINGS,
  stored,
} from '../../../support/fixtures.ts';
import { answerTo } from '../../../support/runs.ts';
import { Crash, time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));

/*
 * The desk as a whole: its functions one after the other, as its queue, its stream and its clock call them.
 */

beforeEach(() => {
  world.reset();
  time.freeze();
  images.length = 0;
  late.length = 0;
  world.secrets['signalbox/approvals'] = JSON.stringify({ key: 'key-of-the-desk' });
});

const SETUP = { env: ENV, settings: SETTINGS };
/** What the stream has carried, oldest first. */
const images: ApprovalRow[] = [];
/** Messages whose worker failed. */
const late: (TaskMessage | ApprovalCommand)[] = [];

/** Works the queue and the stream until both are empty; what fails comes again with the next minute. */
async function settle(): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    const messages = world.taken('questions') as (TaskMessage | ApprovalCommand)[];
    for (const message of messages) await ask(message, SETUP).catch(() => void late.push(message));
    const now = row();
    const before = images.at(-1);
    if (now && now.version !== before?.version) {
      images.push(now);
      await onChange(now, before, ENV);
    } else if (messages.length === 0) return;
  }
}

async function minutes(count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    time.advance(60);
    const again = late.splice(0).map((message) => JSON.stringify(message));
    world.queues.set('questions', [...(world.queues.get('questions') ?? []), ...again]);
    await timekeeper(SETUP, [automation as Automation]);
    await settle();
  }
}

async function put(document: ProposalDocument = proposal()): Promise<void> {
  gated({ verdict: 'ask' }, document);
  await ask({ itemId: ID, generation: 1, taskToken: 'token-1' }, SETUP);
  await settle();
}

/** The page that the n-th mail to this person leads to, as its form is sent. */
async function answer(name: string, fields: Record<string, string>, mail = 0) {
  const link = world.mails.filter(({ to }) => to === `${name}@example.com`)[mail];
  const path = /(\/approvals\/\S+)/.exec(link?.text ?? '')?.[1] ?? '';
  const page = await send({ ...fieldsIn((await plain(path)).text), comment: 'seen', ...fields });
  await settle();
  return page;
}

const trail = () => row().trail.map(({ event }) => event);
const audit = () => world.tables.all('audit').map(({ event }) => event);
const mails = () => world.mails.map(({ to, subject }) => `${subject.split(':')[0]}, ${to.split('@')[0]}`);

describe('a question that nobody answers', () => {
  it('is put, reminded, escalated and expired, each once and at its time; it is never approved', async () => {
    await put();
    await minutes(29);
    expect(mails()).toEqual(['Approval needed, ann', 'Approval needed, bob']);
    await minutes(1);
    expect(mails().slice(2)).toEqual(['Reminder, ann', 'Reminder, bob']);
    await minutes(30);
    expect(mails().slice(4)).toEqual(['Escalated, eve']);
    await minutes(119);
    expect(row().status).toBe('pending');
    expect(world.answers).toEqual([]);

    await minutes(60);

    expect(mails()).toHaveLength(5);
    expect(trail()).toEqual(['asked', 'reminded', 'escalated', 'expired']);
    expect(audit()).toEqual(trail());
    expect(row().trail.map(({ at }) => at.slice(11, 16))).toEqual(['09:00', '09:30', '10:00', '12:00']);
    expect(world.answers).toEqual([answerTo('token-1', 'expired')]);
    expect(eventsOf()).toEqual(['received', 'waiting_approval', 'escalated']);
    expect(row().phase).toBe('closed#2026-12');
  });

  it('is approved by nobody afterwards, by whichever link', async () => {
    await put();
    await minutes(181);

    for (const [name, mail] of [
      ['ann', 0],
      ['ann', 1],
      ['eve', 0],
    ] as const)
      expect((await answer(name, { decision: 'approve' }, mail)).status).not.toBe(500);

    expect(row()).toMatchObject({ status: 'expired' });
    expect(row()).not.toHaveProperty('decision');
  });
});

describe('a question that is answered', () => {
  it('by the second group, by the link of its mail', async () => {
    await put();
    await minutes(60);

    await answer('eve', { decision: 'approve' });

    expect(trail()).toEqual(['asked', 'reminded', 'escalated', 'approved', 'decided']);
    expect(audit()).toEqual(trail());
    expect(world.answers).toEqual([answerTo('token-1', 'approve')]);
    await minutes(200);
    expect(world.answers).toHaveLength(1);
    expect(row().status).toBe('decided');
  });

  it('by the link of the reminder, which is as good as the first', async () => {
    await put();
    await minutes(30);

    await answer('ann', { decision: 'reject' }, 1);

    expect(row()).toMatchObject({ decision: 'reject', decidedBy: 'ann@example.com' });
  });

  it('by two, one of whom was handed it', async () => {
    await put(proposal({ question: { ...QUESTION, terms: { ...QUESTION.terms, quorum: 2 } } }));

    await answer('ann', { decision: 'hand-over', to: 'eve@example.com' });
    await answer('eve', { decision: 'approve' });
    expect(world.answers).toEqual([]);
    await answer('bob', { decision: 'approve' });

    expect(trail()).toEqual(['asked', 'handed_over', 'approved', 'approved', 'decided']);
    expect(world.answers).toEqual([answerTo('token-1', 'approve')]);
    expect(eventsOf()).toEqual(['received', 'waiting_approval', 'handed_over', 'decided']);
  });

  it('with an edit, that is what may be carried out', async () => {
    await put(editable(AMOUNT));

    await answer('bob', { decision: 'approve', amount: '7' });

    const { document } = await permitted(ENV as never, { row: stored(), question: row() }, automation);
    expect(document.parameters).toEqual({ amount: '7.00' });
    expect(stored().timeline.at(-1)).toMatchObject({ event: 'decided', edited: ['amount'] });
  });

  it('and taken back, and answered anew: the second answer is the one that counts', async () => {
    await put(tell());
    await answer('ann', { decision: 'approve' });
    time.advance(5);
    await answer('ann', { decision: 'undo' });
    expect(world.answers).toEqual([]);

    await answer('bob', { decision: 'reject' });
    expect(world.answers).toEqual([]);
    await minutes(1);

    expect(trail()).toEqual(['asked', 'approved', 'decided', 'undone', 'rejected', 'decided']);
    expect(audit()).toEqual(trail());
    expect(world.answers).toEqual([answerTo('token-1', 'reject')]);
  });
});

describe('a worker that dies', () => {
  it('while it takes an answer with an edit leaves the question open, or decided as the person said', async () => {
    const prepare = async () => {
      world.reset();
      time.freeze();
      images.length = 0;
      world.secrets['signalbox/approvals'] = JSON.stringify({ key: 'key-of-the-desk' });
      await put(editable(AMOUNT));
      const path = /(\/approvals\/\S+)/.exec(world.mails[0]?.text ?? '')?.[1] ?? '';
      const fields = fieldsIn((await plain(path)).text);
      return { ...fields, decision: 'approve', comment: 'less', amount: '20' };
    };
    const fields = await prepare();
    world.calls = [];
    await send(fields);
    const calls = world.calls.length;
    expect(calls).toBeGreaterThan(4);
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        const form = await prepare();
        world.crashAt(point, after);
        await send(form).catch(() => {});
        world.revive();
        await send(form);
        await settle();

        const where = `call ${point}, after: ${after}`;
        expect(trail(), where).toEqual(['asked', 'approved', 'decided']);
        expect(row().edits, where).toMatchObject([{ to: '20.00' }]);
        const kept = JSON.parse(world.content.get(`bucket/${row().proposalKey}`) ?? 'null');
        expect(digest(kept), where).toBe(row().digest);
        expect(world.answers, where).toEqual([answerTo('token-1', 'approve')]);
      }
    }
  });

  it('while it looks at what is due does no harm: the next minute does what was left', async () => {
    const prepare = async () => {
      world.reset();
      time.freeze();
      images.length = 0;
      await put();
      time.advance(180 * 60);
      world.calls = [];
    };
    await prepare();
    await timekeeper(SETUP, [automation as Automation]);
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        await prepare();
        world.crashAt(point, after);
        await expect(timekeeper(SETUP, [automation as Automation])).rejects.toBeInstanceOf(Crash);
        world.revive();
        await minutes(1);

        const where = `call ${point}, after: ${after}`;
        expect(trail(), where).toEqual(['asked', 'expired']);
        expect(world.answers, where).toEqual([answerTo('token-1', 'expired')]);
      }
    }
  });
});
