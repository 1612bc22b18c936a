import { describe, expect, it } from 'vitest';
import { api, run } from './harness.ts';

const POST = 'POST /v1/erasures';
const WHO = ['--subject', 'zoe@example.com', '--reason', 'asked us to'];
const item = (digit: string, fields: object) => ({
  ...{ id: `demo_${digit.repeat(32)}`, automation: 'demo', status: 'done', removed: {} },
  ...fields,
});
const answer = (fields: object) => ({
  subject: 'e9a1b2c3d4e5',
  dryRun: false,
  items: [],
  removed: {},
  ...fields,
});

describe('erase', () => {
  it('goes on until nothing is left, and tells of all of it as one', async () => {
    const first = { items: [item('a', { outcome: 'erased' })], removed: { content: 3 }, cursor: 'more' };
    const rest = { items: [item('b', { outcome: 'erased' })], removed: { content: 2, answers: 1 } };
    api.answers[POST] = [{ body: answer(first) }, { body: answer(rest) }];

    const { code, out } = await run(['erase', ...WHO]);

    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      '2 items erased; the audit names the subject e9a1b2c3d4e5',
      '  5 bodies, proposals and names of documents',
      '  1 answers of models, kept answers and vectors',
    ]);
    const asked = { subject: 'zoe@example.com', reason: 'asked us to', dryRun: false };
    expect(api.calls.map(({ body }) => JSON.parse(body ?? ''))).toEqual([
      asked,
      { ...asked, cursor: 'more' },
    ]);
  });

  it('says what was not touched, and when to come again', async () => {
    const items = [
      item('a', { outcome: 'acts', status: 'acting' }),
      item('b', { outcome: 'unsettled', status: 'withdrawn', againAt: '2026-12-01T09:15:00.000Z' }),
    ];
    api.answers[POST] = { body: answer({ items }) };
    const { out } = await run(['erase', ...WHO]);
    expect(out).toContain(`${items[0]?.id} acts at this moment and was not touched`);
    expect(out).toContain('1 item may have been in work: repeat the command after 2026-12-01T09:15:00.000Z');
  });

  it('removes nothing in a dry run, which it says', async () => {
    api.answers[POST] = { body: answer({ dryRun: true, items: [item('a', { outcome: 'found' })] }) };
    const { out } = await run(['erase', ...WHO, '--dry-run', '--automations', 'old-one,demo']);
    expect(out).toBe('1 item would be erased');
    expect(JSON.parse(api.calls[0]?.body ?? '')).toMatchObject({
      dryRun: true,
      automations: ['old-one', 'demo'],
    });
  });

  it.each(['subject', 'reason'])('asks for a %s', async (missing) => {
    const given = missing === 'subject' ? WHO.slice(2) : WHO.slice(0, 2);
    expect((await run(['erase', ...given])).err).toContain(`--${missing} is missing`);
    expect(api.calls).toEqual([]);
  });

  it.each([
    ['0170 1234567', '49', ['+491701234567', '01701234567']],
    ['+49 (0)170 / 123 45-67', '49', ['+491701234567', '01701234567']],
    ['0049 170 1234567', '49', ['+491701234567', '01701234567']],
    ['06 1234 5678', '39', ['+390612345678', '0612345678']],
    ['+39 06 1234 5678', '39', ['+390612345678', '0612345678']],
  ])(
    'with a calling code looks for %s as it is written at home and abroad',
    async (given, code, spellings) => {
      const both = item('a', { outcome: 'erased' });
      api.answers[POST] = [
        { body: answer({ items: [both], removed: { content: 3 } }) },
        {
          body: answer({
            subject: 'f1',
            items: [both, item('b', { outcome: 'erased' })],
            removed: { content: 1 },
          }),
        },
      ];
      const { out } = await run([
        'erase',
        '--subject',
        given,
        '--calling-code',
        code,
        '--reason',
        'asked us to',
      ]);
      expect(api.calls.map(({ body }) => JSON.parse(body ?? '').subject)).toEqual(spellings);
      expect(out.split('\n')[0]).toBe('2 items erased; the audit names the subject e9a1b2c3d4e5 and f1');
      expect(out).toContain('4 bodies');
    },
  );

  it.each([
    ['zoe@example.com', '49', 'is for phone numbers'],
    ['+44 20 7946 0000', '49', 'the number is of another country'],
    ['4155550100', '1', 'numbers that begin with 0 at home'],
    ['0170 1234567', '+49', 'must be one to three digits'],
  ])(
    'refuses a calling code with %s where it means nothing, and erases nothing',
    async (given, code, why) => {
      const { code: exit, err } = await run([
        'erase',
        '--subject',
        given,
        '--calling-code',
        code,
        '--reason',
        'asked us to',
      ]);
      expect([exit, api.calls]).toEqual([2, []]);
      expect(err).toContain(why);
    },
  );
});
