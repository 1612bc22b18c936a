import { prepare } from '../../lambdas/prepare/prepare.ts';
import { cpuMs, LEAST_MS } from './cpu.ts';
import { automation, type Demo, ID } from './fixtures.ts';

/* How long prepare takes for a hostile text, beside a plain one of the same length in the same run. */

const read = (body: Demo) =>
  prepare({ id: ID, automation: 'demo', generation: 1, body, feedback: [] }, { automation });

export const MOST_TIMES = 20;

const PLAIN = 'The lamp arrived broken yesterday, and I would like my money back. ';
export const filled = (piece: string, length: number) =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

const quickest = (body: Demo) => cpuMs(() => void read(body));

/** So often a time that is too long is looked at again: a neighbour can only make a run longer. */
const ROUNDS = 12;

/** How many times as long as plain text, in this run on this machine: the least times of both, measured in turns. */
export function times(field: 'text' | 'html', hostile: string): number {
  const body = (content: string): Demo => ({ [field]: `Hello. ${content}` });
  const likePlain = body(filled(PLAIN, hostile.length));
  let [plain, long] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const ratio = () => long / Math.max(LEAST_MS, plain);
  for (let round = 0; round < ROUNDS && !(round > 0 && ratio() < MOST_TIMES); round += 1) {
    plain = Math.min(plain, quickest(likePlain));
    long = Math.min(long, quickest(body(hostile)));
  }
  return ratio();
}
