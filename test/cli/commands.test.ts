import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { accepted, done, OTHER_ID, page, parked, refunds, waiting } from './recorded.ts';
import { type Outcome, StubApi, type Surroundings, signalbox } from './world.ts';

const api = new StubApi();
const folder = mkdtempSync(join(tmpdir(), 'signalbox-cli-'));
beforeAll(() => api.start());
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  api.calls.length = 0;
  api.answers = {};
});
afterEach(() => vi.unstubAllEnvs());

function run(argv: readonly string[], around: Surroundings = {}): Promise<Outcome> {
  return signalbox(argv, {
    ...around,
    env: { SIGNALBOX_API_URL: `${api.url}/`, SIGNALBOX_TOKEN: 'a-client-token', ...around.env },
  });
}

const POST = 'POST /v1/automations/refund-request/items';
const ITEM = `/v1/items/${accepted.id}`;

describe('send', () => {
  it('posts a file as it is and says how to follow the item', async () => {
    const file = join(folder, 'body.json');
    writeFileSync(file, '{ "orderId":  "W1" }\n');
    api.answers[POST] = { status: 202, body: accepted };
    const { code, out } = await run(['send', 'refund-request', file, '--key', 'k-1', '--priority', 'urgent']);
    expect(code).toBe(0);
    expect(out).toBe(`${accepted.id}  refund-request  received\nits story: signalbox status ${accepted.id}`);
    expect(api.calls[0]?.body).toBe('{ "orderId":  "W1" }\n');
    expect(api.calls[0]?.headers).toMatchObject({
      authorization: 'Bearer a-client-token',
      'idempotency-key': 'k-1',
      'signalbox-priority': 'urgent',
      'content-type': 'application/json',
    });
    expect(api.calls[0]?.headers).not.toHaveProperty('prefer');
  });

  it('finds a file from the folder in which npm was called', async () => {
    writeFileSync(join(folder, 'here.json'), '{}');
    api.answers[POST] = { status: 202, body: accepted };
    const env = { npm_lifecycle_event: 'signalbox', INIT_CWD: folder };
    expect((await run(['send', 'refund-request', 'here.json'], { env })).code).toBe(0);
  });

  it('reads standard input for -', async () => {
    api.answers[POST] = { status: 202, body: accepted };
    await run(['send', 'refund-request', '-'], { stdin: '{"orderId":"W2"}' });
    expect(api.calls[0]?.body).toBe('{"orderId":"W2"}');
  });

  it('sends an example of the registry letter by letter', async () => {
    api.answers['GET /v1/automations/refund-request'] = { body: refunds };
    api.answers[POST] = { status: 202, body: accepted };
    await run(['send', 'refund-request', '--example', 'a small double charge']);
    expect(JSON.parse(api.calls[1]?.body ?? '')).toEqual({ orderId: 'W1001', text: 'Tw\u001bice' });
  });

  it('names the examples there are when one is not', async () => {
    api.answers['GET /v1/automations/refund-request'] = { body: refunds };
    const { code, err } = await run(['send', 'refund-request', '--example', 'none']);
    expect(code).toBe(2);
    expect(err).toBe("refund-request has no example 'none'; there are: 'a small double charge'");
  });

  it('tells the story when the item is settled in time', async () => {
    api.answers[POST] = { body: waiting };
    const { out } = await run(['send', 'refund-request', '-', '--wait', '9'], { stdin: '{}' });
    expect(api.calls[0]?.headers.prefer).toBe('wait=9');
    expect(out).toContain('Timeline');
    expect(api.calls).toHaveLength(1);
  });

  it('asks on when the wait is longer than the API waits', async () => {
    api.answers[POST] = { status: 202, body: { ...accepted, status: 'processing' } };
    api.answers[`GET ${ITEM}?wait=25`] = [{ body: { ...waiting, status: 'acting' } }, { body: done }];
    const { out } = await run(['send', 'refund-request', '-', '--wait', '60'], { stdin: '{}' });
    expect(api.calls.map(({ path }) => path).slice(1)).toEqual([`${ITEM}?wait=25`, `${ITEM}?wait=25`]);
    expect(api.calls[0]?.headers.prefer).toBe('wait=25');
    expect(out).toContain('refund-request  done');
  });

  it('says that the item is still under way when the wait is over', async () => {
    api.answers[POST] = { status: 202, body: { ...accepted, status: 'processing' } };
    let time = 0;
    const now = () => {
      time += 1000;
      return time;
    };
    const { code, out } = await run(['send', 'refund-request', '-', '--wait', '1'], { stdin: '{}', now });
    expect(code).toBe(0);
    expect(out).toContain('processing after 1 s');
  });

  it('says that an item was sent before', async () => {
    api.answers[POST] = { body: { ...accepted, duplicate: true } };
    const { out } = await run(['send', 'refund-request', '-'], { stdin: '{}' });
    expect(out).toMatch(/^this was sent before; it is the same item\n/);
  });

  it.each([
    [['send', 'refund-request'], /^say what to send: a file, - for standard input, or --example NAME/],
    [['send', 'refund-request', 'a.json', '--example', 'x'], /leave one out/],
    [['send', 'refund-request', 'absent.json'], /'absent.json' cannot be read \(ENOENT\): name a file/],
    [['send', 'refund-request', '-'], /^standard input is empty: it must hold the JSON body/],
    [['send', 'refund-request', '-', '--key', 'two words'], /^--key must be 1 to 255 printable ASCII/],
    [['send', 'refund-request', '-', '--priority', 'now'], /^--priority must be one of urgent, normal, low/],
    [
      ['send', 'refund-request', '-', '--wait', '1.5'],
      /^--wait must be a whole number from 0 to 3600, got '1.5'/,
    ],
  ])('refuses %j before anything is sent', async (argv, message) => {
    const { code, out, err } = await run(argv);
    expect(err).toMatch(message);
    expect([code, out, api.calls.length]).toEqual([2, '', 0]);
  });
});

