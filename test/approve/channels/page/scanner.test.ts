import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ANN,
  APPROVAL,
  BOB,
  cookieOf,
  fieldsIn,
  fieldsOf,
  link,
  plain,
  question,
  row,
  send,
  show,
} from '../../../support/desk.ts';
import { proposal } from '../../../support/fixtures.ts';
import { time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));
vi.mock('../../../../lambdas/kit/telemetry.ts', () => import('../../../support/telemetry.ts'));

/*
 * What opens links without being the person they were sent to, and who brings a page that was not made for
 * them.
 */

beforeEach(() => {
  world.reset();
  time.freeze();
  question();
});

const SITE = { 'sec-fetch-site': 'same-origin' };
const ORIGIN = { origin: 'https://desk.example' };
const approve = { decision: 'approve', comment: 'yes' };
const pageOf = async (token: string, headers: Record<string, string> = {}) => {
  const page = await show(token, APPROVAL, 'GET', headers);
  return { fields: fieldsIn(page.text), cookie: cookieOf(page) };
};

describe('a scanner of mails', () => {
  it('leaves the question as it is, however it looks at the link, and is counted', async () => {
    const before = world.tables.snapshot();

    for (const method of ['HEAD', 'GET', 'GET', 'OPTIONS'])
      for (const agent of ['Slackbot-LinkExpanding 1.0', 'Mozilla/5.0 (Windows NT 10.0) SafeLinks'])
        await show(ANN, APPROVAL, method, { 'user-agent': agent });

    expect(world.tables.snapshot()).toBe(before);
    expect(world.counted.filter((metric) => metric === 'pagesOpened')).toHaveLength(6);
    expect(world.counted).not.toContain('decisionsPosted');
  });

  it('does not use the link up: the person decides afterwards, once', async () => {
    for (let times = 0; times < 5; times += 1) await show();

    const { fields, cookie } = await pageOf(ANN);
    await send({ ...fields, ...approve }, { ...SITE, cookie });

    expect(row().decision).toBe('approve');
  });

  it.each([
    ['an empty form', {}],
    ['the button alone', { decision: 'approve' }],
    ['the link and the button', { t: ANN, decision: 'approve', comment: 'auto' }],
  ])('decides nothing by posting %s', async (_name, fields) => {
    await send(fields as Record<string, string>);

    expect(row().version).toBe(1);
  });
});

describe('a browser', () => {
  it('decides with the cookie of its page', async () => {
    const { fields, cookie } = await pageOf(ANN);

    expect((await send({ ...fields, ...approve }, { ...SITE, ...ORIGIN, cookie })).status).toBe(200);
    expect(row().decision).toBe('approve');
  });

  it.each([
    ['without its cookie', () => ({})],
    ['with the cookie of another browser', () => ({ cookie: '__Host-signalbox-page=another-browser-' })],
    ['with a cookie that is none of ours', () => ({ cookie: '__Host-signalbox-page=x' })],
  ])('does not decide %s', async (_name, cookie) => {
    const { fields } = await pageOf(ANN);

    for (const mark of [SITE, ORIGIN]) {
      const { status } = await send({ ...fields, ...approve }, { ...mark, ...cookie() });
      expect(status).toBe(400);
    }
    expect(row().version).toBe(1);
  });

  it('that lost its cookie gets one with the answer, and decides at the second try', async () => {
    const { fields } = await pageOf(ANN);
    const refused = await send({ ...fields, ...approve }, SITE);

    const cookie = cookieOf(refused);
    await send({ ...fieldsIn(refused.text), ...approve }, { ...SITE, cookie });

    expect(row().decision).toBe('approve');
  });

  it('keeps one page for each of its tabs: both forms are good until one has decided', async () => {
    const first = await pageOf(ANN);
    const second = await pageOf(ANN, { cookie: first.cookie });

    expect(second.cookie).toBe(first.cookie);
    await send({ ...first.fields, ...approve }, { ...SITE, cookie: first.cookie });
    const late = await send(
      { ...second.fields, decision: 'reject', comment: 'no' },
      { ...SITE, cookie: first.cookie },
    );

    expect(late.text).toContain('already decided');
    expect(row().decision).toBe('approve');
  });
});

