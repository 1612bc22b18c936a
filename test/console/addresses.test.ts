import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApprovalRow } from '../../lambdas/contract/approval.ts';
import { auditEntries } from '../../lambdas/tables/audit/audit.ts';
import { freshHouse, mainOf, put, putClosed, signedIn } from '../support/console.ts';
import { words } from '../support/pages.ts';
import { world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/clock.ts', () => import('../support/clock.ts'));
vi.mock('../../lambdas/kit/bucket/bytes.ts', () => import('../support/bucket.ts'));

/* Whoever sends a link chooses everything behind its question mark. */

beforeEach(freshHouse);

const PAGES: Record<string, readonly string[]> = {
  '/console': ['whose', 'automation', 'risk', 'search', 'sort', 'page', 'mark'],
  '/console/next': ['whose', 'search'],
  '/console/many': ['what', 'id'],
  '/console/approvals/a-g1': ['x'],
  '/console/decided': ['month', 'automation', 'ending', 'older', 'newer'],
  '/console/statistics': ['days'],
  '/console/audit': [
    'since',
    'until',
    'person',
    'kind',
    'automation',
    'item',
    'before',
    'from',
    'to',
    'after',
  ],
  '/console/audit/file': ['from', 'to', 'automation', 'after', 'format'],
  '/console/caution': ['x'],
  '/console/me': ['x'],
};

const VALUES: Record<string, string> = {
  'mark-up': encodeURIComponent('"><script>alert(1)</script><img src=x onerror=alert(1)>\'`'),
  'a script as an address': encodeURIComponent('javascript:alert(1)//'),
  'another line': '%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a<b>',
  'half a character': '%E0%A4%A',
  'a lone half': '%ED%A0%80',
  'no character': '%00%7F',
  'a property of every object': '__proto__',
  'an inherited word': 'constructor',
  nothing: '',
  'a long text': 'x'.repeat(6000),
  'letters of four bytes': '%F0%9F%98%80'.repeat(600),
  'a number without end': '1e999',
  'a number below all': '-1',
};

/** Calls that DynamoDB would refuse. */
function strictTables(): void {
  world.fault = (call, input) => {
    if (!call.startsWith('dynamodb')) return;
    const { Key = {}, ExpressionAttributeValues = {} } = input as Record<string, Record<string, unknown>>;
    for (const value of Object.values(Key))
      if (value === '' || Buffer.byteLength(String(value)) > 2048) throw new Error('ValidationException');
    if (!call.includes('Query')) return;
    for (const value of Object.values(ExpressionAttributeValues))
      if (Buffer.byteLength(String(value)) > 1024) throw new Error('ValidationException');
  };
}

describe.each(Object.entries(VALUES))('an address with %s', (_name, value) => {
  it.each(Object.entries(PAGES))(
    'is answered at %s by a page that holds it as words',
    async (path, names) => {
      const reader = await signedIn('olga@example.com');
      put('a');
      const row: ApprovalRow = putClosed('b', 5);
      for (const entry of auditEntries(row)) world.tables.put('audit', entry);
      strictTables();

      for (const name of names) {
        const { status, text, headers } = await reader.get(`${path}?${name}=${value}`);

        expect([200, 303], `${name}: ${status}`).toContain(status);
        expect(text).not.toMatch(/<script>alert|<img src=x|<b>|href="\s*javascript:/i);
        expect(headers.get('set-cookie') ?? '').not.toContain('a=b');
        expect(words(mainOf(text)), name).not.toMatch(/\[object Object\]|undefined|NaN/);
        expect(headers.get('location') ?? '').not.toMatch(/script|Set-Cookie/);
        expect(headers.get('content-disposition') ?? '').not.toMatch(/[\r\n<>]|script/);
      }
    },
  );
});
