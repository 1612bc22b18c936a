import { describe, expect, it } from 'vitest';
import { timelineOf } from '../../lambdas/contract/item/timeline.ts';
import { lineageEntry } from '../support/fixtures.ts';

const at = (second: number) => `2026-12-01T09:00:0${second}.000Z`;
const told = (second: number, event: string) => ({ at: at(second), event });

describe('the timeline that is shown', () => {
  it('is in the order of time where two deliveries wrote side by side', () => {
    const timeline = [
      ...[told(0, 'received'), told(1, 'processing'), told(2, 'processing')],
      ...[told(4, 'prepared'), told(6, 'gated'), told(3, 'prepared'), told(5, 'gated')],
    ];

    expect(timelineOf({ timeline }).map((event) => event.at)).toEqual([0, 1, 2, 3, 4, 5, 6].map(at));
  });

  it('begins with what came first, whatever the clock of a later function says', () => {
    const timeline = [told(3, 'received'), told(0, 'processing'), told(1, 'gated'), told(4, 'done')];
    expect(timelineOf({ timeline }).map(({ event }) => event)).toEqual([
      ...['received', 'processing', 'gated', 'done'],
    ]);
  });

  it('keeps the order of what was written of one moment, and puts a call of a model after it', () => {
    const timeline = [told(0, 'received'), told(1, 'prepared'), told(1, 'routed'), told(2, 'gated')];
    const lineage = [lineageEntry({ at: at(1) }), lineageEntry({ at: at(0) })];

    expect(timelineOf({ timeline, lineage }).map(({ event }) => event)).toEqual(
      'received model_called prepared routed model_called gated'.split(' '),
    );
  });
});
