import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { api, folder, ITEM, POST, run } from './harness.ts';
import { accepted, done, refunds, waiting } from './recorded.ts';

describe('send', () => {
  it('posts a file as it is and says how to follow the item', async () => {
    const file = join(folder, 'body.json');
    writeFileSync(file, '{ "orderId":  "W1" }\n');
    api.answers[POST] = { status: 202, body: accepted };
    const { code, out } = await run(['send', 'refund-request', file, '--key', 'k-1', '--priority', 'urgent']);
    expect(code).toBe(0);
    expect(out).toBe(`${accepted.id}  refund-request  received\nits story: signalbox status 60e4257`);
    expect(api.calls[0]?.body).toBe('{ "orderId":  "W1" }\n');
    expect(api.calls[0]?.headers).toMatchObject({
      authorization: 'Bearer a-client-token',
      'idempotency-key': 'k-1',
      'signalbox-priority': 'urgent',
      'content-type': 'application/json',
    });
    expect(api.calls[0]?.headers).not.toHaveProperty('prefer');
  });

  it('that is kept for later is no error, and says when it is looked at next', async () => {
    const body = { ...accepted, status: 'deferred', deferredUntil: '2026-11-20T13:48:55.000Z' };
    api.answers[POST] = { status: 202, body };
    const sent = ['send', 'refund-request', '-', '--priority', 'low', '--wait', '5'];

    const { code, out, err } = await run(sent, { stdin: '{}' });

    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toEqual([
      `${accepted.id}  refund-request  deferred`,
      'deferred, as it gives way to other work: checked next at 13:48:55 UTC, and resumes by itself',
      `its story: signalbox status 60e4257`,
    ]);
    expect(out + err).not.toContain('again');
    const json = await run([...sent, '--json'], { stdin: '{}' });
    expect([json.code, JSON.parse(json.out)]).toEqual([0, body]);
  });

  it('is not said to have taken the whole wait where a person has the next word', async () => {
    api.answers[POST] = { status: 202, body: { ...accepted, status: 'waiting_approval' } };
    api.answers[`GET ${ITEM}`] = { body: waiting };
    const { out } = await run(['send', 'refund-request', '-', '--wait', '20'], { stdin: '{}' });
    expect(out.split('\n')[0]).toBe(`${accepted.id}  waiting_approval`);
    expect(out).toContain('pending: nobody has decided yet, refund-approvers, due in 2 h');
  });

  it('that is turned away is an error', async () => {
    const body = { title: 'Too many requests', status: 429, accepted: false };
    api.answers[POST] = { status: 429, headers: { 'retry-after': '900' }, body };
    const { code, err } = await run(['send', 'refund-request', '-', '--priority', 'low'], { stdin: '{}' });
    expect(code).toBe(1);
    expect(err).toContain('the item was not accepted: send it again later\ntry again in 900 s');
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

  it('takes the body itself where it is typed in the command, letter by letter', async () => {
    api.answers[POST] = { status: 202, body: accepted };
    for (const typed of ['{"orderId":  "W3"}', ' [1]', '{broken']) {
      await run(['send', 'refund-request', typed]);
      expect(api.calls.at(-1)?.body).toBe(typed);
    }
  });

  it('sends an example of the registry letter by letter', async () => {
    api.answers['GET /v1/automations/refund-request'] = { body: refunds };
    api.answers[POST] = { status: 202, body: accepted };
    await run(['send', 'refund-request', '--example', 'a small double charge']);
    expect(JSON.parse(api.calls[1]?.body ?? '')).toEqual({ orderId: 'W1001', text: 'Tw\u001bice' });
  });

  it('uploads files first, and names them in the body that goes with them', async () => {
    const [one, two] = ['invoice.pdf', 'terms.txt'].map((name) => join(folder, name));
    writeFileSync(one ?? '', '%PDF-');
    writeFileSync(two ?? '', 'thirty days');
    const upload = (ref: string) => ({
      status: 201,
      body: { uploadUrl: `${api.url}/bucket/${ref}`, headers: { 'x-of': ref }, documentRef: ref },
    });
    api.answers['POST /v1/automations/refund-request/uploads'] = [upload('doc-1'), upload('doc-2')];
    api.answers['PUT /bucket/doc-1'] = { body: '' };
    api.answers['PUT /bucket/doc-2'] = { body: '' };
    api.answers[POST] = { status: 202, body: accepted };
    const files = ['--document', `${one},${two}`];

    expect((await run(['send', 'refund-request', '-', ...files], { stdin: '{"text":"Here."}' })).code).toBe(
      0,
    );

    const [announced, put, , second, item] = api.calls;
    expect(JSON.parse(announced?.body ?? '')).toEqual({
      ...{ name: 'invoice.pdf', contentType: 'application/octet-stream', bytes: 5 },
    });
    // The link is right enough: no token goes to a bucket.
    expect(put).toMatchObject({
      method: 'PUT',
      path: '/bucket/doc-1',
      body: '%PDF-',
      headers: { 'x-of': 'doc-1' },
    });
    expect(put?.headers.authorization).toBeUndefined();
    expect(second?.body).toBe('thirty days');
    expect(JSON.parse(item?.body ?? '')).toEqual({ text: 'Here.', documents: ['doc-1', 'doc-2'] });
  });

  it('sends files without any other body, and nothing where one of them is missing or not taken', async () => {
    const file = join(folder, 'alone.pdf');
    writeFileSync(file, '%PDF-');
    const body = { uploadUrl: `${api.url}/bucket/doc-3`, headers: {}, documentRef: 'doc-3' };
    api.answers['POST /v1/automations/refund-request/uploads'] = { status: 201, body };
    api.answers['PUT /bucket/doc-3'] = [{ body: '' }, { status: 403, body: '' }];
    api.answers[POST] = { status: 202, body: accepted };
    const alone = ['send', 'refund-request', '--document'];

    expect((await run([...alone, file])).code).toBe(0);
    expect(api.calls.at(-1)?.body).toBe('{"documents":["doc-3"]}');
    api.calls.length = 0;
    expect((await run([...alone, `${file},${file}-missing`])).err).toContain('cannot be read (ENOENT)');
    expect(api.calls).toEqual([]);
    expect((await run([...alone, file])).err).toContain(
      "the upload of 'alone.pdf' was not taken (403): send it again",
    );
    expect(api.calls.map(({ method }) => method)).toEqual(['POST', 'PUT']);
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
    expect(out).toContain(`${accepted.id}  done`);
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
    expect(out).toMatch(/^this was sent before: it is the same item\n/);
  });

  it.each([
    [
      ['send', 'refund-request'],
      /^say what to send: a file, its JSON, - for standard input, --document FILE, or --example NAME/,
    ],
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
