import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { STATUSES } from '../../lambdas/contract/item/status.ts';
import { sources } from '../support/sources.ts';

/*
 * The names of events are written where events are made: `event('acted', …)`, or told of an item by a
 * function that makes one.
 */
const MADE =
  /\b(?:event|timelineEvent)\('([a-z_]+)'|\btellItem\(context, row, '([a-z_]+)'|\b(?:\w+_(?:AGAIN|ASKED)|REDRIVEN|SET_GOING) = '([a-z_]+)'/g;

it('names every event of the timeline that is written, and no other', () => {
  const [, section = ''] = readFileSync('docs/api.md', 'utf8').split('### Events of the timeline');
  const rows = section.split('\n## ')[0]?.match(/^\| `.*?(?= \|)/gm) ?? [];
  const named = rows.flatMap((row) => [...row.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name));

  const made = sources('lambdas').flatMap(({ code }) =>
    [...code.matchAll(MADE)].map(([, one, two, three]) => one ?? two ?? three),
  );

  expect(named.sort()).toEqual([...new Set([...made, ...STATUSES, 'model_called', 'source_asked'])].sort());
});
