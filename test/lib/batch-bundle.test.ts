import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleInto } from '../../lib/parts/bundling.ts';
import { SandboxBatches } from '../../local/sandbox/batches.ts';
import { listening } from '../support/listening.ts';

/*
 * What is uploaded of the client of files and batches, in a process of its own outside of the project: no shipped automation has
 * batches, so that no other test bundles it.
 */

const directory = mkdtempSync(join(tmpdir(), 'signalbox-batch-bundle-'));
const batches = new SandboxBatches(
  async () => ({ status: 200, body: {} }),
  () => ({ seconds: 0 }),
);
const server = createServer(async (request, response) => {
  const path = new URL(request.url ?? '', 'http://model').pathname.replace('/v1/', '');
  await batches.serve(request, response, path);
});

let baseUrl = '';
beforeAll(async () => {
  baseUrl = `${await listening(server)}/v1`;
  bundleInto(directory, 'models/batch', { entry: resolve('lambdas/models/batch/provider.ts'), modules: {} });
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

const SCRIPT = `
  const { Provider } = await import(process.argv[1]);
  const provider = new Provider({ name: 'model', baseUrl: process.argv[2], timeoutSeconds: 5 });
  const line = JSON.stringify({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: {} });
  const input = await provider.upload('b-1', [line]);
  await provider.begin('b-1', input);
  const found = await provider.find('b-1', Date.now());
  const lines = [];
  for await (const one of provider.lines(found.output_file_id)) lines.push(JSON.parse(one.text).custom_id);
  const others = [await provider.find('b-2', Date.now()), await provider.find('b-2', 0), await provider.look('batch-that-is-gone')];
  await provider.removeUploads('b-1');
  await provider.remove([found.output_file_id, input, 'file-that-is-gone']);
  console.log(JSON.stringify({ status: found.status, same: found.input_file_id === input, lines, others }));`;

it('makes a file, finds it by our name, and removes what is left of it', async () => {
  const args = ['--input-type=module', '--eval', SCRIPT, join(directory, 'index.mjs'), baseUrl];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: directory });
  // A list may be behind, but for what was made before something that stands in it.
  const others = ['unknown', 'unmade', null];
  expect(JSON.parse(stdout)).toEqual({ status: 'completed', same: true, lines: ['a'], others });
  expect(batches.files).toEqual([]);
});

it('reads the package when it is first needed, from beside the bundle', () => {
  const code = readFileSync(join(directory, 'index.mjs'), 'utf8');
  expect(code).toContain('import("openai")');
  expect(code).not.toContain('OPENAI_API_KEY');
});
