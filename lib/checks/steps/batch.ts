import type { Automation, StepPolicy } from '../../../lambdas/contract/automation.ts';
import { VISION } from '../../../lambdas/contract/document.ts';
import { type BatchPolicy, slaMs } from '../../../lambdas/contract/steps/batch.ts';
import type { ResolvedConfig } from '../../config.ts';

const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** The buffer takes half an hour of it; a file needs the rest. */
const LEAST_MS = 3_600_000;
/** An item that waits for longer may be gone before its answer comes. */
const MOST_MS = 72 * LEAST_MS;

/** What is wrong with the waiting of a step's low-priority items. */
export function faultsInBatch(
  step: string,
  { batch, confidence }: StepPolicy,
  { agents = {} }: Automation,
  endpoints: ResolvedConfig['endpoints'],
): string[] {
  if (batch === undefined) return [];
  const { sla, tier = 'batch', offPeak } = batch;
  const ms = slaMs(sla) ?? 0;
  const price = tier === 'flex' ? 'flexShare' : 'batchShare';
  const offers = Object.values(endpoints).flatMap(({ models }) => models);
  const wrong: [boolean, string][] = [
    [
      ms < LEAST_MS || ms > MOST_MS,
      `'batch.sla' must be from "1h" to "72h", such as "6h" or "90m", got '${sla}'`,
    ],
    [offPeak !== undefined && tier === 'flex', "'batch.offPeak' is for files: 'flex' is asked at once"],
    [
      offPeak !== undefined && !isWindow(offPeak),
      `'batch.offPeak' needs 'from' and 'to' as two different times such as "22:00", and a 'timeZone' such as Europe/Berlin`,
    ],
    [
      confidence === 'agreement' && tier !== 'flex',
      "'batch' gives one answer, and 'agreement' needs three: measure by logprobs, or take 'flex'",
    ],
    [Object.hasOwn(agents, step) || step === VISION, "'batch' is for steps that are asked by 'step.model'"],
    [
      !offers.some((offer) => offer[price] !== undefined),
      `'batch' needs a model with '${price}' under 'endpoints' in the configuration: what it costs there, as a share of its price`,
    ],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}

function isWindow({ from, to, timeZone }: NonNullable<BatchPolicy['offPeak']>): boolean {
  if (!TIME.test(from) || !TIME.test(to) || from === to) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
