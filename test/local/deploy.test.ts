import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { assemblyDirectory, synth } from '../../local/deploy.ts';

/** An application of one empty stack. */
const EMPTY = `
const fs = require('node:fs');
const write = (name, value) => fs.writeFileSync(process.env.CDK_OUTDIR + '/' + name, JSON.stringify(value));
const stack = { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region' };
write('empty.json', {});
write('manifest.json', {
  version: '36.0.0', artifacts: { empty: { ...stack, properties: { templateFile: 'empty.json' } } },
});
`;

it('synthesises where a CDK that was killed is still held to be reading', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'signalbox-deploy-'));
  const other = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
  onTestFinished(async () => {
    other.kill('SIGKILL');
    await rm(stateDir, { recursive: true, force: true });
  });
  const directory = assemblyDirectory(stateDir);
  await mkdir(directory, { recursive: true });
  await writeFile(join(stateDir, 'app.cjs'), EMPTY);
  await writeFile(join(directory, `read.${other.pid}.1.lock`), '');

  const stacks = await synth(
    { endpoint: 'http://127.0.0.1:9', stateDir, log: () => undefined, settings: {} },
    { command: `${process.execPath} ${join(stateDir, 'app.cjs')}` },
  );

  expect(stacks.map(({ name }) => name)).toEqual(['empty']);
  expect((await readdir(directory)).filter((name) => name.endsWith('.lock'))).toEqual([]);
});
