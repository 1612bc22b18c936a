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

/** How many times as long as plain text, in this run on this machine. */
export function times(field: 'text' | 'html', hostile: string): number {
  const body = (content: string): Demo => ({ [field]: `Hello. ${content}` });
  const plain = Math.max(LEAST_MS, quickest(body(filled(PLAIN, hostile.length))));
  return quickest(body(hostile)) / plain;
}
