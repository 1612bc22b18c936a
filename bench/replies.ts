import { readFileSync } from 'node:fs';
import type { Automation } from '../lambdas/contract/automation.ts';
import { prepare } from '../lambdas/prepare/prepare.ts';

interface Sample {
  name: string;
  text?: string;
  html?: string;
  reply: string;
}

export interface Score {
  samples: number;
  /** The reply and nothing else. */
  exact: number;
  /** Words of the reply are missing. */
  lost: string[];
  /** Something of what was written before is left. */
  leftover: string[];
}

const words = (text: string) => text.normalize('NFKC').split(/\s+/).filter(Boolean);

/** How much of a reply, and what else, prepare keeps of the mails of test/data. */
export function score(file = new URL('../test/data/replies.json', import.meta.url)): Score {
  const samples = JSON.parse(readFileSync(file, 'utf8')) as Sample[];
  const automation = { content: (body: Sample) => body } as unknown as Automation;
  const result: Score = { samples: samples.length, exact: 0, lost: [], leftover: [] };
  for (const body of samples) {
    const { text } = prepare({ id: 'x', automation: 'x', generation: 1, body, feedback: [] }, { automation });
    const [read, wanted] = [words(text), words(body.reply)];
    if (read.join(' ') === wanted.join(' ')) result.exact += 1;
    else (wanted.every((word) => read.includes(word)) ? result.leftover : result.lost).push(body.name);
  }
  return result;
}
