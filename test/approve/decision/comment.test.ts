import { describe, expect, it } from 'vitest';
import * as z from 'zod/v4/core';
import { forceBody } from '../../../lambdas/api/door/bodies.ts';
import { readComment } from '../../../lambdas/approve/decision/comment.ts';

const INVISIBLE = [
  '\u200B\u200B\u200B',
  '\u3164\u3164\u3164',
  '\u2800 \u2800',
  '\u202E\u2066\u2069',
  '\u00AD\u00AD\u00AD',
  '\u{E0041}\u{E0042}',
];

describe('a reason of invisible characters', () => {
  it.each(INVISIBLE)('is none, from an approver: %j', (text) => {
    expect(readComment(text)).toBe('');
  });

  it.each(INVISIBLE)('is none, from an operator: %j', (reason) => {
    expect(z.safeParse(forceBody(), { state: 'open', reason }).success).toBe(false);
  });

  it('is one as soon as a word stands in it, and is kept as it was written', () => {
    expect(readComment(' too dear\u200B\r\nfor us ')).toBe('too dear\u200B\nfor us');
    expect(z.safeParse(forceBody(), { state: 'open', reason: 'moved' }).success).toBe(true);
  });
});
