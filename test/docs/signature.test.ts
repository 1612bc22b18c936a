import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { signature } from '../../lambdas/outbound/signature.ts';
import { fences } from './fences.ts';

/* The code that docs/api.md gives to a destination, against signatures as `act` makes them. */

const directory = mkdtempSync(join(tmpdir(), 'signalbox-signature-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const key = 'k'.repeat(48);
const body = JSON.stringify({ action: 'refund', amount: '24.90', note: 'façade, 5 €' });
const now = Math.floor(Date.now() / 1000);
const parts = ['refund_1-a5f9', 'refund_1', body];
const good = signature(key, parts, now);
const call = { key, parts, header: good };
/** The same bytes are signed when a part ends at another dot. */
const moved = { key, header: signature(key, ['a', 'b', '{"c":1.5}'], now) };
const cases = [
  { name: 'a signature of ours', ...call, genuine: true },
  { name: 'a changed body', ...call, parts: [parts[0], parts[1], body.replace('24', '94')], genuine: false },
  { name: 'another signing key', ...call, key: 'other', genuine: false },
  { name: 'an old signature', ...call, header: signature(key, parts, now - 301), genuine: false },
  { name: 'a moved time stamp', ...call, header: good.replace(`t=${now}`, `t=${now - 1}`), genuine: false },
  { name: 'half a signature', ...call, header: good.slice(0, -2), genuine: false },
  { name: 'no signature', ...call, header: `t=${now}`, genuine: false },
  { name: 'no header', ...call, header: '', genuine: false },
  {
    name: 'a captured call under another key',
    ...call,
    parts: ['refund_1-ffff', parts[1], body],
    genuine: false,
  },
  {
    name: 'a captured call under another item',
    ...call,
    parts: [parts[0], 'refund_2', body],
    genuine: false,
  },
  { name: 'a captured call without its key', ...call, parts: ['', parts[1], body], genuine: false },
  { name: 'a captured call read as another key', ...moved, parts: ['a.b', '{"c":1', '5}'], genuine: false },
  { name: 'a captured call read as another item', ...moved, parts: ['a', 'b.{"c":1', '5}'], genuine: false },
];

function snippet(language: string): string {
  const [found, ...more] = fences('docs/api.md', language).filter(({ info }) => !('upload' in info));
  if (!found || more.length > 0) throw new Error(`docs/api.md must have one ${language} block`);
  return found.text;
}

describe('in Node.js', async () => {
  const file = join(directory, 'verify.mjs');
  writeFileSync(file, snippet('js'));
  const { isFromSignalbox } = (await import(pathToFileURL(file).href)) as {
    isFromSignalbox(signingKey: string, header: string, parts: readonly (string | Buffer)[]): boolean;
  };
  it.each(cases)('$name: $genuine', ({ header, genuine, ...given }) => {
    const [idempotencyKey = '', item = '', text = ''] = given.parts;
    expect(isFromSignalbox(given.key, header, [idempotencyKey, item, Buffer.from(text)])).toBe(genuine);
  });
});

describe('in Python', () => {
  it.each(cases)('$name: $genuine', ({ header, genuine, ...given }) => {
    writeFileSync(join(directory, 'verify.py'), snippet('python'));
    const program =
      'import sys, verify; print(verify.is_from_signalbox(sys.argv[1], sys.argv[2], *(part.encode() for part in sys.argv[3:])))';
    const options = {
      cwd: directory,
      encoding: 'utf8' as const,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
    };
    const printed = execFileSync(
      'python3',
      ['-c', program, given.key, header, ...(given.parts as string[])],
      options,
    );
    expect(printed.trim()).toBe(genuine ? 'True' : 'False');
  });
});
