import type { AuditAnswer, Sample } from '../../contract/audits/sample.ts';
import { clock, DAY_SECONDS } from '../../kit/clock.ts';
import { approvalId } from '../keys.ts';
import { firstOf, isWrong } from './quality.ts';
import { samplesBetween, WINDOW_DAYS } from './samples.ts';

/** What people found wrong, and what would have been right. */
export interface Finding {
  sample: Sample;
  said: AuditAnswer;
}

/** Where it stands among the others. */
export function placeOf({ sample: { at, itemId, generation } }: Finding): string {
  return `${at}#${approvalId(itemId, generation)}`;
}

/** What was answered since then, in the order in which its items ended. @param after the place of one that is before the first */
export async function findingsSince(
  table: string,
  automation: string,
  since: string,
  after: string,
): Promise<Finding[]> {
  // Items wait so long for an answer.
  const from = Date.parse(since) - WINDOW_DAYS * DAY_SECONDS * 1000;
  const samples = await samplesBetween(table, automation, from, clock.now());
  const places = findingsAmong(samples, since)
    .map((it) => ({ it, place: placeOf(it) }))
    .filter(({ place }) => place > after);
  return places.sort((a, b) => (a.place < b.place ? -1 : 1)).map(({ it }) => it);
}

/** Of these, what was found wrong since then. */
export function findingsAmong(samples: readonly Sample[], since: string): Finding[] {
  return samples.filter(isWrong).flatMap((sample): Finding[] => {
    const said = firstOf(sample);
    return said && said.at >= since ? [{ sample, said }] : [];
  });
}
