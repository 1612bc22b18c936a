import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../lambdas/tables/audit/audit.ts';
import { AUDIT_COLUMNS, auditCsv } from '../../../lambdas/tables/audit/csv.ts';
import { record } from '../../support/audit.ts';

const [plain] = record([{ event: 'asked', after: 0, to: 'leads' }]) as [AuditEntry];

/** As RFC 4180 is read: quotes double inside quotes, rows end in CRLF. */
function parse(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < csv.length; ) {
    const quoted = /"((?:[^"]|"")*)"/y;
    const bare = /[^",\r\n]*/y;
    const reader = csv[at] === '"' ? quoted : bare;
    reader.lastIndex = at;
    const [whole = '', inside] = reader.exec(csv) ?? [];
    row.push(inside === undefined ? whole : inside.replaceAll('""', '"'));
    at += whole.length;
    if (csv.startsWith('\r\n', at)) {
      rows.push(row);
      row = [];
      at += 2;
    } else {
      expect(csv[at]).toBe(',');
      at += 1;
    }
  }
  expect(row).toEqual([]);
  return rows;
}

function told(fields: Partial<AuditEntry>): Record<string, string> {
  const [head = [], row = []] = parse(auditCsv([{ ...plain, ...fields }]));
  return Object.fromEntries(head.map((column, at) => [column, row[at] ?? '']));
}

/** Without the apostrophes that make a formula text. */
function stripped(text: string): string {
  return text.replaceAll("'", '');
}

describe('the CSV of the record', () => {
  it('has its columns in the order that is documented', () => {
    expect(auditCsv([])).toBe(
      'at,event,approvalId,itemId,generation,automation,by,channel,authenticatedBy,to,decision,comment,edits,' +
        'openedAt,activeSeconds,askedAt,action,label,risk,reversible,summary,reasons,confidence,sources,' +
        'promptVersions,models,policyVersion,requester,askedDigest,digest,attentionCheck,command,amount,together\r\n',
    );
  });

  it('holds every fact of an entry', () => {
    const { month, order, expiresAt, ...facts } = plain;
    expect(Object.keys(facts).filter((fact) => !AUDIT_COLUMNS.includes(fact as never))).toEqual([]);
    expect(told({})).toMatchObject({
      ...{ at: plain.at, event: 'asked', generation: '1', to: 'leads', summary: 'Pay EUR 24.90' },
      ...{ reversible: 'false', confidence: '', by: '', attentionCheck: '', amount: '', together: '' },
    });
    expect(told({ amount: { value: '24.90', currency: 'EUR' }, together: 12 })).toMatchObject({
      ...{ amount: 'EUR 24.90', together: '12' },
    });
    expect(told({ amount: { value: '7' } }).amount).toBe('7');
  });

  it('joins lists, and says an edit in words', () => {
    const edits = [
      { field: 'amount', from: '24.90', to: '20.00' },
      { field: 'note', from: null, to: { a: 1 } },
    ];
    const cells = told({
      edits,
      reasons: ['large', 'new customer'],
      promptVersions: [],
      attentionCheck: true,
    });

    expect(cells).toMatchObject({
      ...{ edits: 'amount: 24.90 -> 20.00; note:  -> {"a":1}', reasons: 'large; new customer' },
      ...{ promptVersions: '', attentionCheck: 'true' },
    });
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1', '=HYPERLINK("http://a.example","b")'])(
    'is no formula for a spreadsheet: %j',
    (comment) => {
      expect(told({ comment }).comment).toBe(`'${comment}`);
    },
  );

  it.each(['a=1', 'EUR -20', '', 'a;b=1', "'quoted'"])('leaves harmless text as it is: %j', (comment) => {
    expect(told({ comment }).comment).toBe(comment);
  });

  it.each([
    ['a;=1+1', "a;'=1+1"],
    ['a; =1+1', "a;' =1+1"],
    ['a;"=1+1"', `a;'"=1+1"`],
    ['a\t@SUM(A1)', "a\t'@SUM(A1)"],
    ['a\r\n-1', "a\r'\n'-1"],
    ['a;\uff1d1', "a;'\uff1d1"],
    ['"=1+1', `'"=1+1`],
    ['  =1+1', "'  =1+1"],
  ])('is no formula where another sign separates the cells: %j', (comment, cell) => {
    expect(told({ comment }).comment).toBe(cell);
  });

  it('has no cell that begins as a formula, whichever sign separates cells and whatever people write', () => {
    const nasty = fc.stringMatching(/^[;\t\r\n"' =+@,a-]{0,20}$/);
    fc.assert(
      fc.property(nasty, nasty, (comment, summary) => {
        const file = auditCsv([{ ...plain, comment, summary }]);
        for (const sign of [';', '\t']) {
          for (const part of file.split(/\r?\n|\r/).flatMap((line) => line.split(sign)))
            expect(part.replace(/^["\s]*/, '')).not.toMatch(/^[=+\-@]/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('comes back as it was, whatever people write', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (comment, summary) => {
        const cells = told({ comment, summary });
        expect(stripped(cells.comment ?? '')).toBe(stripped(comment));
        expect(stripped(cells.summary ?? '')).toBe(stripped(summary));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[",\r\n=a]{0,12}$/), (comment) => {
        expect(stripped(told({ comment }).comment ?? '')).toBe(stripped(comment));
      }),
      { numRuns: 500 },
    );
  });
});
