import { get, put } from '../../kit/dynamo/rows.ts';
import { redrivesKey } from '../keys.ts';

/** How far the clock has come that looks for items which stand still: behind which place in an automation's order. */
export interface Walk {
  automation: string;
  place: string;
}

export function readWalk(table: string): Promise<Walk | undefined> {
  return get<Walk>(table, redrivesKey('walk'));
}

/** Two clocks that look at the same part set nothing going twice: the items' rows tell. */
export async function writeWalk(table: string, walk: Walk): Promise<void> {
  await put(table, { id: redrivesKey('walk'), ...walk });
}
