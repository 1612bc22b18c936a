import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addressHash, digest } from '../../../lambdas/kit/digest.ts';
import { ownerOf, recipients, tell, tokenIn, tokens } from '../../support/desk.ts';
import { eventsOf, gated, ID, proposal, QUESTION, SETTINGS, stored } from '../../support/fixtures.ts';
import { Crash, named, time, world } from '../../support/world.ts';
import { approval, put } from './ask-world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const mailed = () =>
  Object.entries(approval().asked).flatMap(([email, { mailedAt }]) => (mailedAt ? [email] : []));

describe('a question to people', () => {
  it('goes to every member of the group, each with a link of their own', async () => {
    gated({ verdict: 'ask' });

    await put();

    expect(recipients()).toEqual(['ann@example.com', 'bob@example.com']);
    const tokens = world.mails.map(({ text }) => tokenIn(text));
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(stored()).toMatchObject({ status: 'waiting_approval', approvalId: `${ID}-g1` });
    expect(mailed()).toEqual(['ann@example.com', 'bob@example.com']);
  });

  it('is written down with what it is about and the terms of its time', async () => {
    const requester = addressHash('zoe@example.com');
    const document = proposal({
      ...{
        summary: 'Pay EUR 24.90 to ann@shop.example, please',
        evidence: [{ source: 'R1', quote: 'words' }],
      },
      question: { ...QUESTION, requester, terms: { ...QUESTION.terms, quorum: 2 } },
    });
    gated({ verdict: 'ask' }, document);

    await put();

    expect(approval()).toMatchObject({
      ...{ itemId: ID, generation: 1, automation: 'demo', status: 'pending' },
      ...{ askedDigest: digest(document), digest: digest(document), quorum: 2 },
      ...{ group: 'leads', escalateTo: 'bosses', phase: 'open', votes: {} },
      createdAt: '2026-12-01T09:00:00.000Z',
      phaseAt: `2026-12-01T09:30:00.000Z#${ID}-g1`,
      times: {
        remindAt: '2026-12-01T09:30:00.000Z',
        promiseAt: '2026-12-01T10:00:00.000Z',
        escalateAt: '2026-12-01T10:00:00.000Z',
        closesAt: '2026-12-01T12:00:00.000Z',
      },
      facts: {
        ...{ action: 'pay', risk: 'consequential', reversible: false, sources: ['R1'], requester },
        summary: 'Pay EUR 24.90 to (an address), please',
      },
      trail: [{ event: 'asked', to: 'leads', digest: digest(document) }],
      expiresAt: time.at / 1000 + 400 * 86_400,
    });
    expect(JSON.stringify(approval())).not.toMatch(/words|ann@shop/);
  });

  it('does not outlive its item, which its automation may keep for a shorter time', async () => {
    const expiresAt = time.at / 1000 + 30 * 86_400;
    gated({ verdict: 'ask', expiresAt });
    await put();
    expect(approval()).toMatchObject({ expiresAt });
  });

  it('keeps to the working time of its calendar', async () => {
    const terms = { ...QUESTION.terms, calendar: 'office' };
    const days = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
    const office = { timeZone: 'UTC', days, from: '09:00', to: '10:00', holidays: ['2026-12-02'] };
    gated({ verdict: 'ask' }, proposal({ question: { ...QUESTION, terms } }));

    await put('token-1', { ...SETTINGS, calendars: { office } });

    expect(approval().times).toMatchObject({
      remindAt: '2026-12-01T09:30:00.000Z',
      escalateAt: '2026-12-01T10:00:00.000Z',
      closesAt: '2026-12-04T10:00:00.000Z',
    });
  });

  it('leaves the hash of a link in the table, and the link in the mail alone', async () => {
    gated({ verdict: 'ask' });

    await put();

    for (const { to, text, html } of world.mails) {
      expect(html).toContain(tokenIn(text));
      expect(world.tables.snapshot()).not.toContain(tokenIn(text));
      expect(ownerOf(tokenIn(text))).toBe(to);
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
    expect(mail?.subject).toBe(
      'Approval needed: demo (consequential), approval a1a1a1a-g1'.replace('a1a1a1a', '1a1a1a1'),
    );
    expect(mail?.html).not.toMatch(/<script|evil\.example"/);
    expect(mail?.html).toContain('&lt;script&gt;');
    expect(mail?.text).toContain('2026-12-01 10:00 UTC, bosses will be asked as well');
  });

  it('mails nobody twice when its message comes again, and waits under the new token', async () => {
    gated({ verdict: 'ask' });

    await put();
    await put();
    await put('token-2');

    expect(world.mails).toHaveLength(2);
    expect(eventsOf()).toEqual(['received', 'waiting_approval']);
    expect(tokens()).toEqual(['token-2', 'token-1']);
    expect(approval().trail).toHaveLength(1);
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

  it('closes its question about an item that is withdrawn while it is written down, also after a crash', async () => {
    gated({ verdict: 'ask' });
    world.fault = (call) => {
      if (call.includes('PutCommand')) world.tables.put('items', { ...stored(), status: 'withdrawn' });
      if (call.includes('SendTaskFailure')) world.fault = undefined;
    };

    await put();

    expect(world.mails).toEqual([]);
    expect(approval()).toMatchObject({ status: 'withdrawn', phase: expect.stringMatching(/^closed#/) });
    world.tables.put('approvals', { ...approval(), status: 'pending', phase: 'open' });
    await put('token-2');
    expect(approval().status).toBe('withdrawn');
  });

  it.each([
    ['a later generation', { generation: 2 }],
    ['an item that is done', { status: 'done' as const }],
    ['an item that is acting', { status: 'acting' as const }],
    ['an item that an operator parked', { status: 'parked' as const }],
  ])('is not asked about %s: whoever waits for it is told', async (_name, fields) => {
    gated({ verdict: 'ask', ...fields });

    await put();

    expect(world.mails).toEqual([]);
    expect(world.tables.all('approvals')).toEqual([]);
    expect(world.answers).toMatchObject([{ error: 'SystemError' }]);
  });

  it('is not asked about an item that is not there', async () => {
    await expect(put()).resolves.toBeUndefined();
    expect(world.mails).toEqual([]);
  });

  it.each([
    [
      'its document was changed after the gate',
      (key: string) => world.content.set(key, JSON.stringify(tell())),
    ],
    ['its document is gone', (key: string) => world.content.delete(key)],
  ])('is not asked when %s, and the run is told', async (_name, change) => {
    const { proposalKey } = gated({ verdict: 'ask' });
    change(`bucket/${proposalKey}`);

    await put();

    expect(world.mails).toEqual([]);
    expect(world.tables.all('approvals')).toEqual([]);
    expect(world.answers).toMatchObject([{ token: 'token-1', error: 'SystemError' }]);
  });

  it('is not asked where the proposal has no question: the gate said act', async () => {
    const { question: _, ...document } = proposal();
    gated({ verdict: 'ask' }, document);

    await put();

    expect(world.answers).toMatchObject([
      { error: 'SystemError', cause: expect.stringContaining('no terms of approval') },
    ]);
  });

  it('ends the run of a question that expired before it was put', async () => {
    gated({ verdict: 'ask' });
    world.tables.put('approvals', { id: `${ID}-g1`, status: 'expired', version: 1, trail: [] });

    await put();

    expect(world.mails).toEqual([]);
    expect(world.answers).toMatchObject([{ error: 'SystemError' }]);
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
        time.advance(60);
        await put();

        const where = `call ${point}, after: ${after}`;
        expect(new Set(recipients()), where).toEqual(new Set(['ann@example.com', 'bob@example.com']));
        for (const { to, text } of world.mails) expect(ownerOf(tokenIn(text)), where).toBe(to);
        expect(stored(), where).toMatchObject({ status: 'waiting_approval', approvalId: `${ID}-g1` });
        expect(mailed(), where).toHaveLength(2);
        expect(
          eventsOf().filter((name) => name === 'waiting_approval'),
          where,
        ).toHaveLength(1);
      }
    }
  });

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

  it('comes again for the others alone when the mail service falters half way', async () => {
    gated({ verdict: 'ask' });
    let sends = 0;
    world.fault = (call) => {
      if (call.startsWith('ses') && ++sends === 2) throw named('ThrottlingException');
    };
    await expect(put()).rejects.toThrow('ThrottlingException');

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
    expect(world.answers[0]?.cause).toContain("'leads'");
  });
});
