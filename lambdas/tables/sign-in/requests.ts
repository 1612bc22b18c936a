import { DAY_SECONDS, epochSeconds } from '../../kit/clock.ts';
import { absent, below, either, update } from '../../kit/dynamo/rows.ts';

/** How often somebody asked for a link in a while; `who` is a source's hash, or `all`. */
interface RequestsRow {
  asked?: number;
  expiresAt: number;
}

/** Counts a request for a link. False where there were `most` in this while. */
export function countRequest(table: string, who: string, during: number, most: number): Promise<boolean> {
  return update<RequestsRow>(table, `signin-from#${who}#${during}`, {
    set: { expiresAt: epochSeconds(DAY_SECONDS) },
    add: { asked: 1 },
    when: either(absent('asked'), below('asked', most)),
  });
}
