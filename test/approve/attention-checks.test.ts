import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../../lambdas/approve/ask/ask.ts';
import { decide } from '../../lambdas/approve/decision/decide.ts';
import { onChange } from '../../lambdas/approve/on-change.ts';
import { timekeeper } from '../../lambdas/approve/timekeeper.ts';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { ApprovalCommand } from '../../lambdas/contract/item/messages.ts';
import { person, question } from '../support/desk.ts';
import { automation, ENV, PAY, runName, SETTINGS } from '../support/fixtures.ts';
import { DECISION_KEY, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));

/** Follows every second question; which ones is drawn from their ids. */
const watchful: Automation = {
  ...(automation as Automation),
  approval: {
    ...automation.approval,
    attentionChecks: {
      oneIn: 2,
      proposals: [
        {
          ...PAY,
          parameters: { amount: '9999.00' },
          label: 'Billing',
          reasons: ['it is large'],
          why: 'Nobody owes 9999.',
        },
      ],
    },
  },
};

const context = { env: ENV, settings: SETTINGS };

function rows(): ApprovalRow[] {
  return world.tables.all('approvals') as unknown as ApprovalRow[];
}

const seeds = () => rows().filter(({ attentionCheck }) => attentionCheck);

/** Questions under many ids: by the draw some are followed and some are not. */
function ask20(): void {
  const row = question();
  for (let number = 0; number < 20; number += 1) {
    const itemId = `demo_${number.toString(16).padStart(32, '0')}`;
    const id = `${itemId}-g1`;
    world.tables.put('approvals', { ...row, id, itemId, phaseAt: `${row.times.remindAt}#${id}` });
  }
}

beforeEach(() => {
  world.reset();
  time.freeze();
  time.at = Date.parse('2026-12-01T08:31:00.000Z');
});

