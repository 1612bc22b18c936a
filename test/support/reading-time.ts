import { prepare } from '../../lambdas/process/prepare/prepare.ts';
import { automation, type Demo, ID } from './fixtures.ts';

/* How long prepare takes for a hostile text, beside a plain one of the same length in the same run. */

const read = (body: Demo) =>
  prepare({ id: ID, automation: 'demo', generation: 1, body, feedback: [] }, { automation });

export const MOST_TIMES = 20;
/** Below this the clock and the collector of garbage decide, not the text. */
const LEAST_MS = 2;

const PLAIN = 'The lamp arrived broken yesterday, and I would like my money back. ';
export const filled = (piece: string, length: number) =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

/** Milliseconds of this thread's own work: neighbours on the machine do not count. */
function quickest(body: Demo): number {
  const times = [0, 1, 2, 3].map(() => {
    const { user, system } = process.threadCpuUsage();
    read(body);
    const after = process.threadCpuUsage();
    return (after.user + after.system - user - system) / 1000;
  });
  return Math.min(...times);
}

/** How many times as long as plain text, in this run on this machine. */
export function times(field: 'text' | 'html', hostile: string): number {
  const body = (content: string): Demo => ({ [field]: `Hello. ${content}` });
  const plain = Math.max(LEAST_MS, quickest(body(filled(PLAIN, hostile.length))));
  return quickest(body(hostile)) / plain;
}
