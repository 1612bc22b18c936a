import { describe, expect, it } from 'vitest';
import { joined } from '../../lambdas/models/lineage.ts';
import { lineageEntry } from '../support/fixtures.ts';

const ROUTE = lineageEntry();
const REPLY = lineageEntry({ step: 'reply' });
/** As the table gives it back: another object, its fields in another order. */
const read = (entry: object) => Object.fromEntries(Object.entries(entry).reverse()) as never;

describe('the calls of an item', () => {
  it('are those that are kept and those that are new', () => {
    expect(joined([ROUTE], [REPLY])).toEqual([ROUTE, REPLY]);
  });

  it('hold a step once that an earlier delivery was answered', () => {
    expect(joined([read(ROUTE)], [ROUTE, REPLY])).toEqual([ROUTE, REPLY]);
  });

  it('hold calls that are alike as often as they were made', () => {
    expect(joined([], [ROUTE, ROUTE])).toHaveLength(2);
    expect(joined([ROUTE], [ROUTE, ROUTE])).toHaveLength(2);
    expect(joined([ROUTE, ROUTE], [ROUTE])).toHaveLength(2);
  });
});