describe('status', () => {
  it('tells facts, reasons, proposal, approval, action, timeline and lineage', async () => {
    api.answers[`GET ${ITEM}`] = { body: done };
    const { out } = await run(['status', accepted.id]);
    for (const line of [
      `${accepted.id}  refund-request  done`,
      '  received  2026-11-20 11:55:00 UTC, 5 min ago',
      '  cost      $0.000139',
      '  tokens    1,192 in, 39 out',
      '  - the amount is at or above 100.00',
      '  Refund USD 109.27 to order W9373487',
      '  confidence  not measured',
      '    rules     R3; R4',
      '  evidence  R3: "Goods that arrive broken are refunded in full."',
      '  approve by anna@example.com, 2026-11-20 11:58:00 UTC, 2 min ago, after 41 s on the page',
      '  refund: done',
      '  reference  refund-ledger-000003',
    ]) {
      expect(out.split('\n')).toContain(line);
    }
  });

  it('counts the timeline from the moment the item was received', async () => {
    api.answers[`GET ${ITEM}`] = { body: waiting };
    const { out } = await run(['status', accepted.id]);
    expect(out).toContain(
      [
        '  +0.0 s  received          client local, priority normal',
        '  +2.3 s  prepared          characters 156',
        '  +3.0 s  gated             verdict ask, reasons the amount is high',
        `  +1 min  waiting_approval  group refund-approvers, approvalId ${accepted.id}-g1`,
      ].join('\n'),
    );
    expect(out).toContain('  pending: nobody has decided yet');
  });

  it('shows tokens and cost of each step in columns of numbers', async () => {
    api.answers[`GET ${ITEM}`] = { body: waiting };
    const { out } = await run(['status', accepted.id]);
    expect(out).toContain(
      [
        '  step      prompt       model          in  out       cost  from',
        '  route     route.v1     gpt-6-luna  1,316    5  $0.000034  memory',
        '  diagnose  diagnose.v1  gpt-6-luna    876   34  $0.000105  openai',
      ].join('\n'),
    );
  });

  it('leaves out what was not reached', async () => {
    api.answers[`GET /v1/items/${OTHER_ID}`] = { body: parked };
    const { out } = await run(['status', OTHER_ID]);
    expect(out).toContain('  error     SystemError: the budget of the day is spent');
    expect(out).toContain('  priority  urgent');
    expect(out).toContain('  run       number 2');
    expect(out).not.toMatch(/Reasons|Proposal|Approval|Action|Lineage|undefined|NaN/);
  });

  it('passes the wait on', async () => {
    api.answers[`GET ${ITEM}?wait=3`] = { body: waiting };
    expect((await run(['status', accepted.id, '--wait', '3'])).code).toBe(0);
  });

  it('does not let an id walk to another path', async () => {
    await run(['status', '../automations?x']);
    expect(api.calls[0]?.path).toBe('/v1/items/..%2Fautomations%3Fx');
  });
});

