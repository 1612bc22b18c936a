import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { promptsOf } from '../../../local/cases/cases.ts';
import type { CasesReport } from '../../../local/cases/report.ts';
import { type Stub, stubServer } from '../../support/http.ts';

/* The command as it is typed. */

const folder = mkdtempSync(join(tmpdir(), 'signalbox-cases-'));
const file = join(folder, 'cases.jsonl');
const BODY = { orderId: 'W1', amount: '48.02', currency: 'EUR', text: 'I was charged two times for this.' };
const wrong = { name: 'wrong', body: BODY, label: 'not-received', verdict: 'act' };
afterAll(() => rmSync(folder, { recursive: true }));

async function cases(argv: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['local/cases/main.ts', ...argv], {
    // A key of the machine would cost money.
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('exit', resolve)),
  ]);
  return { code, out: out.trimEnd(), err };
}

describe('npm run cases', () => {
  it('ends with PASS, and 0, where everything comes to what its case says', async () => {
    const { code, out } = await cases(['refund-request', '--case', 'double charge, small']);
    expect([code, out.split('\n').at(-1)]).toEqual([0, 'PASS']);
    expect(out).toContain('refund-request: PASS  1 of 1 right');
  });

  it('ends with FAIL, and 1, and says what is wrong; standard output is JSON where it is asked for', async () => {
    writeFileSync(file, JSON.stringify(wrong));
    const plain = await cases(['refund-request', '--from', file]);
    expect([plain.code, plain.out.split('\n').at(-1)]).toEqual([1, 'FAIL']);
    expect(plain.out).toContain('FAIL  wrong\n    label: expected not-received, got duplicate-charge');

    const { code, out } = await cases(['refund-request', '--from', file, '--prompt', 'route=v1', '--json']);
    const report = JSON.parse(out) as CasesReport;
    expect([code, report.verdict, report.automations[0]?.verdict]).toEqual([1, 'FAIL', 'FAIL']);
    expect(report.automations[0]?.prompts).toMatchObject({ route: 'route.v1' });
  });

  it('ends with 2 where it cannot know what changed', async () => {
    const { code, err } = await cases(['--changed', 'no-such-branch']);
    expect(code).toBe(2);
    expect(err).toContain("--changed: git knows no commit 'no-such-branch' here");
  });

  it('ends with INCONCLUSIVE, and 3, where nobody knows', async () => {
    const { code, out } = await cases([
      'refund-request',
      '--case',
      'double charge, small',
      '--most-usd',
      '0',
    ]);
    expect([code, out.split('\n').at(-1)]).toEqual([3, 'INCONCLUSIVE']);
    expect(out).toContain('the money of the run ended first: raise --most-usd');
  });

  it.each([
    [['no-such'], "there is no automation 'no-such'; there are "],
    [['refund-request', '--case', 'no such'], "no case is named 'no such'"],
    [
      ['refund-request', '--prompt', 'route=v99'],
      'there is no automations/refund-request/prompts/route.v99.md',
    ],
    [['refund-request', '--prompt', 'rout=v1'], "refund-request has no step 'rout'; it has route, diagnose"],
    [['--nope'], "Unknown option '--nope'"],
  ])('refuses %j with 2 before anything is asked', async (argv, fault) => {
    const { code, out, err } = await cases(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(fault);
    expect(err).toContain('npm run cases -- --help');
  });
});

describe('with a model of the environment', () => {
  let server: Stub;
  beforeAll(async () => {
    server = await stubServer((response, { path, body }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      if (path.endsWith('/models')) return response.end('{"data":[]}');
      const { model } = JSON.parse(body);
      const message = { role: 'assistant', content: '{"label":"other"}' };
      const usage = { prompt_tokens: 1000, completion_tokens: 20 };
      response.end(JSON.stringify({ model, choices: [{ finish_reason: 'stop', message }], usage }));
    });
  });
  afterAll(() => server.close());

  it('it is asked, its cost is told, and --sandbox keeps it out', async () => {
    const env = { OPENAI_API_KEY: 'a-key', OPENAI_BASE_URL: `${server.url}/v1` };
    const argv = ['refund-request', '--case', 'double charge, small', '--json'];
    const { code, out } = await cases(argv, env);
    const asked = server.seen.filter(({ body }) => body.includes('two times'));
    const report = JSON.parse(out) as CasesReport;
    expect([code, report.verdict, report.mostUsd]).toEqual([1, 'FAIL', 0.5]);
    expect(report.costUsd).toBeGreaterThan(0);
    expect(report.model).toContain(server.url);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked[0]?.headers.authorization).toBe('Bearer a-key');

    const before = server.seen.length;
    expect((await cases([...argv, '--sandbox'], env)).code).toBe(0);
    expect(server.seen.length).toBe(before);
  });
});

describe('a prompt that is tried', () => {
  it('is not found good by the sandbox model, which reads none', async () => {
    const argv = ['refund-request', '--prompt', 'route=v1', '--case', 'double charge, small', '--json'];
    const { code, out } = await cases([...argv, '--sandbox']);
    const [suite] = (JSON.parse(out) as CasesReport).automations;
    expect([code, suite?.verdict, suite?.why]).toEqual([
      3,
      'INCONCLUSIVE',
      expect.stringContaining('does not read prompts'),
    ]);
  });

  const automation = { name: 'demo', prompts: { route: 'route.v1' } };

  it('is the file of its version', () => {
    writeFileSync(join(folder, 'route.v2.md'), 'Sort it better.');
    const found = promptsOf(automation, { route: 'route.v2' }, folder);
    expect(found).toEqual({ route: { version: 'route.v2', text: 'Sort it better.' } });
  });
});
