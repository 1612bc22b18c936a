import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stopped } from '../../cli/errors.ts';
import { table } from '../../cli/table.ts';
import { ask, coloursOn, columnsOf, openUrl, type Terminal } from '../../cli/terminal.ts';
import { clean, cut, safeJson, width, wrap } from '../../cli/text.ts';
import { audit, cases, page, refunds, statistics, waiting } from './recorded.ts';
import { StubApi, type Surroundings, signalbox } from './world.ts';

const api = new StubApi();
beforeAll(() => api.start());
afterAll(() => api.stop());

const run = (argv: string[], around: Surroundings = {}) =>
  signalbox(argv, { ...around, env: { SIGNALBOX_API_URL: api.url, SIGNALBOX_TOKEN: 'a-client-token' } });
const ESCAPE = '\u001b[';
/** A screen is wiped, a title set, a line overwritten, and an amount read backwards. */
const HOSTILE = `Refund ${ESCAPE}2J\u001b]0;owned\u0007 1.00\rPaid\b\b \u009b31m\u202e00.1\u202c\u2066x\u200b`;
// biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is tested
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

describe('control characters', () => {
  const hostile = {
    ...waiting,
    label: HOSTILE,
    reasons: [HOSTILE],
    proposal: {
      ...waiting.proposal,
      summary: HOSTILE,
      brief: HOSTILE,
      parameters: { [HOSTILE]: { deep: [HOSTILE] } },
      evidence: [{ source: HOSTILE, quote: HOSTILE }],
    },
    approval: { status: 'decided', decision: 'reject', decidedBy: HOSTILE },
    error: { class: 'InputError', message: HOSTILE },
    timeline: [{ at: waiting.receivedAt, event: 'waiting_approval', group: HOSTILE, other: [HOSTILE] }],
  };
  const answers = {
    [`GET /v1/items/${waiting.id}`]: hostile,
    'GET /v1/items': { items: [{ ...page.items[0], label: HOSTILE }], cursor: HOSTILE },
    'GET /v1/items?status=waiting_approval&limit=100': { items: [{ id: waiting.id }] },
    'GET /v1/automations': { automations: [{ ...refunds, purpose: HOSTILE, owner: HOSTILE }] },
    'GET /v1/automations/x': {
      ...refunds,
      purpose: HOSTILE,
      examples: [{ name: HOSTILE, body: { [HOSTILE]: 1 } }],
    },
    'POST /v1/automations/x/items': hostile,
    'GET /v1/audit': { ...audit, entries: [{ ...audit.entries[1], comment: HOSTILE, by: HOSTILE }] },
    'GET /v1/statistics': {
      ...statistics,
      byAutomation: [{ ...statistics.byAutomation[0], promptVersions: HOSTILE }],
    },
    'GET /v1/cases?automation=x': { ...cases, cases: [{ ...cases.cases[0], name: HOSTILE }] },
  };
  const calls = [
    ['status', waiting.id],
    ['items'],
    ['approvals'],
    ['automations'],
    ['automations', 'x'],
    ['send', 'x', '-'],
    ['audit'],
    ['statistics'],
  ];

  it.each(calls)('do not reach the terminal with %s %s', async (...argv) => {
    api.answers = Object.fromEntries(Object.entries(answers).map(([call, body]) => [call, { body }]));
    const { code, out } = await run(argv.filter(Boolean), { stdin: '{}' });
    expect(code).toBe(0);
    expect(out).toContain('Refund [2J');
    expect(out).not.toMatch(UNSEEN);
  });

  it('are escaped in the lines of cases, which are the same values', async () => {
    api.answers = { 'GET /v1/cases?automation=x': { body: answers['GET /v1/cases?automation=x'] } };
    const { out } = await run(['cases', 'x']);
    expect(out).not.toMatch(UNSEEN);
    expect(JSON.parse(out).name).toBe(HOSTILE);
  });

  it.each([...calls, ['cases', 'x']])(
    'are escaped in the --json of %s %s, which is the same value',
    async (...argv) => {
      api.answers = Object.fromEntries(Object.entries(answers).map(([call, body]) => [call, { body }]));
      const { out } = await run([...argv.filter(Boolean), '--json'], { stdin: '{}' });
      expect(out).not.toMatch(UNSEEN);
      expect(JSON.stringify(JSON.parse(out))).toContain(JSON.stringify(HOSTILE).slice(1, -1));
    },
  );

  it('do not reach the terminal in a problem', async () => {
    const body = { title: HOSTILE, detail: HOSTILE, errors: [{ pointer: HOSTILE, message: HOSTILE }] };
    api.answers = { 'GET /v1/items': { status: 400, body } };
    const { err } = await run(['items']);
    expect(err).toContain('Refund [2J');
    expect(err).not.toMatch(UNSEEN);
  });

  it('leave lines and letters of every script alone', () => {
    const text = 'Zürich 東京 👍\nкарта עברית हिन्दी';
    expect(clean(text)).toBe(text);
    expect(safeJson({ text })).toContain('東京 👍');
  });

  it('beyond the first plane are escaped as the same value', () => {
    const tag = 'a\u{e0041}b';
    expect(safeJson(tag)).toBe('"a\\udb40\\udc41b"');
    expect(JSON.parse(safeJson(tag))).toBe(tag);
  });
});

