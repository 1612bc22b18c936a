import { expect, it } from 'vitest';
import type { Action } from '../../lambdas/contract/automation.ts';
import { summaryOf } from '../../lambdas/gate/summary.ts';

const action = { describe: ({ to, note }) => `Pay ${to}: ${note}` } as Pick<Action, 'describe'> as Action;

it('is shown in lists, titles and subjects: no value can turn its direction or hide in it', () => {
  const parameters = { to: 'ann\u202e@shop\u2066.example', note: 'a\u0007b\u200bc\u{E0041}' };

  expect(summaryOf(action, parameters)).toBe('Pay ann@shop.example: abc');
});

it('names a parameter of free words and does not tell it', () => {
  expect(summaryOf(action, { to: 'ann@shop.example', note: 'Dear Ann' }, ['note'])).toBe(
    'Pay ann@shop.example: [note]',
  );
});