describe('a script of the approver, with no cookie and no site', () => {
  it('decides with the page it was given', async () => {
    await send({ ...(await fieldsOf()), ...approve });

    expect(row().decision).toBe('approve');
  });

  it('does not decide with the cookie of another page', async () => {
    await send({ ...(await fieldsOf()), ...approve }, { cookie: '__Host-signalbox-page=another-browser-' });

    expect(row().version).toBe(1);
  });
});

describe('a stolen nonce', () => {
  it('is of no use with another link', async () => {
    const ann = await pageOf(ANN);

    const { status } = await send({ ...ann.fields, ...approve, t: BOB }, { ...SITE, cookie: ann.cookie });

    expect(status).toBe(400);
    expect(row().version).toBe(1);
  });

  it('is of no use without the link', async () => {
    const { fields, cookie } = await pageOf(ANN);

    expect((await send({ ...fields, t: '', ...approve }, { ...SITE, cookie })).status).toBe(404);
    expect(row().version).toBe(1);
  });

  it('is of no use at another question of the same person', async () => {
    const other = 'item-b-g1';
    world.tables.put('approvals', { ...row(), id: other });
    const { fields, cookie } = await pageOf(ANN);

    const own = 'e'.repeat(43);
    link(own, 'ann@example.com', other);

    expect((await send({ ...fields, ...approve }, { ...SITE, cookie }, {}, other)).status).toBe(404);
    expect((await send({ ...fields, ...approve, t: own }, { ...SITE, cookie }, {}, other)).status).toBe(400);
    expect(row(other).version).toBe(1);
  });

  it('is of no use in the browser of whoever stole it', async () => {
    const ann = await pageOf(ANN);
    const thief = await pageOf(BOB);

    await send({ ...ann.fields, ...approve }, { ...SITE, cookie: thief.cookie });

    expect(row().version).toBe(1);
  });

  it('is of no use after the question was put anew about another proposal', async () => {
    const { fields, cookie } = await pageOf(ANN);
    question(proposal({ parameters: { amount: '9999.00' }, summary: 'Pay EUR 9999.00' }));

    const { status, text } = await send({ ...fields, ...approve }, { ...SITE, cookie });

    expect(status).toBe(400);
    expect(text).toContain('too old');
    expect(row().version).toBe(1);
  });

  it('is of no use once more', async () => {
    const { fields, cookie } = await pageOf(ANN);
    const post = () => send({ ...fields, ...approve }, { ...SITE, cookie });
    await post();
    const decided = row();

    for (let times = 0; times < 3; times += 1)
      expect((await post()).text).toContain('already decided by ann@example.com');

    expect(row()).toEqual(decided);
  });
});

describe('clicks at the same moment', () => {
  it('of one person and two, to approve and to reject, come to one decision; the others are told', async () => {
    const [ann, bob] = [await pageOf(ANN), await pageOf(BOB)];
    const posts = [ann, bob, ann, bob, ann, bob].map(({ fields, cookie }, index) =>
      send(
        { ...fields, decision: index % 3 === 0 ? 'approve' : 'reject', comment: `click ${index}` },
        { ...SITE, cookie },
      ),
    );

    const pages = await Promise.all(posts);

    expect(pages.filter(({ text }) => text.includes('Thank you.'))).toHaveLength(1);
    expect(pages.filter(({ text }) => text.includes('already decided by'))).toHaveLength(5);
    expect(
      row()
        .trail.map(({ event }) => event)
        .filter((event) => event === 'decided'),
    ).toHaveLength(1);
    expect(row().version).toBe(2);
  });
});

describe('a link', () => {
  it('that is written into the address of another path leads nowhere', async () => {
    for (const path of [`/approvals/${APPROVAL}/?t=${ANN}`, `/approvals/?t=${ANN}`, `/approvals?t=${ANN}`])
      expect((await plain(path)).status, path).toBe(404);
  });

  it('of the question as it was asked stays good for who was reminded', async () => {
    link('d'.repeat(43), 'ann@example.com');

    expect((await show(ANN)).status).toBe(200);
  });
});