describe('the width of the terminal', () => {
  const widest = (text: string) => Math.max(...text.split('\n').map(width));
  const item = {
    ...waiting,
    reasons: ['a reason of many words '.repeat(12).trim()],
    proposal: { ...waiting.proposal, brief: 'many words '.repeat(40).trim() },
    timeline: [...waiting.timeline, { at: waiting.updatedAt, event: 'acted', note: 'n'.repeat(300) }],
  };

  it.each([60, 80, 100, 120])('of %i columns is not exceeded', async (columns) => {
    api.answers = {
      [`GET /v1/items/${waiting.id}`]: { body: item },
      'GET /v1/items': { body: { items: page.items } },
      'GET /v1/items?status=waiting_approval&limit=100': { body: { items: [{ id: waiting.id }] } },
      'GET /v1/automations': { body: { automations: [refunds] } },
      'GET /v1/audit': { body: audit },
      'GET /v1/statistics': { body: statistics },
    };
    // The id, the automation and the status stand in one line of a story, and are never cut.
    const story = columns < 80 ? [] : [['status', waiting.id]];
    const byName = ['automations', 'audit', 'statistics'];
    for (const argv of [['items'], ['approvals'], ...byName.map((name) => [name]), ...story]) {
      const { out } = await run(argv, { columns });
      expect(widest(out), argv[0]).toBeLessThanOrEqual(columns);
      expect(out).toContain(byName.includes(argv[0] ?? '') ? 'refund' : '60e4257');
    }
  });

  it('at 80 columns leaves out what matters least', async () => {
    api.answers = { 'GET /v1/items': { body: { items: page.items } } };
    const { out } = await run(['items'], { columns: 80 });
    expect(out.split('\n')[0]).toMatch(/^id +automation +status +age +label +cost +about$/);
  });

  const terminal = (columns: number): Terminal => ({
    env: {},
    columns,
    colours: false,
    out: () => {},
    err: () => {},
    now: () => 0,
    readStdin: async () => '',
    pause: async () => false,
    openUrl: () => false,
  });
  const columns = [
    { title: 'name', cell: ([name = '']: string[]) => name },
    { title: 'n', cell: ([, number = '']: string[]) => number, right: true },
    { title: 'words', cell: ([, , words = '']: string[]) => words, least: 6 },
  ];

  it('is used up by columns that are as wide as their content', () => {
    expect(
      table(
        columns,
        [
          ['東京', '7', 'x'],
          ['a', '1,234', 'a  b\nc'],
        ],
        terminal(80),
      ).split('\n'),
    ).toEqual(['name      n  words', '東京      7  x', 'a     1,234  a b c']);
  });

  it('cuts the words first and a name last', () => {
    const rows = [['a-name', '1', 'a long text of words']];
    expect(table(columns, rows, terminal(20)).split('\n')[1]).toBe('a-name  1  a long t…');
    expect(table(columns, rows, terminal(12)).split('\n')[1]).toBe('a-name  1  …');
    expect(table(columns, rows, terminal(8)).split('\n').map(width)).not.toContain(9);
  });

  it('counts what a character takes', () => {
    expect([width('é'), width('e\u0301'), width('東京'), width('👍')]).toEqual([1, 1, 4, 2]);
    expect([cut('東京都', 5), cut('abc', 3), cut('abcd', 3), cut('a', 0)]).toEqual([
      '東京…',
      'abc',
      'ab…',
      '',
    ]);
    expect(wrap('one two three\n\nfour', 8)).toEqual(['one two', 'three', '', 'four']);
  });

  it('is that of the terminal, of COLUMNS, or none in a pipe', () => {
    expect(columnsOf({ isTTY: true, columns: 132 }, {})).toBe(132);
    expect(columnsOf({ isTTY: true, columns: 132 }, { COLUMNS: '90' })).toBe(90);
    expect(columnsOf({ isTTY: true }, { COLUMNS: 'x' })).toBe(80);
    expect(columnsOf({}, {})).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('colours', () => {
  it('are for a terminal, and not with NO_COLOR', () => {
    expect(coloursOn({ isTTY: true }, {})).toBe(true);
    expect(coloursOn({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
    expect(coloursOn({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(coloursOn({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(coloursOn({}, {})).toBe(false);
    expect(coloursOn({}, { FORCE_COLOR: '1' })).toBe(false);
  });

  it('change no letter and no place', async () => {
    api.answers = { 'GET /v1/items': { body: page } };
    const [plain, coloured] = [await run(['items']), await run(['items'], { colours: true })];
    expect(coloured.out).toContain(`${ESCAPE}33mwaiting_approval`);
    expect(plain.out).not.toContain(ESCAPE);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(coloured.out.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain.out);
  });
});

describe('openUrl', () => {
  it('does nothing where there is no display', () => {
    expect(openUrl('http://127.0.0.1/', 'linux', {})).toBe(false);
    expect(openUrl('http://127.0.0.1/', 'darwin', { SSH_CONNECTION: 'x' })).toBe(false);
  });

  it('does not fail where there is nothing to open with', async () => {
    const before = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      expect(openUrl('http://127.0.0.1/', 'linux', { DISPLAY: ':0' })).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      process.env.PATH = before;
    }
  });
});

describe('a question', () => {
  const answered = (keys: string) => {
    const [input, output] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY: true })];
    const answer = ask('Which team? ', input, output);
    input.write(keys);
    return answer;
  };

  it('is answered by a line', async () => {
    expect(await answered('Sales\r')).toBe('Sales');
  });

  it.each([
    ['Ctrl-C', 'Sal\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('that somebody leaves with %s stops the command', async (_, keys) => {
    await expect(answered(keys)).rejects.toThrow(new Stopped());
  });
});