describe('items', () => {
  it('shows a page as a table and the call that shows the next', async () => {
    api.answers['GET /v1/items?limit=2'] = { body: page };
    const { out } = await run(['items', '--limit', '2']);
    expect(out.split('\n')).toEqual([
      'id                                     automation      status              age  verdict  label         cost  priority',
      'item-d711acb4d2d7cb7ee63720e1060e4257  refund-request  waiting_approval  5 min  ask      damaged  $0.000139  normal',
      'item-9f6a69cf6d55cbecf449afcc4d6fd8f5  support-triage  parked              2 d                    $0.012300  urgent',
      '',
      'more: signalbox items --limit 2 --cursor MjAyNi0xMS0yMA',
    ]);
  });

  it('passes every filter on, and a length of time as a time', async () => {
    api.answers = new Proxy({}, { get: () => ({ body: { items: [] } }) });
    const filters = [
      '--automation',
      'refund-request',
      '--status',
      'done',
      '--since',
      '90m',
      '--cursor',
      'abc',
    ];
    const { out } = await run(['items', ...filters]);
    expect(Object.fromEntries(new URL(api.calls[0]?.path ?? '', api.url).searchParams)).toEqual({
      automation: 'refund-request',
      status: 'done',
      since: '2026-11-20T10:30:00.000Z',
      cursor: 'abc',
    });
    expect(out).toBe('no items');
  });

  it.each([
    ['30s', '2026-11-20T11:59:30.000Z'],
    ['2h', '2026-11-20T10:00:00.000Z'],
    ['7d', '2026-11-13T12:00:00.000Z'],
    ['2026-11-19', '2026-11-19T00:00:00.000Z'],
    ['2026-11-19T10:00:00+02:00', '2026-11-19T08:00:00.000Z'],
  ])('understands --since %s', async (since, time) => {
    api.answers = new Proxy({}, { get: () => ({ body: { items: [] } }) });
    await run(['items', '--since', since]);
    expect(new URL(api.calls[0]?.path ?? '', api.url).searchParams.get('since')).toBe(time);
  });

  it.each([
    [['--since', 'yesterday'], /^--since must be like 30m, 12h, 7d/],
    [['--since', '2026-13-41'], /^--since must be like/],
    [['--limit', '101'], /^--limit must be a whole number from 1 to 100, got '101'/],
    [['--status', 'lost'], /^--status must be one of received, processing/],
  ])('refuses %j', async (argv, message) => {
    const { code, err } = await run(['items', ...argv]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

describe('approvals', () => {
  const list = 'GET /v1/items?status=waiting_approval&limit=100';
  const older = {
    ...waiting,
    id: OTHER_ID,
    reasons: [],
    proposal: undefined,
    timeline: [
      { at: '2026-11-19T00:00:00.000Z', event: 'waiting_approval', group: 'an-earlier-run' },
      { at: '2026-11-20T09:00:00.000Z', event: 'waiting_approval', group: 'refund-approvers' },
      { at: '2026-11-20T10:00:00.000Z', event: 'escalated', group: 'refund-managers' },
    ],
  };

  it('shows who was asked for what and why, the longest wait first', async () => {
    api.answers[list] = { body: { items: [{ id: waiting.id }], cursor: 'next' } };
    api.answers[`${list}&cursor=next`] = { body: { items: [{ id: OTHER_ID }] } };
    api.answers[`GET ${ITEM}`] = { body: waiting };
    api.answers[`GET /v1/items/${OTHER_ID}`] = { body: older };
    const { out } = await run(['approvals']);
    expect(out.split('\n')).toEqual([
      'id                                     automation      waiting  asked',
      `${OTHER_ID}  refund-request      3 h  refund-approvers, then refund-managers`,
      '  the proposal is no longer kept',
      `${waiting.id}  refund-request    4 min  refund-approvers`,
      '  Refund USD 109.27 to order W9373487',
      '  - the amount is at or above 100.00',
      '  - a second reason',
      '',
      '2 wait for a person',
    ]);
  });

  it('leaves out what was decided while the list was read', async () => {
    api.answers[`${list.replace('?', '?automation=refund-request&')}`] = {
      body: { items: [{ id: waiting.id }] },
    };
    api.answers[`GET ${ITEM}`] = { body: done };
    const { out } = await run(['approvals', '--automation', 'refund-request']);
    expect(out).toBe('nothing waits for a person');
  });
});

describe('automations', () => {
  it('shows all in a table with their purpose', async () => {
    api.answers['GET /v1/automations'] = { body: { automations: [refunds] } };
    const { out } = await run(['automations']);
    expect(out.split('\n')).toEqual([
      'name            state    owner                spent today     of  last review',
      'refund-request  running  Payments Operations    $0.001565  $5.00  2026-05-20 OVERDUE',
      '  Examine refund requests against the refund policy.',
    ]);
  });

  it('says when there is none for this token', async () => {
    api.answers['GET /v1/automations'] = { body: { automations: [] } };
    expect((await run(['automations'])).out).toBe('this token may use no automation');
  });

  it('tells everything of one', async () => {
    api.answers['GET /v1/automations/refund-request'] = { body: refunds };
    const { out } = await run(['automations', 'refund-request']);
    for (const text of [
      'Examine refund requests',
      'Payments Operations',
      'last 2026-05-20, every 90 days: OVERDUE',
      '$5 a day, $0.001565 spent today; $0.02 an item',
      'damaged, other',
      'route route.v1 (stable)',
      '- POST of a complaint by the shop',
      '- order number, amount and the complaint',
      '- refund: to refund-ledger, consequential, not reversible',
      '- the ledger is down',
      "'a small double charge': act",
      '"orderId": "W1001"',
      '"required": [',
    ]) {
      expect(out).toContain(text);
    }
  });
});

describe('open', () => {
  const outputs = {
    apiUrl: 'http://127.0.0.1:4566/api',
    consoleUrl: 'http://127.0.0.1:4566/api/console',
    inboxUrl: 'http://127.0.0.1:4567/inbox',
    clientToken: 'local_token',
    sandboxModelUrl: 'http://127.0.0.1:4567/model',
    destinations: { 'help-desk': 'http://127.0.0.1:4567/destinations/help-desk' },
  };
  beforeEach(() => {
    writeFileSync(join(folder, 'outputs.json'), JSON.stringify(outputs));
    vi.stubEnv('SIGNALBOX_STATE_DIR', folder);
  });

  it.each([
    [[], outputs.consoleUrl],
    [['console'], outputs.consoleUrl],
    [['inbox'], outputs.inboxUrl],
    [['api'], outputs.apiUrl],
    [['openapi'], `${outputs.apiUrl}/openapi.json`],
    [['model'], `${outputs.sandboxModelUrl}/calls`],
    [['help-desk'], `${outputs.destinations['help-desk']}/calls`],
  ])('prints and opens %j', async (what, url) => {
    expect(await signalbox(['open', ...what])).toEqual({ code: 0, out: url, err: '', opened: [url] });
  });

  it('opens the documentation even when nothing ever ran', async () => {
    vi.stubEnv('SIGNALBOX_STATE_DIR', join(folder, 'nothing'));
    expect((await signalbox(['open', 'docs'])).out).toMatch(/^file:\/\/.*\/docs$/);
    expect((await signalbox(['open'])).err).toMatch(/outputs\.json is missing: run npm start/);
  });

  it('takes the address of the environment first', async () => {
    expect((await run(['open'])).out).toBe(`${api.url}/console`);
    expect((await run(['open', 'inbox'])).err).toBe(
      "there is no 'inbox' to open; there are: console, api, openapi, docs",
    );
  });

  it('names what there is when asked for something else', async () => {
    const { code, err } = await signalbox(['open', 'window']);
    expect(code).toBe(2);
    expect(err).toBe(
      "there is no 'window' to open; there are: console, inbox, api, openapi, docs, model, help-desk",
    );
  });
});

describe('token', () => {
  it('shows a token once and only its hash in the entry and the commands', async () => {
    const { code, out } = await signalbox(['token', 'web-shop', '--automations', 'a,b']);
    const [token = ''] = /sb_[\w-]{43}/.exec(out) ?? [];
    expect(code).toBe(0);
    expect(out.split(token)).toHaveLength(2);
    const sha256 = createHash('sha256').update(token).digest('hex');
    expect(out).toContain(
      JSON.stringify({ name: 'web-shop', sha256, automations: ['a', 'b'], role: 'client' }),
    );
    expect(out).toContain(
      'aws secretsmanager put-secret-value --secret-id signalbox/clients --secret-string',
    );
  });

  it('makes a token that the authorizer takes, and another one each time', async () => {
    const made = await Promise.all([1, 2].map(() => signalbox(['token', 'ops', '--operator', '--json'])));
    const [one, two] = made.map(({ out }) => JSON.parse(out));
    expect(`Bearer ${one.token}`).toMatch(/^Bearer ([\w.~+/=-]{16,512})$/i);
    expect(one.token).not.toBe(two.token);
    expect(one.entry).toMatchObject({ name: 'ops', automations: ['*'], role: 'operator' });
  });

  it('prints a command that adds the entry and keeps the other clients', async () => {
    const { out } = await signalbox(['token', 'web-shop', '--json']);
    const { command, entry } = JSON.parse(out);
    const before = { clients: [{ name: 'other' }, { name: 'web-shop', sha256: 'old' }] };
    const aws = `aws() { [ "$2" = get-secret-value ] && echo '${JSON.stringify(before)}' || printf '%s' "\${@: -1}"; }`;
    const put = execFileSync('bash', ['-c', `${aws}\n${command}`], { encoding: 'utf8' });
    expect(JSON.parse(put)).toEqual({ clients: [{ name: 'other' }, entry] });
  });

  it('prints a command that writes nothing when the secret cannot be read', async () => {
    const { command } = JSON.parse((await signalbox(['token', 'web-shop', '--json'])).out);
    for (const secret of ['false', 'echo not-json', 'echo "{}"']) {
      const aws = `aws() { if [ "$2" = get-secret-value ]; then ${secret}; else echo WRITTEN; fi; }`;
      const script = `(${aws}\n${command}) 2>/dev/null || echo failed`;
      expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('failed\n');
    }
  });

  it.each([
    [
      ['token', 'Web Shop'],
      /^<client> must be lower-case letters, digits and '-', at most 40, got 'Web Shop'/,
    ],
    [['token', 'shop', '--automations', 'a,*'], /^--automations must be names joined by ',' or '\*' alone/],
    [['token', 'shop', '--automations', "a';rm"], /^--automations must be names/],
  ])('refuses %j', async (argv, message) => {
    const { code, err } = await signalbox(argv);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

describe('--json', () => {
  it.each([
    [['send', 'refund-request', '-'], { [POST]: accepted }, accepted],
    [['send', 'refund-request', '-', '--wait', '5'], { [POST]: waiting }, waiting],
    [['status', accepted.id], { [`GET ${ITEM}`]: done }, done],
    [['items'], { 'GET /v1/items': page }, page],
    [['automations'], { 'GET /v1/automations': { automations: [refunds] } }, { automations: [refunds] }],
    [['automations', 'refund-request'], { 'GET /v1/automations/refund-request': refunds }, refunds],
    [
      ['approvals'],
      {
        'GET /v1/items?status=waiting_approval&limit=100': { items: [{ id: waiting.id }] },
        [`GET ${ITEM}`]: waiting,
      },
      { items: [waiting] },
    ],
  ])('of %j is the answer of the API and nothing else', async (argv, answers, expected) => {
    api.answers = Object.fromEntries(Object.entries(answers).map(([call, body]) => [call, { body }]));
    const { code, out, err } = await run([...argv, '--json'], { stdin: '{}', colours: true, columns: 30 });
    expect(JSON.parse(out)).toEqual(expected);
    expect([code, err]).toEqual([0, '']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is tested
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('of open is the address, and nothing is opened', async () => {
    const { out, opened } = await run(['open', 'api', '--json']);
    expect(JSON.parse(out)).toEqual({ what: 'api', url: `${api.url}/` });
    expect(opened).toEqual([]);
  });
});
