import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it, vi } from 'vitest';
import { readApart } from '../../lambdas/read/apart.ts';
import { EVERY_TYPE } from '../support/documents.ts';

/* Readers that do not start, as where a bundle is broken or the machine has no room for one more process. */

const start = vi.hoisted(() => ({ program: '' }));

vi.mock('node:child_process', async (load) => {
  const real = await load<typeof import('node:child_process')>();
  return { ...real, fork: (_: string, ...rest: never[]) => real.fork(start.program, ...rest) };
});

beforeEach(() => {
  start.program = '';
});

it('a reader that does not start is no fault of the document', async () => {
  start.program = fileURLToPath(new URL('./no-such-reader.ts', import.meta.url));
  await expect(readApart(Buffer.from('Hello'), { policy: EVERY_TYPE, seconds: 20 })).rejects.toMatchObject({
    name: 'TransientError',
    message: 'the reader of documents did not start',
  });
});

it('one that ends after it began is', async () => {
  start.program = fileURLToPath(new URL('../support/ending-reader.ts', import.meta.url));
  const answer = await readApart(Buffer.from('Hello'), { policy: EVERY_TYPE, seconds: 20 });
  expect(answer).toEqual({ refusal: 'killed-its-reader', bound: 'crash' });
});
