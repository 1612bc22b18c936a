import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { undo } from '../../../../lambdas/approve/decision/decide.ts';
import { personHash } from '../../../../lambdas/kit/digest.ts';
import { logger } from '../../../../lambdas/kit/telemetry.ts';
import { type Stub, stubServer } from '../../../support/http.ts';
import { time, world } from '../../../support/world.ts';
import {
  APPROVAL,
  app,
  asked,
  body,
  type Click,
  document,
  payload,
  settings,
  sign,
  stored,
} from './world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));

vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));

let slack: Stub;

beforeEach(async () => {
  world.reset();
  time.freeze();
  slack = await stubServer({ status: 200, body: { ok: true } });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await slack.close();
});

/** One click, all the way. @returns what the person is told */
async function click(of: Click = {}, post = app(settings(slack.url))): Promise<string> {
  const { status, text } = await post(
    body(payload({ reason: 'looks right', responseUrl: `${slack.url}/r`, ...of })),
  );
  expect([status, text]).toEqual([200, '']);
  return JSON.parse(slack.seen.at(-1)?.body ?? '{"text":""}').text;
}

describe('a click', () => {
  it('decides, and says so to the one who clicked alone', async () => {
    asked();
    const told = await click();
    expect(stored()).toMatchObject({
      status: 'decided',
      decision: 'approve',
      decidedBy: 'ann@example.com',
      comment: 'looks right',
    });
    expect(stored().trail.at(-1)).toMatchObject({
      event: 'decided',
      channel: 'slack',
      authenticatedBy: 'slack signature',
    });
    expect(stored().trail.at(-1)).not.toHaveProperty('activeSeconds');
    expect(told).toBe('Recorded: approved. It is carried out now, once.');
    expect(JSON.parse(slack.seen[0]?.body ?? '')).toEqual({
      response_type: 'ephemeral',
      replace_original: false,
      text: told,
    });
  });

  it('rejects, and says until when that can be taken back', async () => {
    asked(document({ reversible: true }));
    expect(await click({ action: 'reject' })).toMatch(
      /^Recorded: rejected\. Nothing will be done\. ann@example\.com can undo it until <!date\^1796115610\^.*\|2026-12-01 09:00 UTC>/,
    );
    expect(stored().decision).toBe('reject');
  });

  it('of a routine question needs no reason', async () => {
    asked(document({ risk: 'routine' }));
    await click({ reason: null });
    expect(stored()).toMatchObject({ decision: 'approve', comment: '' });
  });

  it.each(['approve', 'reject'])('to %s what has consequences needs a reason', async (action) => {
    asked();
    for (const reason of [null, '', '  \n ', undefined]) {
      const text = body(
        payload({ action, responseUrl: `${slack.url}/r`, ...(reason === undefined ? {} : { reason }) }),
      );
      await app(settings(slack.url))(text);
      expect(slack.seen.at(-1)?.body).toContain('Please write a reason into the message first');
    }
    expect(stored().version).toBe(1);
  });

  it('with a reason that is too long decides nothing: what is kept is what was said', async () => {
    asked();
    expect(await click({ reason: 'x'.repeat(2001) })).toBe(
      'Your reason has 2,001 characters; at most 2,000 are allowed. Please shorten it, then decide. Nothing was recorded.',
    );
    expect(stored().version).toBe(1);
    await click({ reason: 'x'.repeat(2000) });
    expect(stored().comment).toHaveLength(2000);
  });

  it('with half of a character in its reason is kept with the sign for damage', async () => {
    asked();
    expect(await click({ reason: 'seen \ud83d' })).toContain('Recorded: approved');
    expect(stored().comment).toBe('seen \ufffd');
  });

  it('of a question whose id holds half of a character is about none that is kept', async () => {
    asked();
    const value = JSON.stringify({ approvalId: `${APPROVAL}\udc00`, digest: 'x' });
    const read = vi.spyOn(world.tables, 'row');
    expect(await click({ value })).toContain('no longer kept');
    expect(read.mock.calls.every(([, id]) => id.isWellFormed())).toBe(true);
  });

  it.each(['approve', 'reject'])(
    'can never %s what is catastrophic, whatever button was sent',
    async (action) => {
      asked(document({ risk: 'catastrophic' }));
      expect(await click({ action })).toContain('decided on its page only');
      expect(stored().version).toBe(1);
    },
  );

  it.each<[string, Parameters<typeof document>[0]]>([
    ['was doubted', { suspicions: ['override'], text: 'Approve it.' }],
    ['has words that have to be read', { words: { note: [] }, parameters: { note: 'x' } }],
    ['does not fit', { parameters: { note: 'x'.repeat(3000) } }],
  ])('never approves what %s, whatever button was sent, and may reject it', async (_name, fields) => {
    asked(document(fields));
    expect(await click()).toContain('on its page only');
    expect(stored().status).toBe('pending');
    await click({ action: 'reject' });
    expect(stored().decision).toBe('reject');
  });

  it('counts once, however often it comes', async () => {
    asked();
    const post = app(settings(slack.url));
    const text = body(payload({ reason: 'x', responseUrl: `${slack.url}/r` }));
    const headers = sign(text);
    await Promise.all([post(text, headers), post(text, headers)]);
    time.advance(200);
    await post(text, headers);
    expect(stored().version).toBe(2);
    expect(stored().trail.filter(({ event }) => event === 'decided')).toHaveLength(1);
    expect(JSON.parse(slack.seen.at(-1)?.body ?? '').text).toMatch(
      /^Already decided by ann@example\.com at <!date\^1796115600\^\{date_short_pretty\} at \{time\}\|2026-12-01 09:00 UTC>: approved\./,
    );
  });

  it('counts no more when it was taken back since', async () => {
    const row = asked(document({ reversible: true }));
    const post = app(settings(slack.url));
    const text = body(payload({ reason: 'x', responseUrl: `${slack.url}/r` }));
    const headers = sign(text);
    await post(text, headers);
    time.advance(5);
    const ann = { by: 'ann@example.com', channel: 'console', authenticatedBy: 'session by mailed link' };
    expect((await undo('approvals', stored(), ann as never)).undone).toBe(true);
    time.advance(5);
    await post(text, headers);
    expect(slack.seen.at(-1)?.body).toContain('undone after you clicked');
    expect(stored()).toMatchObject({ status: 'pending', digest: row.digest });
    // The message is from before, however late somebody clicks on it.
    expect(await click({}, post)).toContain('undone after you clicked');
    await click({ round: 1 }, post);
    expect(stored().status).toBe('decided');
  });

  it.each([
    ['somebody whom the configuration does not know', 'U0XXX', 'You are not an approver here'],
    ['a member that is a name of every object', 'constructor', 'You are not an approver here'],
    ['an approver who was not asked', 'U0EVE', 'You are not among those who were asked'],
  ])('of %s decides nothing', async (_name, member, words) => {
    asked();
    expect(await click({ member })).toContain(words);
    expect(stored().version).toBe(1);
  });

  it('of who asked for the work approves nothing, but may call it off', async () => {
    const facts = { ...asked().facts, requester: personHash('ann@example.com') };
    asked(document(), { facts });
    expect(await click()).toContain('You are the requester');
    expect(stored().version).toBe(1);
    await click({ action: 'reject' });
    expect(stored().decision).toBe('reject');
  });

  it('waits for whoever is working on it', async () => {
    asked(document(), { claim: { by: 'bob@example.com', until: '2026-12-01T09:10:00.000Z' } });
    expect(await click()).toMatch(/^bob@example\.com is working on it until <!date\^/);
    expect(stored().version).toBe(1);
  });

  it('about another document than the one that stands decides nothing', async () => {
    asked();
    const value = JSON.stringify({ approvalId: APPROVAL, digest: 'b'.repeat(64) });
    expect(await click({ value })).toContain('changed after this message was sent');
    expect(stored().version).toBe(1);
  });

  it('about a document that was tampered with decides nothing, and is an error in the log', async () => {
    const row = asked();
    world.content.set(`bucket/${row.proposalKey}`, JSON.stringify(document({ summary: 'Pay EUR 9999' })));
    const alarmed = vi.spyOn(logger, 'error');
    expect(await click()).toContain('is not the one you were asked about');
    expect(stored().version).toBe(1);
    expect(alarmed).toHaveBeenCalledWith('proposal changed after it was asked about', { approval: APPROVAL });
  });

  it('is one vote of several, and says so', async () => {
    asked(document(), { quorum: 2 });
    expect(await click()).toBe(
      'Your approval counts: 1 of 2. It is carried out when 2 people have approved it.',
    );
    expect(await click()).toContain('1 of 2');
    expect(stored().status).toBe('pending');
    expect(await click({ member: 'U0BOB' })).toContain('Recorded: approved');
    expect(stored()).toMatchObject({ status: 'decided', decidedBy: 'bob@example.com' });
  });

  it.each([
    ['whose time is over', {}, 3 * 3600],
    ['that has expired', { status: 'expired' as const }, 0],
  ])('on a question %s says that nobody answered', async (_name, fields, seconds) => {
    asked(document(), fields);
    time.advance(seconds);
    expect(await click()).toContain('nobody decided in time');
    expect(stored().version).toBe(1);
  });

  it.each([
    ['is not kept', 'item-none-g1'],
    ['has no name', ''],
    ['has a name as long as none', 'x'.repeat(1000)],
  ])('on a question that %s says that it is not kept', async (_name, id) => {
    asked();
    const told = await click({ value: JSON.stringify({ approvalId: id, digest: 'x' }) });
    expect(told).toContain('no longer kept');
  });

  it('on a test says at once that it was one, and why', async () => {
    asked(document(), { attentionCheck: { why: 'The amount is a <hundred> times the order.' } });
    expect(await click()).toBe(
      'This was a test, and should not have been approved. The amount is a &lt;hundred&gt; times the order. Nothing was carried out.',
    );
    asked(document(), { attentionCheck: { why: 'Look.' } });
    expect(await click({ action: 'reject' })).toContain('Well spotted');
  });

  it('logs nothing of the item', async () => {
    asked();
    const lines = [vi.spyOn(logger, 'info'), vi.spyOn(logger, 'warn')];
    await click({ reason: 'card 4111' });
    await click({ responseUrl: 'https://evil.example/4111' });
    const written = JSON.stringify(lines.flatMap(({ mock }) => mock.calls));
    expect(written).toContain('decision posted');
    expect(written).not.toMatch(/24\.90|4111|shop\.example|evil/);
  });
});
