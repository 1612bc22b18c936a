import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { runLoad } from '../../../local/load/load.ts';
import { readOptions } from '../../../local/load/options.ts';
import { exitCodeOf, type LoadReport, reportOf } from '../../../local/load/report.ts';
import { type StubApi, stubApi } from './world.ts';

/* A whole run against an API that loses things, or does not. */

let stub: StubApi;
afterEach(() => stub.close());

async function load(api: Parameters<typeof stubApi>[0], argv: readonly string[] = []) {
  stub = await stubApi(api);
  const common = ['--profile', 'burst', '--items', '40', '--rate', '200', '--patience', '1', '--seed', '7'];
  const options = readOptions([...common, ...argv]);
  const target = { url: stub.url, token: 'secret', what: 'a stub', close: async () => {} };
  const watched = { log: () => {}, detail: () => {}, signal: new AbortController().signal, everyMs: 20 };
  return reportOf(await runLoad(options, target, watched));
}

describe('a run', () => {
  it('follows every accepted item to its rest', async () => {
    const report = await load({});
    expect(report).toMatchObject({
      accepted: 40,
      ended: { done: 40 },
      lost: [],
      doubled: [],
      brokenOff: false,
    });
    expect(report.posts.again).toBeGreaterThan(0);
    expect(report.posts.repeated).toBe(report.posts.again);
    expect(report.costUsd.perItem).toBeCloseTo(0.001, 6);
    expect(exitCodeOf(report)).toBe(0);
    expect(stub.seen.every(({ headers }) => headers.authorization === 'Bearer secret')).toBe(true);
    // The list tells of all of them: nobody is asked for before the end.
    const [lists, items] = [/^\/v1\/items\?/, /^\/v1\/items\//].map((path) =>
      stub.seen.filter((seen) => path.test(seen.path)),
    );
    expect(lists?.length).toBeGreaterThan(0);
    expect(items?.length).toBe(40);
  });

  it('reads and pays what items made too, each once', async () => {
    const report = await load({ makes: 3 });
    expect(report).toMatchObject({ accepted: 40, made: { items: 2, atRest: 2 } });
    expect(report.costUsd.all).toBeCloseTo(0.08, 6);
    expect(stub.seen.filter(({ path }) => path.includes('child-'))).toHaveLength(2);
  });

  it('fails where an accepted item is never seen again, and names it', async () => {
    const report = await load({ loses: 13 });
    expect(report).toMatchObject({ accepted: 40, lost: ['item-13'], ended: { done: 39, 'never seen': 1 } });
    expect(exitCodeOf(report)).toBe(1);
  });

  it('fails where an accepted item never rests', async () => {
    const report = await load({ sticks: 5 });
    expect(report).toMatchObject({ lost: ['item-5'], ended: { done: 39, processing: 1 } });
    expect(exitCodeOf(report)).toBe(1);
  });

  it('fails where a post that was repeated made a second item', async () => {
    const report = await load({ doubles: true });
    expect(report.doubled).toHaveLength(report.posts.again);
    expect(report.lost).toEqual([]);
    expect(exitCodeOf(report)).toBe(1);
  });

  it('comes back where it was turned away, as often as it takes, and loses nothing by it', async () => {
    const report = await load({ busy: 25 });
    expect(report).toMatchObject({ accepted: 40, posts: { turnedAway: 25, retries: 0 }, lost: [] });
    expect(exitCodeOf(report)).toBe(0);
  });
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-load-test-'));
  const file = join(folder, 'run.svg');
  afterAll(() => rmSync(folder, { recursive: true }));

  function command(...argv: string[]) {
    const to = ['--url', stub.url, '--token', 'secret', '--report', file];
    return spawn(process.execPath, ['local/load/main.ts', ...argv, ...to], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function ended(child: ReturnType<typeof command>) {
    const exit = new Promise<unknown>((resolve) => child.once('exit', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { out, err, code: await exit };
  }

  it('prints one JSON object, draws a picture, and ends with 1 where something was lost', async () => {
    stub = await stubApi({ loses: 2 });
    const run = ['--profile', 'spike', '--items', '6', '--rate', '50', '--patience', '6', '--json'];
    const { out, err, code } = await ended(command(...run));
    const report = JSON.parse(out) as LoadReport & { picture: string };
    expect([code, report.lost, report.accepted]).toEqual([1, ['item-2'], 6]);
    expect(err).toContain('seed 1');
    expect(report.picture).toBe(file);
    const svg = readFileSync(file, 'utf8');
    expect(svg).toMatch(
      /<svg [^>]*role="img" aria-labelledby="title desc">\n<title id="title">[^<]{20,}<\/title>\n<desc id="desc">[^<]{60,}/,
    );
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  it('says for people what was lost and what was the bottleneck', async () => {
    stub = await stubApi();
    const { out, code } = await ended(command('--profile', 'sustained', '--items', '5', '--rate', '50'));
    expect(code).toBe(0);
    expect(out).toMatch(/^lost {2,}0$/m);
    expect(out).toMatch(/^bottleneck: none: the source was the limit$/m);
  });

  it('tells at Ctrl-C what is known so far, and ends with 130', async () => {
    stub = await stubApi();
    const child = command('--profile', 'sustained', '--items', '1000', '--rate', '20', '--json');
    while (stub.ids.size < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const { out, code } = await ended(child);
    const report = JSON.parse(out) as LoadReport;
    expect([code, report.brokenOff, report.lost]).toEqual([130, true, []]);
    expect(report.accepted).toBeGreaterThan(2);
  });

  it('ends with 2 where nobody answers, or the token is of no use', async () => {
    stub = await stubApi();
    const { url } = stub;
    await stub.close();
    const { code, err } = await ended(command('--profile', 'burst'));
    expect([code, err]).toEqual([2, expect.stringContaining('no answer from there')]);
    expect(url).toMatch(/^http/);
  });
});