describe('known-bad proposals', () => {
  it('are put only where a policy asks for them', async () => {
    ask20();
    await timekeeper(context, [automation as Automation]);
    expect(seeds()).toEqual([]);
  });

  it('follow about one question in so many, however often the timekeeper runs', async () => {
    ask20();
    await timekeeper(context, [watchful]);
    const first = seeds().map(({ id }) => id);
    expect(first.length).toBeGreaterThan(3);
    expect(first.length).toBeLessThan(18);
    await timekeeper(context, [watchful]);
    expect(seeds().map(({ id }) => id)).toEqual(first);
  });

  it("are drawn with the desk's secret: nobody works them out from the number in a mail", async () => {
    const drawn = async (key: string) => {
      world.reset();
      ask20();
      const FORM_KEYS = `signalbox/approvals-${key}`;
      world.secrets[FORM_KEYS] = JSON.stringify({ key });
      await timekeeper({ ...context, env: { ...ENV, FORM_KEYS } }, [watchful]);
      return seeds().map(({ id }) => id);
    };
    const [first, second] = [await drawn('one'), await drawn('another')];
    expect(first.some((id) => second.includes(id))).toBe(false);
    expect(await drawn('one')).toEqual(first);
  });

  it('follow a question while it is fresh, and never each other', async () => {
    ask20();
    time.at += 11 * 60_000;
    await timekeeper(context, [watchful]);
    expect(seeds()).toEqual([]);
  });

  it('are mailed like any other, once', async () => {
    ask20();
    await timekeeper(context, [watchful]);
    const commands = world.sent('questions') as ApprovalCommand[];
    const put = commands.filter(({ command }) => command === 'deliver');
    expect(put.map(({ approvalId }) => approvalId).sort()).toEqual(
      seeds()
        .map(({ id }) => id)
        .sort(),
    );
    for (const command of [...put, ...put]) await ask(command, context);
    expect(world.mails).toHaveLength(2 * put.length);
    await timekeeper(context, [watchful]);
    expect(
      (world.sent('questions') as ApprovalCommand[]).filter(({ command }) => command === 'deliver'),
    ).toEqual(put);
  });

  it('are told apart by nothing that an approver sees', async () => {
    ask20();
    await timekeeper(context, [watchful]);
    const [seed] = seeds();
    expect(seed?.id).toMatch(/^demo_[0-9a-f]{32}-g1$/);
    const real = rows().find(({ attentionCheck }) => !attentionCheck);
    const shape = (row: ApprovalRow | undefined) =>
      Object.keys(row ?? {})
        .filter((key) => key !== 'attentionCheck')
        .sort();
    expect(shape(seed)).toEqual(shape(real));
    expect(Object.keys(seed?.facts ?? {}).sort()).toEqual(Object.keys(real?.facts ?? {}).sort());
    for (const command of world.sent('questions') as ApprovalCommand[]) await ask(command, context);
    expect(JSON.stringify(world.mails)).not.toMatch(/attentionCheck|test|Nobody owes/i);
  });

  it('begin at any second of the minute, not at those of the timekeeper', async () => {
    ask20();
    await timekeeper(context, [watchful]);
    const begun = seeds().map(({ createdAt, trail, times }) => {
      expect(trail[0]?.at).toBe(createdAt);
      expect(Date.parse(times.escalateAt) - Date.parse(createdAt)).toBe(60 * 60_000);
      return (time.at - Date.parse(createdAt)) / 1000;
    });
    expect(new Set(begun.map(Math.floor)).size).toBeGreaterThan(3);
    for (const seconds of begun) expect(seconds >= 0 && seconds < 60).toBe(true);
  });

  it('name the money at stake as real ones do', async () => {
    const { pay } = automation.actions;
    if (!pay) throw new Error('the demo pays');
    const amount = (parameters: Readonly<Record<string, unknown>>) => String(parameters.amount);
    const actions = { ...automation.actions, pay: { ...pay, amount, currency: () => 'EUR' } };
    ask20();
    await timekeeper(context, [{ ...watchful, actions }]);
    expect(seeds()[0]?.facts.amount).toEqual({ value: '9999.00', currency: 'EUR' });
  });

  it('a timekeeper that died half way is finished by the next', async () => {
    ask20();
    for (let point = 1; point < 60; point += 1) {
      world.crashAt(point, true);
      await timekeeper(context, [watchful]).catch(() => undefined);
      world.revive();
    }
    await timekeeper(context, [watchful]);
    const asked = new Set((world.sent('questions') as ApprovalCommand[]).map(({ approvalId }) => approvalId));
    expect(seeds().every(({ id }) => asked.has(id))).toBe(true);
    expect(seeds().every(({ proposalKey }) => world.content.has(`bucket/${proposalKey}`))).toBe(true);
  });

  it('come to nothing, also when they are approved', async () => {
    ask20();
    await timekeeper(context, [watchful]);
    const [seed] = seeds();
    if (!seed) throw new Error('none was put');
    const answer = { decision: 'approve', shown: seed.digest, round: 0, comment: 'looks fine' } as const;
    const { row, outcome } = await decide('approvals', seed, answer, person('ann'), 10, DECISION_KEY);
    expect(outcome).toBe('decided');
    world.calls = [];
    await onChange(row, seed, ENV);
    expect(world.calls.filter((call) => call.startsWith('states'))).toEqual([]);
    expect(world.executions.has(runName(2))).toBe(false);
    const audit = world.tables.all('audit');
    expect(audit.length).toBeGreaterThan(0);
    expect(audit.every(({ attentionCheck }) => attentionCheck === true)).toBe(true);
  });

  it('do not count as waiting work', async () => {
    ask20();
    const others = rows().length;
    await timekeeper(context, [watchful]);
    const late = Date.parse('2026-12-01T12:00:00.000Z');
    time.at = late;
    for (const row of rows())
      if (!row.attentionCheck) world.tables.put('approvals', { ...row, phase: 'closed#2026-12' });
    await timekeeper(context, [watchful]);
    expect(others).toBe(21);
    expect(world.tables.row('control', 'demo_approvals#behind')).toBeUndefined();
  });
});
