import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../../lambdas/approve/ask.ts';
import { decide } from '../../lambdas/approve/decide.ts';
import { wake } from '../../lambdas/approve/wake.ts';
import type { ApprovalRow } from '../../lambdas/shared/approval.ts';
import { sha256 } from '../../lambdas/shared/digest.ts';
import { ENV, eventsOf, gated, ID, proposal, stored } from '../support/fixtures.ts';
import { Crash, named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/shared/clients.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/shared/content.ts', () => import('../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const put = (escalated = false, taskToken = 'token-1', env = ENV) =>
  ask({ itemId: ID, generation: 1, taskToken, escalated }, env);

const approval = () => world.tables.row<ApprovalRow>('approvals', `${ID}-g1`) as ApprovalRow;
const recipients = () => world.mails.map(({ to }) => to);
const tokenIn = (text = '') => /\?t=([\w-]+)/.exec(text)?.[1] ?? '';

describe('a question to people', () => {
  it('goes to every member of the group, each with a link of their own', async () => {
    gated({ verdict: 'ask' });

    await put();

    expect(recipients()).toEqual(['ann@example.com', 'bob@example.com']);
    const tokens = world.mails.map(({ text }) => tokenIn(text));
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(stored()).toMatchObject({ status: 'waiting_approval', approvalId: `${ID}-g1` });
    expect(approval()).toMatchObject({
      status: 'pending',
      taskToken: 'token-1',
      mailed: ['ann@example.com', 'bob@example.com'],
    });
    expect(approval().closesAt).toBe(time.at / 1000 + 180 * 60);
  });

  it('leaves the hash of a link in the table, and the link in the mail alone', async () => {
    gated({ verdict: 'ask' });

    await put();

    for (const { text, html } of world.mails) {
      expect(html).toContain(tokenIn(text));
      expect(world.tables.snapshot()).not.toContain(tokenIn(text));
      expect(approval().links[sha256(tokenIn(text))]).toBeDefined();
    }
    expect(JSON.stringify([...world.queues, ...world.executions, ...world.content])).not.toContain(
      tokenIn(world.mails[0]?.text),
    );
  });

  it('tells in the subject nothing of the item, and shows hostile words as words', async () => {
    const hostile = '</td><script>alert(1)</script><a href="https://evil.example">click</a>';
    gated({ verdict: 'ask' }, proposal({ summary: hostile, reasons: [hostile] }));

    await put();

    const [mail] = world.mails;
    expect(mail?.subject).toBe('Approval needed: demo (consequential)');
    expect(mail?.html).not.toMatch(/<script|evil\.example"/);
    expect(mail?.html).toContain('&lt;script&gt;');
  });

  it('mails the second group once when the first did not answer, and keeps the first links good', async () => {
    gated({ verdict: 'ask' });
    await put();
    const links = Object.keys(approval().links);

    await put(true, 'token-2');
    await put(true, 'token-2');

    expect(recipients()).toEqual(['ann@example.com', 'bob@example.com', 'eve@example.com']);
    expect(approval()).toMatchObject({ taskToken: 'token-2' });
    expect(approval().mailed).toEqual(['ann@example.com', 'bob@example.com', 'eve@example.com']);
    expect(Object.keys(approval().links)).toEqual(expect.arrayContaining(links));
    expect(eventsOf()).toContain('escalated');
  });

  it('mails nobody twice when its message comes again', async () => {
    gated({ verdict: 'ask' });

    await put();
    await put();

    expect(world.mails).toHaveLength(2);
    expect(eventsOf()).toEqual(['received', 'waiting_approval']);
  });

  it('mails nobody about an item that moves on while the question is written down', async () => {
    gated({ verdict: 'ask' });
    world.fault = (call) => {
      if (call.includes('PutCommand')) world.tables.put('items', { ...stored(), status: 'parked' });
    };

    await put();

    expect(world.mails).toEqual([]);
    expect(stored().status).toBe('parked');
    expect(world.answers).toMatchObject([{ token: 'token-1', error: 'SystemError' }]);
  });

  it.each([
    ['a later generation', { generation: 2 }],
    ['an item that is done', { status: 'done' as const }],
    ['an item that is acting', { status: 'acting' as const }],
    ['an item that an operator parked', { status: 'parked' as const }],
  ])('is not asked about %s', async (_name, fields) => {
    gated(fields);

    await put();

    expect(world.mails).toEqual([]);
    expect(world.tables.all('approvals')).toEqual([]);
  });

  it('is not asked again when it is decided', async () => {
    gated({ verdict: 'ask' });
    await put();
    await decide('approvals', approval(), {
      decision: 'reject',
      decidedBy: 'ann',
      comment: '',
      activeSeconds: 1,
    });

    await put(true, 'token-2');

    expect(recipients()).not.toContain('eve@example.com');
    expect(approval().status).toBe('decided');
  });

  it('reaches everybody wherever its worker dies between the mails, and every link leads to the one question', async () => {
    gated({ verdict: 'ask' });
    await put();
    const calls = world.calls.length;
    for (let point = 1; point <= calls; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        gated({ verdict: 'ask' });
        world.crashAt(point, after);
        await expect(put()).rejects.toBeInstanceOf(Crash);
        world.revive();
        await put();

        const where = `call ${point}, after: ${after}`;
        expect(new Set(recipients()), where).toEqual(new Set(['ann@example.com', 'bob@example.com']));
        for (const { text } of world.mails)
          expect(approval().links[sha256(tokenIn(text))], where).toBeDefined();
        expect(stored(), where).toMatchObject({ status: 'waiting_approval', approvalId: `${ID}-g1` });
      }
    }
  });

  it('loses no decision of somebody who answers before the others have their mail', async () => {
    // Prepare: Ann decides the moment her mail is out, and the stream carries it at once; Bob's mail takes its time.
    gated({ verdict: 'ask' });
    const original = world.ses.bind(world);
    const spy = vi.spyOn(world, 'ses').mockImplementation(async (command, input) => {
      await original(command, input);
      if (world.mails.length !== 1) return;
      await decide('approvals', approval(), {
        decision: 'approve',
        decidedBy: 'ann',
        comment: '',
        activeSeconds: 1,
      });
      await wake(approval(), ENV);
    });

    // Act
    await put();
    spy.mockRestore();

    // Assess
    expect(world.answers).toEqual([{ token: 'token-1', output: { decision: 'approve' } }]);
    expect(stored().status).toBe('processing');
  });

  it.each([
    ['no policy for the automation', (desk: { policies: object }) => ({ ...desk, policies: {} })],
    ['a group without members', (desk: object) => ({ ...desk, groups: { leads: [] } })],
  ])(
    'is answered with a SystemError when there is %s: the item is not left to wait for its time to run out',
    async (_name, change) => {
      gated({ verdict: 'ask' });

      await put(false, 'token-1', { ...ENV, DESK: JSON.stringify(change(JSON.parse(ENV.DESK))) }).catch(
        () => {},
      );

      expect(world.answers).toMatchObject([{ token: 'token-1', error: 'SystemError' }]);
    },
  );

  it('comes again when the mail service falters', async () => {
    gated({ verdict: 'ask' });
    world.fault = (call) => {
      if (call.startsWith('ses')) throw named('ThrottlingException');
    };
    await expect(put()).rejects.toThrow('ThrottlingException');
    world.fault = undefined;

    await put();

    expect(recipients()).toEqual(['ann@example.com', 'bob@example.com']);
  });

  it('reaches the others when one address is refused, and mails nobody twice', async () => {
    gated({ verdict: 'ask' });
    let sends = 0;
    world.fault = (call) => {
      if (call.startsWith('ses') && sends++ === 0) throw named('MessageRejected');
    };

    await put();
    await put();

    expect(recipients()).toEqual(['bob@example.com', 'ann@example.com']);
    expect(stored().status).toBe('waiting_approval');
  });

  it('ends its run at once when every address is refused', async () => {
    gated({ verdict: 'ask' });
    world.fault = (call) => {
      if (call.startsWith('ses')) throw named('MessageRejected');
    };

    await put();

    expect(world.answers).toMatchObject([{ token: 'token-1', error: 'SystemError' }]);
  });

  it('is answered with the decision when a run asks what is decided', async () => {
    gated({ verdict: 'ask' });
    await put();
    const decision = { decision: 'approve', decidedBy: 'ann', comment: '', activeSeconds: 1 } as const;
    await decide('approvals', approval(), decision);
    world.tokens = new Set(['token-2']);
    world.answers.length = 0;

    await put(true, 'token-2');

    expect(world.answers).toMatchObject([{ token: 'token-2', output: { decision: 'approve' } }]);
  });
});
