import { expect, it } from 'vitest';
import { readingObjections } from '../../lambdas/gate/doubts/reading.ts';

it('what was looked up is a doubt of its own, beside that of the text', () => {
  const suspicions = ['asks-for-prompt', 'found-asks-for-prompt', 'found-hidden-text'];
  expect(readingObjections({ suspicions })).toEqual([
    'the text looks like instructions to the model (asks-for-prompt)',
    'what was looked up looks like instructions to the model (asks-for-prompt, hidden-text)',
  ]);
});
