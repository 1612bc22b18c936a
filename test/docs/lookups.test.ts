import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import { evidenceOf, type Lookup } from '../../lambdas/contract/steps/lookup.ts';
import { faultsInLookups } from '../../lib/checks/steps/lookups.ts';
import { SandboxSource } from '../../local/sandbox/sources.ts';
import { asking, sourceAt } from '../lookups/world.ts';
import { stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { fences, ROOT } from './fences.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/* docs/lookups.md, followed: its lookup is compiled, and asks the sandbox's source. */

const folder = mkdtempSync(join(tmpdir(), 'signalbox-lookups-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  world.reset();
  time.freezeLater();
});

async function lookupOfThePage(): Promise<Lookup<{ reference: string }>> {
  const [file, ...more] = fences('docs/lookups.md', 'ts').filter(({ info }) => info.file !== undefined);
  expect([file?.info.file, more]).toEqual(['automations/order-question/purchases.ts', []]);
  const contents = String(file?.text).replaceAll('../../lambdas/', `${ROOT}/lambdas/`);
  const outfile = join(folder, 'page.mjs');
  await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    ...{ outfile, bundle: true, format: 'esm', platform: 'node' },
  });
  return ((await import(pathToFileURL(outfile).href)) as { purchase: Lookup<{ reference: string }> })
    .purchase;
}

it('docs/lookups.md is true: declared, asked of the sandbox, cited, absent, and gone without', async () => {
  const order = await lookupOfThePage();
  const automation = { prompts: {}, lookups: { purchase: order } };
  expect(faultsInLookups(automation as never, { sources: { orders: {} } } as never)).toEqual([]);

  const [, answers = ''] = /`POST <url>\/answers` with `(\{.*?\}\})`/.exec(
    readFileSync(join(ROOT, 'docs/lookups.md'), 'utf8'),
  ) ?? [''];
  const sandbox = new SandboxSource('orders');
  const serve = (call: string, path: readonly string[], request: object, response: object) =>
    sandbox.serve(request as never, response as never, { call, path, query: new URLSearchParams() });
  const server = await stubServer((response, { method, path, headers }) => {
    const [first = '', ...rest] = path.split('/').filter(Boolean);
    serve(`${method} ${first}`, [first, ...rest], { method, headers }, response).catch(({ status }) =>
      response.writeHead(status).end('{}'),
    );
  });
  const { Readable } = await import('node:stream');
  const ended = { writeHead: () => ended, end: () => ended, setHeader: () => ended };
  await serve(
    'POST answers',
    [],
    Object.assign(Readable.from([Buffer.from(answers)]), { headers: {} }),
    ended,
  );

  const run = (reference: string, url = server.url, item = 'a1') => {
    const source = { ...sourceAt(url), name: 'orders' };
    const options = {
      sources: { orders: source },
      item: { id: `demo_${item.repeat(16)}`, generation: 1, priority: 'normal' as const },
    };
    const lookups = asking(source, { purchase: order }, options);
    return lookups
      .lookup(order, { reference })
      .then((found) => ({ ...evidenceOf(order, found, ['total', 'status']), found, asked: lookups.asked() }));
  };
  const found = await run('A-1');
  expect(found.quote).toBe('total: 240.00\nstatus: delivered');
  expect(found.asked.says('purchase', found.quote)).toBe(true);
  const absent = await run('A-2');
  expect(absent).toMatchObject({ found: null, asked: { looked: [{ found: false }] } });
  const without = await run('A-1', 'http://127.0.0.1:9', 'b2');
  expect(without.found).toBeUndefined();
  expect(without.asked.degraded).toEqual([{ step: 'purchase', reason: "source 'orders' is down" }]);
  await server.close();
});
