import { automation } from '../../automations/support-triage/automation.ts';
import { implementation } from '../../automations/support-triage/evaluate.ts';
import type { StepRunner } from '../../lambdas/contract/automation.ts';
import type { Gated } from '../../lambdas/contract/item/envelope.ts';
import { harmOf, thoughtOver } from '../../local/harm.ts';
import { noOtherSteps } from '../../local/no-steps.ts';

/* Tickets through the stages of `support-triage`, before a model that is right, or wrong in a known way. */

export interface Given {
  id: string;
  text: string;
}

/** What a scripted model answers. */
export interface Script {
  pick?(given: readonly Given[]): readonly string[];
  split?(text: string): readonly string[];
}

const subject = { automation, implementation } as never;

function scriptedBy({ pick, split }: Script): StepRunner {
  const model = async (name: string, { input }: { input: unknown }): Promise<never> => {
    const { passages = [], text } = input as { passages?: readonly Given[]; text: string };
    if (name === 'route') return { label: 'Billing' } as never;
    if (name === 'split') return { requests: split?.(text) ?? [text] } as never;
    const picked = pick?.(passages) ?? [];
    return { answers: picked.length > 0, passages: picked } as never;
  };
  return {
    ...noOtherSteps,
    ...{ model, agent: model, confidence: () => null },
    embed: () => Promise.reject(new Error('nothing is embedded here')),
  };
}

export interface Came {
  item: Gated;
  /** Documents that the reply is composed of, by their passages' ids. Empty where a person is asked. */
  sources: readonly string[];
  /** Words that go out and stand in no passage and no template. */
  ungrounded: number;
}

export async function came(text: string, script: Script): Promise<Came> {
  const body = { text, from: 'mara@example.com' };
  const item = await thoughtOver(subject, body, scriptedBy(script));
  const alone = item.verdict === 'act' && item.proposal.action === 'reply';
  const sources = alone ? (item.proposal.parameters.sources as string[]) : [];
  return { item, sources, ungrounded: alone ? harmOf(subject, item, undefined).texts.length : 0 };
}

/** The same numbers for the same seed on every machine (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function oneOf<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)] as T;
}
