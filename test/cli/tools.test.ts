import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../../lambdas/contract/client-limits.ts';
import { automationNames } from '../../local/outputs.ts';
import { api, folder, ITEM, POST, run } from './harness.ts';
import { accepted, audit, cases, done, page, refunds, statistics, waiting } from './recorded.ts';
import { signalbox } from './world.ts';

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
    [[], outputs.inboxUrl],
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
    expect((await run(['open'])).out).toBe(`${api.url}/openapi.json`);
    expect((await run(['open', 'inbox'])).err).toBe(
      "there is no 'inbox' to open; there are: api, openapi, docs",
    );
  });

  it('names what there is when asked for something else', async () => {
    const { code, err } = await signalbox(['open', 'window']);
    expect(code).toBe(2);
    expect(err).toBe(
      "there is no 'window' to open; there are: inbox, console, api, openapi, docs, model, help-desk",
    );
  });
});

const MAY = ['--automations', 'refund-request'];

describe('token', () => {
  it.each([[[]], [['--operator']], [['--auditor']], [['--local']]])(
    'is for the automations that are named, and for all only where that is said: %j',
    async (role) => {
      expect(await signalbox(['token', 'web-shop', ...role])).toMatchObject({
        code: 2,
        out: '',
        err: "--automations is missing: name those that the client may use, as in --automations refund-request, or '*' for all",
      });
      const asked = ['token', 'web-shop', '--automations', '*', '--json'];
      expect(JSON.parse((await signalbox(asked)).out).entry.automations).toEqual(['*']);
    },
  );

  it('gives the limits that are asked for', async () => {
    const asked = ['token', 'web-shop', ...MAY, '--rate', '2', '--burst', '5', '--per-day', '100', '--json'];
    const { entry } = JSON.parse((await signalbox(asked)).out);
    expect(entry).toMatchObject({ rate: { perSecond: 2, burst: 5 }, quota: { perDay: 100 } });
    expect((await signalbox(['token', 'web-shop', ...MAY, '--rate', 'many'])).code).not.toBe(0);
  });

  it('shows a token once and only its hash in the entry and the commands', async () => {
    const { code, out } = await signalbox(['token', 'web-shop', '--automations', 'a,b']);
    const [token = ''] = /sb_[\w-]{43}/.exec(out) ?? [];
    expect(code).toBe(0);
    expect(out.split(token)).toHaveLength(2);
    const sha256 = createHash('sha256').update(token).digest('hex');
    const [callbackKey = ''] = /(?<="callbackKey":")[\w-]{43}/.exec(out) ?? [];
    const entry = { name: 'web-shop', sha256, automations: ['a', 'b'], role: 'client', ...DEFAULT_LIMITS };
    expect(callbackKey).not.toBe('');
    expect(out).toContain(JSON.stringify({ ...entry, callbackKey }));
    expect(out).toContain(
      'aws secretsmanager put-secret-value --secret-id signalbox/dev/clients --secret-string',
    );
  });

  it('goes into the secret of the deployment that is meant', async () => {
    const { out } = await signalbox(['token', 'web-shop', ...MAY, '--stage', 'prod']);
    expect(out).toContain('get-secret-value --secret-id signalbox/prod/clients');
    expect(out).toContain('put-secret-value --secret-id signalbox/prod/clients');
    const wrong = await signalbox(['token', 'web-shop', ...MAY, '--stage', 'Prod-1']);
    expect(wrong).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        "--stage must be 1 to 10 lower-case letters or digits, such as prod, got 'Prod-1'",
      ),
    });
    const both = await signalbox(['token', 'web-shop', ...MAY, '--stage', 'prod', '--local']);
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining('leave out --stage prod') });
  });

  it('says when the API knows it, and where a token of a local run is', async () => {
    const { out } = await signalbox(['token', 'web-shop', ...MAY]);
    expect(out).toContain('the API knows the new token within five seconds');
    expect(out).toContain('stays in force for up to five minutes');
    expect(out).toContain('outputs.json already; --local adds this client there');
  });

  it('warns of an automation that this repository does not have, and makes it all the same', async () => {
    const { code, out, err } = await signalbox(['token', 'shop', '--automations', 'refund-request,nosuch']);
    expect(code).toBe(0);
    const names = (await automationNames()).join(', ');
    expect(err).toContain(`this repository has no automation 'nosuch'; there are: ${names}`);
    expect(out).toContain('"automations":["refund-request","nosuch"]');
    expect((await signalbox(['token', 'shop', '--automations', 'refund-request'])).err).toBe('');
    expect((await signalbox(['token', 'shop', '--automations', '*'])).err).toBe('');
  });

  it('is added to a local run, where the other clients stay', async () => {
    const local = { name: 'local', sha256: 'x', automations: ['*'], role: 'operator' };
    const clients = [local, { name: 'web-shop', sha256: 'old' }];
    const secret = { SecretString: JSON.stringify({ clients }) };
    api.answers['POST /'] = [{ body: secret }, { body: {} }];
    writeFileSync(
      join(folder, 'outputs.json'),
      JSON.stringify({ apiUrl: 'http://127.0.0.1:1/api', endpointUrl: api.url, region: 'us-east-1' }),
    );
    vi.stubEnv('SIGNALBOX_STATE_DIR', folder);

    const { code, out } = await signalbox(['token', 'web-shop', ...MAY, '--local']);

    expect(code).toBe(0);
    const [token = ''] = /sb_[\w-]{43}/.exec(out) ?? [];
    expect(out).toContain(`export SIGNALBOX_API_URL=http://127.0.0.1:1/api SIGNALBOX_TOKEN=${token}`);
    expect(api.calls.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'secretsmanager.GetSecretValue',
      'secretsmanager.PutSecretValue',
    ]);
    const put = JSON.parse(api.calls[1]?.body ?? '');
    expect(put.SecretId).toBe('signalbox/local/clients');
    const sha256 = createHash('sha256').update(token).digest('hex');
    const entry = {
      name: 'web-shop',
      sha256,
      automations: ['refund-request'],
      role: 'client',
      ...DEFAULT_LIMITS,
    };
    const callbackKey = expect.stringMatching(/^[\w-]{43}$/);
    expect(JSON.parse(put.SecretString)).toEqual({ clients: [local, { ...entry, callbackKey }] });
  });

  it('is added nowhere when the local run does not answer', async () => {
    api.answers['POST /'] = { status: 500, body: {} };
    writeFileSync(
      join(folder, 'outputs.json'),
      JSON.stringify({ apiUrl: 'x', endpointUrl: api.url, region: 'us-east-1' }),
    );
    vi.stubEnv('SIGNALBOX_STATE_DIR', folder);
    const { code, out, err } = await signalbox(['token', 'web-shop', ...MAY, '--local']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('did not take the client (it answered 500): run npm start');
  });

  it('makes a token that the authorizer takes, and another one each time', async () => {
    const made = await Promise.all(
      [1, 2].map(() => signalbox(['token', 'ops', '--automations', '*', '--operator', '--json'])),
    );
    const [one, two] = made.map(({ out }) => JSON.parse(out));
    expect(`Bearer ${one.token}`).toMatch(/^Bearer ([\w.~+/=-]{16,512})$/i);
    expect(one.token).not.toBe(two.token);
    expect(one.entry).toMatchObject({ name: 'ops', automations: ['*'], role: 'operator' });
  });

  it('is of one role', async () => {
    const { out } = await signalbox(['token', 'house-audit', '--automations', '*', '--auditor', '--json']);
    expect(JSON.parse(out).entry).toMatchObject({ name: 'house-audit', automations: ['*'], role: 'auditor' });
    const { code, err } = await signalbox(['token', 'x', ...MAY, '--auditor', '--operator']);
    expect([code, err]).toEqual([2, 'a token has one role: leave out --operator or --auditor']);
  });

  it('prints a command that adds the entry and keeps the other clients', async () => {
    const { out } = await signalbox(['token', 'web-shop', ...MAY, '--json']);
    const { command, entry } = JSON.parse(out);
    const before = { clients: [{ name: 'other' }, { name: 'web-shop', sha256: 'old' }] };
    const aws = `aws() { [ "$2" = get-secret-value ] && echo '${JSON.stringify(before)}' || printf '%s' "\${@: -1}"; }`;
    const put = execFileSync('bash', ['-c', `${aws}\n${command}`], { encoding: 'utf8' });
    expect(JSON.parse(put)).toEqual({ clients: [{ name: 'other' }, entry] });
  });

  it('prints a command that writes nothing when the secret cannot be read', async () => {
    const { command } = JSON.parse((await signalbox(['token', 'web-shop', ...MAY, '--json'])).out);
    for (const secret of ['false', 'echo not-json', 'echo "{}"']) {
      const aws = `aws() { if [ "$2" = get-secret-value ]; then ${secret}; else echo WRITTEN; fi; }`;
      const script = `(${aws}\n${command}) 2>/dev/null || echo failed`;
      expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('failed\n');
    }
  });

  it.each([
    [
      ['token', 'Web Shop', ...MAY],
      /^<client> must be lower-case letters, digits and '-', at most 40, got 'Web Shop'/,
    ],
    [['token', 'shop', '--automations', 'a,*'], /^--automations must be names joined by ',' or '\*' alone/],
    [['token', 'shop', '--automations', "a';rm"], /^--automations must be names/],
    [['token', 'shop', '--automations='], /^--automations needs a value/],
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
    [['audit'], { 'GET /v1/audit': audit }, audit],
    [['statistics'], { 'GET /v1/statistics': statistics }, statistics],
    [['cases', 'x'], { 'GET /v1/cases?automation=x': cases }, cases],
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
