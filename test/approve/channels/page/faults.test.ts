import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../../../../lambdas/approve/ask/ask.ts';
import { applyEdits } from '../../../../lambdas/approve/decision/apply-edits.ts';
import { claim } from '../../../../lambdas/approve/decision/claim.ts';
import { decide } from '../../../../lambdas/approve/decision/decide.ts';
import { onChange } from '../../../../lambdas/approve/on-change.ts';
import { timekeeper } from '../../../../lambdas/approve/timekeeper.ts';
import type { ApprovalRow } from '../../../../lambdas/contract/approval.ts';
import type { Automation } from '../../../../lambdas/contract/automation.ts';
import type { ApprovalCommand, TaskMessage } from '../../../../lambdas/contract/item/messages.ts';
import {
  AMOUNT,
  APPROVAL,
  editable,
  fieldsOf,
  person,
  question,
  row,
  send,
  tell,
  withCat,
} from '../../../support/desk.ts';
import {
  automation,
  ENV,
  gated,
  ID,
  proposal,
  runName,
  SETTINGS,
  stored,
} from '../../../support/fixtures.ts';
import { answerTo } from '../../../support/runs.ts';
import { DECISION_KEY, named, time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));

const context = { env: ENV, settings: SETTINGS };
const approve = (name: string, fields: object = {}) =>
  decide(
    'approvals',
    row(),
    { decision: 'approve', shown: row().digest, round: row().round ?? 0, comment: 'x', ...fields },
    person(name),
    10,
    DECISION_KEY,
  );
const task = (taskToken: string): TaskMessage => ({ itemId: ID, generation: 1, taskToken });

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a decision whose run can never be reached', () => {
  beforeEach(async () => {
    question();
    await approve('ann');
    world.executions.clear();
    world.fault = (call) => {
      if (call.includes('StartExecution')) throw named('StateMachineDoesNotExist');
    };
  });

  it('parks its item and lets the others pass', async () => {
    await onChange(row(), undefined, ENV);
    expect(stored()).toMatchObject({ status: 'parked', error: { class: 'SystemError' } });
    expect(stored().error?.message).toMatch(/^the decision was not carried: /);
  });

  it('claims one generation however often it is tried', async () => {
    world.fault = (call) => {
      if (call.includes('StartExecution')) throw named('ThrottlingException');
    };
    for (let tries = 0; tries < 5; tries += 1)
      await expect(onChange(row(), undefined, ENV)).rejects.toThrow();
    expect(stored().generation).toBe(2);
    world.fault = undefined;
    await onChange(row(), undefined, ENV);
    expect(stored().generation).toBe(2);
    expect(world.executions.has(runName(2))).toBe(true);
  });
});

describe('a question that cannot be put', () => {
  it('is closed with its run: nobody decides what nobody waits for', async () => {
    gated({ verdict: 'ask' });
    world.fault = (call) => {
      if (call.startsWith('ses')) throw named('MessageRejected');
    };
    await ask(task('token-1'), context);
    expect(world.answers[0]).toMatchObject({ error: 'SystemError' });
    expect(row()).toMatchObject({ status: 'expired', phase: 'closed#2026-12' });
    expect((await approve('ann')).outcome).toBe('closed');
  });
});

describe('messages that overtake each other', () => {
  it('leave a decision its way to the run, whichever token came last', async () => {
    gated({ verdict: 'ask' });
    world.tokens.clear();
    world.tokens.add('new');
    await ask(task('new'), context);
    await ask(task('old'), context);
    await approve('ann');
    await onChange(row(), undefined, ENV);
    expect(world.answers).toEqual([answerTo('new', 'approve')]);
  });
});

describe('a question that is handed over', () => {
  it('stays with its two groups, also for who knows how to send a form', async () => {
    const groups = { ...SETTINGS.groups, strangers: [{ email: 'mia@example.com' }] };
    question();
    const sent = await send(
      { ...(await fieldsOf()), decision: 'hand-over', to: 'mia@example.com' },
      {},
      { settings: { ...SETTINGS, groups } },
    );
    expect(sent.status).toBe(400);
    const command: ApprovalCommand = {
      approvalId: APPROVAL,
      command: 'hand over',
      by: 'ann@example.com',
      to: 'mia@example.com',
    };
    await ask(command, { ...context, settings: { ...SETTINGS, groups } });
    expect(row().asked).not.toHaveProperty('mia@example.com');
    expect(world.mails).toEqual([]);
  });
});

