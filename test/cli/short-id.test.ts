import { describe, expect, it } from 'vitest';
import { shortApproval, shortId, shortIds } from '../../cli/short-id.ts';
import { api, ITEM, run } from './harness.ts';
import { accepted, OTHER_ID, waiting } from './recorded.ts';

const hex = (start: string, end: string) => start + '0'.repeat(32 - start.length - end.length) + end;
const idOf = (automation: string, start: string, end: string) => `${automation}_${hex(start, end)}`;
const LIST = 'GET /v1/items?limit=100';
const TWINS = [idOf('refund-request', 'aaaa', '7777777'), idOf('support-triage', 'bbbb', '7777777')];
const listed = (...ids: string[]) => ({ body: { items: ids.map((id) => ({ id, status: 'done' })) } });
const withList = (...ids: string[]) => {
  api.answers[LIST] = listed(...ids);
  api.answers[`GET ${ITEM}`] = { body: waiting };
};

describe('a short number', () => {
  it('is what a mail shows of an approval, without and with its generation', () => {
    const approval = `${accepted.id}-g1`;
    // As lambdas/approve/channels/mail/mail.ts names it.
    expect(shortApproval(approval)).toBe(approval.slice(-10));
    expect(approval.slice(-10)).toBe(`${shortId(accepted.id)}-g1`);
    expect(shortApproval(`${accepted.id}-g12`)).toBe('60e4257-g12');
    expect(shortId('item-1')).toBe('item-1');
  });

  it('is longer where two of a list would have the same', () => {
    const short = shortIds([...TWINS, OTHER_ID]);
    expect(new Set(TWINS.map(short)).size).toBe(2);
    expect(short(OTHER_ID).endsWith('d6fd8f5')).toBe(true);
    expect(shortIds([OTHER_ID, OTHER_ID])(OTHER_ID)).toBe('d6fd8f5');
  });
});

describe('status', () => {
  it.each([
    '60e4257-g1',
    '60e4257',
    '#60e4257',
    '60E4257',
    '0e4257',
    '60e4257-g12',
    'd711acb',
    'd711',
    accepted.id.slice(-32),
    'refund-request_60e4257',
    'refund-request_d711',
  ])('takes %s for the item that it is the number of', async (typed) => {
    withList(OTHER_ID, accepted.id);
    api.answers['GET /v1/items?automation=refund-request&limit=100'] = listed(accepted.id);
    const { code, out } = await run(['status', typed, '--json']);
    expect([code, JSON.parse(out).id]).toEqual([0, accepted.id]);
  });

  it.each([accepted.id, `${accepted.id}-g2`])(
    'looks for nothing where it has the whole of %s',
    async (typed) => {
      withList();
      expect((await run(['status', typed])).code).toBe(0);
      expect(api.calls.map(({ path }) => path)).toEqual([ITEM]);
    },
  );

  it('looks on page by page, and no further than the item', async () => {
    withList();
    api.answers[LIST] = { body: { ...listed(OTHER_ID).body, cursor: 'b' } };
    api.answers[`${LIST}&cursor=b`] = { body: { ...listed(accepted.id).body, cursor: 'c' } };
    expect((await run(['status', '60e4257'])).code).toBe(0);
    expect(api.calls).toHaveLength(3);
  });

  it('says which ones it may be where it may be several', async () => {
    withList(...TWINS);
    const { code, out, err } = await run(['status', '7777777']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(`Ambiguous (409): '7777777' fits ${TWINS.join(', ')}: type more of it`);
    for (const [at, more] of ['bbbb', '07777777'].entries()) {
      api.answers[`GET /v1/items/${TWINS[1]}`] = { body: waiting };
      expect((await run(['status', more])).code, more).toBe(at);
    }
  });

  it('says that there is none, as JSON too, and how many it looked at where those were not all', async () => {
    withList(OTHER_ID);
    const { code, err } = await run(['status', 'abcdef1']);
    expect([code, err]).toEqual([1, "Not found (404): no item has the number 'abcdef1'"]);
    expect(JSON.parse((await run(['status', 'abcdef1', '--json'])).out)).toMatchObject({ status: 404 });

    api.calls.length = 0;
    api.answers = new Proxy({}, { get: () => ({ body: { ...listed(OTHER_ID).body, cursor: 'on' } }) });
    expect((await run(['status', 'abcdef1'])).err).toContain(
      "none of the newest 50 items has the number 'abcdef1': type its whole id",
    );
    expect(api.calls).toHaveLength(50);
  });

  it.each(['abc', 'item-1', 'xyz1234', '60e4257-x'])(
    'leaves %s to the API, which says that it is none',
    async (typed) => {
      api.answers[`GET /v1/items/${typed}`] = { status: 404, body: { title: 'Not found', status: 404 } };
      expect(await run(['status', typed])).toMatchObject({ code: 1, err: 'Not found (404)' });
      expect(api.calls).toHaveLength(1);
    },
  );
});

describe('withdraw', () => {
  it('takes a short number too', async () => {
    withList(OTHER_ID, accepted.id);
    api.answers[`DELETE ${ITEM}`] = { body: { ...waiting, status: 'withdrawn' } };
    expect(await run(['withdraw', '60e4257'])).toMatchObject({ code: 0 });
  });

  it('withdraws nothing while an older item may be meant', async () => {
    api.answers[LIST] = { body: { ...listed(TWINS[0] ?? '').body, cursor: 'b' } };
    api.answers[`${LIST}&cursor=b`] = listed(TWINS[1] ?? '');
    const { code, err } = await run(['withdraw', '7777777']);
    expect([code, err]).toEqual([1, expect.stringContaining(TWINS.join(', '))]);
    expect(api.calls.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it('withdraws nothing by few digits where older items were not looked at', async () => {
    let page = 0;
    const items = () => {
      page += 1;
      return { body: { ...listed(page % 50 === 1 ? accepted.id : OTHER_ID).body, cursor: 'on' } };
    };
    api.answers = new Proxy(
      {},
      {
        get: (_, call) =>
          String(call).startsWith('DELETE') ? { body: { ...waiting, status: 'withdrawn' } } : items(),
      },
    );
    const { code, err } = await run(['withdraw', '4257']);
    expect([code, err]).toEqual([
      1,
      expect.stringContaining(
        "'4257' fits an item of the newest 50, and may fit an older one: type more of it",
      ),
    ]);
    expect(api.calls.filter(({ method }) => method === 'DELETE')).toEqual([]);
    expect(await run(['withdraw', '60e4257'])).toMatchObject({ code: 0 });
  });
});
