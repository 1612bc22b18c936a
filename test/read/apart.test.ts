import { spawnSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { readApart, rights } from '../../lambdas/read/apart.ts';
import { EVERY_TYPE } from '../support/documents.ts';
import { line, pdfFile } from '../support/pdf.ts';

const page = (at: number) => line(`This is page ${at} of a paper that is read apart`, 50, 700);
const paper = (pages: number) => pdfFile({ pages: Array.from({ length: pages }, (_, at) => page(at + 1)) });

describe('a document is read in a process of its own', () => {
  test('which tells of its pages, what they say and how they look', async () => {
    const pages: [number, number][] = [];
    const pictures: [number, string][] = [];
    const read = await readApart(paper(2), {
      policy: EVERY_TYPE,
      onPage: (...told) => pages.push(told),
      onPicture: (at, png) => void pictures.push([at, Buffer.from(png).toString('latin1', 1, 4)]),
    });
    if (!('reading' in read)) throw new Error(read.refusal);
    expect(read.reading.pages.map(({ text }) => text)).toEqual(
      [1, 2].map((at) => expect.stringContaining(`page ${at}`)),
    );
    expect(pages).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(pictures).toEqual([
      [1, 'PNG'],
      [2, 'PNG'],
    ]);
  });

  test('a text has no look', async () => {
    const onPicture = vi.fn();
    expect(await readApart(Buffer.from('Hello, world'), { policy: EVERY_TYPE, onPicture })).toHaveProperty(
      'reading',
    );
    expect(onPicture).not.toHaveBeenCalled();
  });

  test('a picture that is not kept is our fault, not that of the document', async () => {
    const onPicture = () => Promise.reject(new Error('no bucket'));
    await expect(readApart(paper(1), { policy: EVERY_TYPE, onPicture })).rejects.toThrow('no bucket');
  });

  test('and a refusal has its name', async () => {
    expect(await readApart(Buffer.from('MZ program'), { policy: EVERY_TYPE })).toEqual({
      refusal: 'executable',
    });
  });

  test('that takes too long is killed, and says so', async () => {
    expect(await readApart(paper(3), { policy: EVERY_TYPE, seconds: 0.001 })).toEqual({
      refusal: 'killed-its-reader',
      bound: 'time',
    });
  });

  test('that takes too much memory is killed, and says so', async () => {
    expect(await readApart(paper(3), { policy: EVERY_TYPE, megabytes: 10 })).toEqual({
      refusal: 'killed-its-reader',
      bound: 'memory',
    });
  });

  test('and may write no file, start no program and see no other file', () => {
    const tries = [
      "require('node:fs').writeFileSync('/tmp/of-the-reader', 'x')",
      "require('node:child_process').spawnSync('true')",
      "require('node:fs').readFileSync('/etc/passwd')",
      "new (require('node:worker_threads').Worker)('', { eval: true })",
    ];
    for (const code of tries) {
      const { stdout } = spawnSync(process.execPath, [
        ...rights([import.meta.dirname]),
        '-e',
        `try { ${code}; console.log('done') } catch (error) { console.log(error.code) }`,
      ]);
      expect(`${code}: ${stdout}`).toBe(`${code}: ERR_ACCESS_DENIED\n`);
    }
  });

  test('two at once do not hear of one another', async () => {
    const [good, bad] = await Promise.all([
      readApart(paper(1), { policy: EVERY_TYPE }),
      readApart(paper(1), { policy: EVERY_TYPE, megabytes: 10 }),
    ]);
    expect('reading' in good && good.reading.pages.length).toBe(1);
    expect(bad).toMatchObject({ refusal: 'killed-its-reader' });
  });
});