describe('who has left the group that was asked', () => {
  it('has a link that leads nowhere, though another group has them', async () => {
    question();
    const fields = await fieldsOf();
    const groups = { leads: [{ email: 'bob@example.com' }], bosses: [{ email: 'ann@example.com' }] };
    const sent = await send(
      { ...fields, decision: 'approve', comment: 'x' },
      {},
      { settings: { ...SETTINGS, groups } },
    );
    expect(sent.status).toBe(404);
    expect(row().status).toBe('pending');
  });
});

describe('an edit', () => {
  const stepped: Automation = {
    ...(automation as Automation),
    actions: {
      ...automation.actions,
      pay: {
        ...automation.actions.pay,
        amount: ({ amount }) => String(amount),
      } as Automation['actions'][string],
    },
    approval: { ...automation.approval, byAmount: [{ from: '100.00', quorum: 2 }] },
  };

  it('may go back to what was asked, also over a step of the amount', async () => {
    const asked = editable(AMOUNT, { parameters: { amount: '150.00' } });
    const back = [{ field: 'amount', from: '90.00', to: '150.00' }];
    const now = { ...asked, parameters: { ...asked.parameters, amount: '90.00' } };
    const before = [{ field: 'amount', from: '150.00', to: '90.00' }];
    expect((await applyEdits('bucket', now, back, stepped, before))?.refused).toBe(false);
    expect((await applyEdits('bucket', now, back, stepped))?.refused).toBe(true);
  });

  it('asks those again whose approval it made void, and nobody else', async () => {
    question(editable(AMOUNT), withCat({ quorum: 2 }));
    await approve('ann');
    const before = row();
    const edited = {
      proposalKey: 'items/edited.json',
      digest: 'other',
      edits: [{ field: 'amount', from: '24.90', to: '20.00' }],
    };
    await approve('bob', { edited });
    await onChange(row(), before, ENV);
    expect(world.sent('questions')).toContainEqual({ approvalId: APPROVAL, command: 'deliver' });
    expect(row().asked['ann@example.com']).toMatchObject({ voided: true });
    expect(row().asked['ann@example.com']).not.toHaveProperty('mailedAt');
    expect(row().asked['cat@example.com']).toHaveProperty('mailedAt');
  });
});

describe('the row of a question', () => {
  it('does not grow by the same vote', async () => {
    question(proposal(), withCat({ quorum: 2 }));
    await approve('ann');
    const { version } = row();
    for (let tries = 0; tries < 3; tries += 1) expect((await approve('ann')).outcome).toBe('voted');
    expect(row().version).toBe(version);
  });

  it('has an end for claims, and room for the decision behind it', async () => {
    const entry = { at: '2026-12-01T08:30:00.000Z', event: 'claimed' } as const;
    question(proposal(), { trail: Array.from({ length: 200 }, () => entry) });
    expect((await claim('approvals', row(), person('ann'), 15)).mine).toBe(false);
    expect((await approve('ann')).outcome).toBe('decided');
  });
});

describe('a reminder that cannot be sent', () => {
  it('is tried once, and leaves no links behind', async () => {
    question();
    world.content.set(`bucket/${row().proposalKey}`, '{"another":"document"}');
    const links = world.tables.all('links').length;
    for (let minute = 0; minute < 3; minute += 1) {
      time.at = Date.parse('2026-12-01T09:01:00.000Z') + minute * 60_000;
      await timekeeper(context, [automation as Automation]);
      for (const command of (world.queues.get('questions') ?? []).splice(0))
        await ask(JSON.parse(command), context);
    }
    expect(row().remindedAt).toBeDefined();
    expect(world.tables.all('links')).toHaveLength(links);
    expect(world.mails).toEqual([]);
  });
});

describe('a decision that may be taken back', () => {
  it('is carried by the clock when its own command was lost', async () => {
    question(tell());
    await approve('ann');
    expect(row()).toMatchObject({ phase: 'carrying' });
    await timekeeper(context, [automation as Automation]);
    expect(world.sent('questions')).toEqual([]);
    time.advance(120);
    await timekeeper(context, [automation as Automation]);
    const [command] = world.sent('questions') as ApprovalCommand[];
    expect(command).toEqual({ approvalId: APPROVAL, command: 'carry' });
    if (command) await ask(command, context);
    expect(row() as ApprovalRow).toMatchObject({ phase: 'closed#2026-12', carriedAt: expect.any(String) });
  });
});
