import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../local/state.ts';

const ANSWER = '{"status":"ok","result":1}';

/** What a worker of the emulator writes, and how it is ranked by the machine. */
function worker(program: string, service: string) {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', join(ROOT, 'local', 'worker-preload.cjs'), '--eval', program],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', SERVICE: service } },
  );
  return { stdout, stderr };
}

const answering = `process.stdout.write(${JSON.stringify(ANSWER)} + '\\n');`;
const logging = `process.stderr.write('a line\\n');`;

it('says behind the log of an invocation that it ends there, for each answer and for nothing else', () => {
  const end = '\u0004\n';
  expect(worker(answering, 'intake/intake')).toEqual({ stdout: `${ANSWER}\n`, stderr: end });
  expect(worker(logging + answering + answering, 'intake/intake').stderr).toBe(`a line\n${end}${end}`);
  const ready = `process.stdout.write('{"status":"ready","cold":true}\\n');`;
  expect(worker(ready + logging, 'intake/intake').stderr).toBe('a line\n');
});

it('leaves the processor to those who wait for an answer', () => {
  const rank = (service: string) =>
    Number(worker(`process.stdout.write(String(os.getPriority()))`, service).stdout);
  const usual = rank('intake/intake');
  expect(rank('api/authorize')).toBe(usual);
  expect(rank('process/process')).toBe(10);
  expect(rank('approve/on-change')).toBe(10);
  expect(rank('approve/page')).toBe(usual);
});
