import { describe, expect, it } from 'vitest';
import { fits, isKnown } from '../../local/stream-filter.ts';

const CLOSES = {
  eventName: ['MODIFY'],
  dynamodb: {
    OldImage: { openUntil: { N: [{ exists: true }] } },
    NewImage: { openUntil: { N: [{ exists: false }] } },
  },
};

const change = (before: object, after: object, eventName = 'MODIFY') => ({
  eventName,
  dynamodb: { OldImage: before, NewImage: after },
});

describe('a filter of a stream', () => {
  it('lets a breaker through that closes, and nothing else', () => {
    const open = { id: { S: 'endpoint#x' }, openUntil: { N: '1' } };
    const closed = { id: { S: 'endpoint#x' } };
    expect(fits(change(open, closed), CLOSES)).toBe(true);
    expect(fits(change(open, open), CLOSES)).toBe(false);
    expect(fits(change(closed, open), CLOSES)).toBe(false);
    expect(fits(change(closed, closed), CLOSES)).toBe(false);
    expect(fits(change(open, closed, 'REMOVE'), CLOSES)).toBe(false);
    expect(fits({ eventName: 'MODIFY' }, CLOSES)).toBe(false);
    expect(fits(null, CLOSES)).toBe(false);
  });

  it('takes one of several values', () => {
    expect(fits({ eventName: 'INSERT' }, { eventName: ['INSERT', 'MODIFY'] })).toBe(true);
    expect(fits({ eventName: 'REMOVE' }, { eventName: ['INSERT', 'MODIFY'] })).toBe(false);
  });

  it('is not applied where it asks for something else', () => {
    expect(isKnown(CLOSES)).toBe(true);
    expect(isKnown({ eventName: [{ prefix: 'M' }] } as never)).toBe(false);
    expect(isKnown({ eventName: 'MODIFY' } as never)).toBe(false);
    expect(isKnown({ eventName: [{ exists: true, prefix: 'M' }] } as never)).toBe(false);
  });
});
