import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands } from '../../cli/commands/index.ts';
import { problem } from './recorded.ts';
import { StubApi, signalbox } from './world.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const api = new StubApi();
beforeAll(() => api.start());
afterAll(() => api.stop());
beforeEach(() => {
  api.calls.length = 0;
  api.answers = {};
});
afterEach(() => vi.unstubAllEnvs());

const here = () => ({ SIGNALBOX_API_URL: api.url, SIGNALBOX_TOKEN: 'a-client-token' });

describe('help', () => {
  it('lists exactly the commands that exist', async () => {
    const { code, out } = await signalbox(['--help']);
    const listed = [...out.matchAll(/^ {2}([a-z][a-z-]+) {2,}\S/gm)].map(([, name]) => name);
    const files = readdirSync(join(ROOT, 'cli', 'commands')).map((file) => file.replace('.ts', ''));
    expect(code).toBe(0);
    expect(listed).toEqual(commands.map(({ name }) => name));
    expect([...listed].sort()).toEqual(files.filter((file) => file !== 'index').sort());
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    'of %s tells how it is called, every option, and an example',
    async (name, command) => {
      for (const flag of ['--help', '-h']) {
        const { code, out } = await signalbox([name, flag]);
        expect(code).toBe(0);
        expect(out).toContain(command.summary);
        expect(out.match(new RegExp(`^ *signalbox ${name}`, 'gm'))).toHaveLength(2);
        for (const option of [...Object.keys(command.options), 'json']) expect(out).toContain(`--${option}`);
        expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
      }
    },
  );

  it('is also a word: alone, or before a command', async () => {
    expect(await signalbox(['help'])).toEqual(await signalbox(['--help']));
    expect(await signalbox(['help', 'send'])).toEqual(await signalbox(['send', '--help']));
    const { code, err } = await signalbox(['help', 'sned']);
    expect([code, err]).toEqual([2, "unknown command 'sned'; did you mean: signalbox send --help"]);
  });

  it('is not the version, which is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await signalbox(['--version'])).toMatchObject({ code: 0, out: `signalbox ${version}`, err: '' });
    expect(JSON.parse((await signalbox(['--version', '--json'])).out)).toEqual({ version });
  });

  it('is what a call without a command gets, as an error', async () => {
    const { code, out, err } = await signalbox([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^signalbox <command> \[options\]\n/);
  });
});

describe('a call that cannot be understood', () => {
  it.each([
    [
      ['things'],
      /^unknown command 'things'; there are: send, status, items, withdraw, compensate, approvals, statistics, report, drift, audits, what-if, rehearse, audit, verify, export, cases, erase, automations, review, release, prompts, new, knowledge, health, redrive, dlq, caution, suspend, drain, resume, endpoints, breakers, calibrate, similar, surrogate, open, token, preflight, restore, teardown$/,
    ],
    [['itmes'], /^unknown command 'itmes'; did you mean: signalbox items --help$/],
    [['item'], /^unknown command 'item'; did you mean: signalbox items --help$/],
    [['statsu'], /^unknown command 'statsu'; did you mean: signalbox status --help$/],
    [
      ['--json', 'items'],
      /^'--json' stands before the command: put it behind, as in: signalbox items --json$/,
    ],
    [['items', '--colour'], /^unknown option '--colour': it takes --automation, .*--json$/],
    [['items', '--constructor'], /^unknown option '--constructor'/],
    [['items', '-x'], /^unknown option '-x': it takes/],
    [['items', '--limit'], /^--limit needs a value: see signalbox items --help$/],
    [['items', '--cursor', '--json'], /^--cursor needs a value: see signalbox items --help$/],
    [['items', '--automation='], /^--automation needs a value/],
    [['items', '--json=yes'], /^--json takes no value: leave out '=yes'$/],
    [['items', 'all'], /^unexpected argument 'all': see signalbox items --help$/],
    [['status'], /^<id> is missing, as in: signalbox status 60e4257-g1$/],
    [['status', ''], /^<argument> is missing, as in: signalbox status 60e4257-g1$/],
    [
      ['send'],
      /^<automation> is missing, as in: signalbox send refund-request --example 'a small double charge'/,
    ],
    [['token'], /^<client> is missing, as in: signalbox token web-shop --automations/],
    [['it\u001b[31mems'], /^unknown command 'it\[31mems'; there are/],
  ])('%j is one line that names the fix', async (argv, message) => {
    const { code, out, err } = await signalbox(argv, { env: here() });
    expect(err).toMatch(message);
    expect([code, out, err.split('\n').length, api.calls.length]).toEqual([2, '', 1, 0]);
  });
});

describe('a problem of the API', () => {
  const items = (headers: Record<string, string>, status: number, body: unknown) => {
    api.answers['GET /v1/items'] = { status, headers, body };
  };

  it('is shown as title, detail and each error with its pointer', async () => {
    items({}, 400, problem);
    const { code, out, err } = await signalbox(['items'], { env: here() });
    expect([code, out]).toEqual([1, '']);
    expect(err.split('\n')).toEqual([
      'The request is not valid (400): the body does not fit the schema: 2 faults',
      '  /amount  is missing: must be a string',
      '  (body)   must be an object',
    ]);
  });

  it('is the document itself with --json', async () => {
    items({}, 400, problem);
    const { code, out, err } = await signalbox(['items', '--json'], { env: here() });
    expect(JSON.parse(out)).toEqual(problem);
    expect([code, err]).toEqual([1, '']);
  });

  it('says where a token that is not known came from', async () => {
    items({}, 401, { title: 'Not signed in', status: 401, detail: 'its token is not known' });
    const { err } = await signalbox(['items'], { env: here() });
    expect(err).toBe('Not signed in (401): its token is not known\nthe token was taken from SIGNALBOX_TOKEN');
  });

  it('names the item that holds a key already', async () => {
    items({}, 409, { title: 'Conflict', status: 409, detail: 'another body', id: 'item-1' });
    const { err } = await signalbox(['items'], { env: here() });
    expect(err).toBe('Conflict (409): another body\nits item: signalbox status item-1');
  });

  it('says that work was not kept, and when to send it again', async () => {
    items({ 'retry-after': '30' }, 429, { title: 'Too many requests', status: 429, accepted: false });
    const { code, err } = await signalbox(['items'], { env: here() });
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual([
      'Too many requests (429)',
      'the item was not accepted: send it again later',
      'try again in 30 s',
    ]);
  });

  it('is told apart from an answer of something else', async () => {
    items({ 'content-type': 'text/html' }, 502, '<h1>Bad\u001b[2J gateway</h1>\n');
    const { code, err } = await signalbox(['items'], { env: here() });
    expect(code).toBe(1);
    expect(err).toBe(`Not an answer from Signalbox (502): ${api.url} said: <h1>Bad[2J gateway</h1>`);
  });

  it('is also an answer that is not JSON', async () => {
    items({}, 200, 'welcome');
    const { code, err } = await signalbox(['items'], { env: here() });
    expect(code).toBe(1);
    expect(err).toContain('Not an answer from Signalbox (200)');
  });
});

describe('an API that is not there', () => {
  it('is said with what to do', async () => {
    const gone = new StubApi();
    await gone.start();
    const { url } = gone;
    await gone.stop();
    const { code, out, err } = await signalbox(['items'], {
      env: { ...here(), SIGNALBOX_API_URL: url },
    });
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      `no answer from ${url} (ECONNREFUSED): run npm start, or set SIGNALBOX_API_URL and SIGNALBOX_TOKEN`,
    );
  });

  it('is said when npm start never ran', async () => {
    vi.stubEnv('SIGNALBOX_STATE_DIR', '/nowhere');
    const { code, err } = await signalbox(['items']);
    expect(code).toBe(1);
    expect(err).toBe(
      '/nowhere/outputs.json is missing: run npm start, or set SIGNALBOX_API_URL and SIGNALBOX_TOKEN',
    );
  });

  it.each([
    [{ SIGNALBOX_API_URL: 'https://a.example' }, /^SIGNALBOX_API_URL is set but SIGNALBOX_TOKEN is not/],
    [{ SIGNALBOX_TOKEN: 'x' }, /^SIGNALBOX_TOKEN is set but SIGNALBOX_API_URL is not/],
    [{ SIGNALBOX_API_URL: 'ftp://a.example', SIGNALBOX_TOKEN: 'x' }, /must be an http or https address/],
    [{ SIGNALBOX_API_URL: 'a.example', SIGNALBOX_TOKEN: 'x' }, /must be an http or https address/],
    [{ SIGNALBOX_API_URL: 'https://a.example', SIGNALBOX_TOKEN: 'x\ny' }, /must be printable ASCII/],
  ])('is not guessed from half of an address: %j', async (env, message) => {
    const { code, err } = await signalbox(['items'], { env });
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });

  it('is found in what npm start wrote', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-cli-'));
    vi.stubEnv('SIGNALBOX_STATE_DIR', folder);
    writeFileSync(join(folder, 'outputs.json'), JSON.stringify({ apiUrl: api.url, clientToken: 'local_1' }));
    api.answers['GET /v1/items'] = { body: { items: [] } };
    const { code } = await signalbox(['items']);
    rmSync(folder, { recursive: true });
    expect(code).toBe(0);
    expect(api.calls[0]?.headers.authorization).toBe('Bearer local_1');
  });
});

describe('the program', () => {
  it('ends with the code of the command and keeps its two outputs apart', () => {
    const main = join(ROOT, 'cli', 'main.ts');
    const help = spawnSync(process.execPath, [main, '--help'], { encoding: 'utf8' });
    const wrong = spawnSync(process.execPath, [main, 'nothing'], { encoding: 'utf8' });
    expect([help.status, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toMatch(/^signalbox <command>/);
    expect([wrong.status, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toMatch(/^unknown command 'nothing'/);
  });

  it('is also the bin of the package', () => {
    const bin = join(ROOT, 'cli', 'signalbox.mjs');
    const { status, stdout } = spawnSync(bin, ['items', '--help'], { encoding: 'utf8', cwd: tmpdir() });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^List items/);
  });
});
