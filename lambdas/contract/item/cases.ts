import type { Gated } from './envelope.ts';
import type { Verdict } from './status.ts';

/* What an automation is held to by `npm run cases`: `cases.jsonl` and `cases.ts` in its folder. Never deployed. */

/** One line of `cases.jsonl`. What it does not say may be anything. */
export interface Case {
  /** Unique in its file. */
  name: string;
  body: unknown;
  label: string;
  verdict: Verdict;
  /** Files that the item comes with, below the automation's folder: `samples/bill.pdf`. @default none */
  documents?: readonly string[] | undefined;
  /** What sources say, by lookup: JSON, or `null` where the source has no such thing. @default what the automation's `sandbox.ts` says */
  lookups?: Readonly<Record<string, unknown>> | undefined;
  /** Lookups whose source is down; the item must be able to do without them. @default those of which nobody says anything */
  down?: readonly string[] | undefined;
  /** The action that is proposed, the first of several. */
  action?: string | undefined;
  /** All actions, in their order. */
  actions?: readonly string[] | undefined;
  /** Of the first action: parameters with exactly these values; `null` is a parameter that must not be there. Others may be anything. */
  parameters?: Readonly<Record<string, unknown>> | undefined;
  expects?: Expected | undefined;
  /** The decision it was made of, by `signalbox cases --write`. */
  origin?: object | undefined;
}

/** What must be true of a proposal whose words or figures may differ. */
export interface Expected {
  /** The money at stake, as the action's `amount` tells it: decimals such as `24.90`. */
  amount?: { is?: string | undefined; atLeast?: string | undefined; atMost?: string | undefined } | undefined;
  /** Sources that must all be cited, as evidence or in a composed text. */
  cites?: readonly string[] | undefined;
  /** Words that must all stand in what goes out, whatever their case. */
  contains?: readonly string[] | undefined;
  /** Words none of which may stand in what goes out, whatever their case. */
  lacks?: readonly string[] | undefined;
  /** Of the texts that go out. */
  language?: Language | undefined;
}

export const LANGUAGES = ['de', 'en', 'es', 'fr', 'it', 'nl', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What `automations/<name>/cases.ts` exports as `cases`. */
export interface CasePolicy<Body = unknown> {
  /** The share of the cases, from 0 to 1, that must come out right. @default 1 */
  least?: number;
  /** Rules for every case, by name. @returns what is wrong, or undefined */
  checks?: Readonly<Record<string, (came: Gated<Body>, expected: Case) => string | undefined>>;
}
