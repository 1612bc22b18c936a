import type { Automation, StepRunner } from '../contract/automation.ts';
import type { ReadDocument } from '../contract/document.ts';
import type { EnvFor } from '../contract/env.ts';
import type { Hides } from '../contract/item/privacy.ts';
import type { Hinted } from '../contract/steps/hints.ts';
import { fieldsOf, pagesOf, readBy } from '../gate/doubts/hints.ts';
import { errorFacts } from '../kit/errors.ts';
import { logger } from '../kit/telemetry.ts';
import { readHint } from '../tables/idempotency/hints.ts';

/** The step that reads where approvers corrected a model, and what it changed. */
export interface Hints extends Required<Pick<StepRunner, 'hinted'>> {
  told(): readonly Hinted[];
}

/** Undefined where an automation learns nothing, or its texts hold tokens for values. */
export function hintsFor(
  { IDEMPOTENCY_TABLE }: Pick<EnvFor<'process/process'>, 'IDEMPOTENCY_TABLE'>,
  { name: automation, hints: rules }: Automation,
  { documents, vault }: { documents: readonly ReadDocument[] | undefined; vault: Hides | undefined },
): Hints | undefined {
  if (!rules || !documents || vault) return undefined;
  const text = pagesOf({ documents });
  const told = new Map<string, Hinted>();
  return {
    async hinted(group, values) {
      const looked = await Promise.all(
        fieldsOf(rules).map(async ([field, rule]) => {
          const copied = values[field];
          if (copied === undefined) return [];
          const label = await readHint(IDEMPOTENCY_TABLE, { automation, group, field });
          const read = label && readBy(rule, { text, field, label, copied });
          if (!read) return [];
          told.set(field, read.hinted);
          return [[field, read.value] as const];
        }),
      ).catch((error: unknown) => {
        logger.warn('hints not read', { automation, reason: errorFacts(error).message });
        return [];
      });
      return { ...values, ...Object.fromEntries(looked.flat()) };
    },
    told: () => [...told.values()],
  };
}
