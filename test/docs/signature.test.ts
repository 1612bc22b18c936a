import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { signature } from '../../lambdas/shared/signature.ts';
import { fences } from './fences.ts';

/* The code that docs/api.md gives to a destination, against signatures as `act` makes them. */

const directory = mkdtempSync(join(tmpdir(), 'signalbox-signature-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const key = 'k'.repeat(48);
const body = JSON.stringify({ action: 'refund', amount: '24.90', note: 'façade, 5 €' });
const now = Math.floor(Date.now() / 1000);
const good = signature(key, body, now);
const cases = [
  { name: 'a signature of ours', header: good, key, body, genuine: true },
  { name: 'a changed body', header: good, key, body: body.replace('24', '94'), genuine: false },
  { name: 'another key', header: good, key: 'other', body, genuine: false },
  { name: 'an old signature', header: signature(key, body, now - 301), key, body, genuine: false },
  { name: 'a moved time stamp', header: good.replace(`t=${now}`, `t=${now - 1}`), key, body, genuine: false },
  { name: 'half a signature', header: good.slice(0, -2), key, body, genuine: false },
  { name: 'no signature', header: `t=${now}`, key, body, genuine: false },
  { name: 'no header', header: '', key, body, genuine: false },
];

function snippet(language: string): string {
  const [found, ...more] = fences('docs/api.md', language);
  if (!found || more.length > 0) throw new Error(`docs/api.md must have one ${language} block`);
  return found.text;
}

describe('in Node.js', async () => {
  const file = join(directory, 'verify.mjs');
  writeFileSync(file, snippet('js'));
  const { isFromSignalbox } = (await import(pathToFileURL(file).href)) as {
    isFromSignalbox(signingKey: string, header: string, rawBody: Buffer): boolean;
  };
  it.each(cases)('$name: $genuine', ({ header, genuine, ...given }) => {
    expect(isFromSignalbox(given.key, header, Buffer.from(given.body))).toBe(genuine);
  });
});

describe('in Python', () => {
  it.each(cases)('$name: $genuine', ({ header, genuine, ...given }) => {
    writeFileSync(join(directory, 'verify.py'), snippet('python'));
    const program =
      'import sys, verify; print(verify.is_from_signalbox(sys.argv[1], sys.argv[2], sys.argv[3].encode()))';
    const options = {
      cwd: directory,
      encoding: 'utf8' as const,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
    };
    const printed = execFileSync('python3', ['-c', program, given.key, header, given.body], options);
    expect(printed.trim()).toBe(genuine ? 'True' : 'False');
  });
});
