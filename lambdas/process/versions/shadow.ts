import { isDeepStrictEqual } from 'node:util';
import type { ReadDocument } from '../../contract/document.ts';
import type { Gated, Received } from '../../contract/item/envelope.ts';
import type { Hides } from '../../contract/item/privacy.ts';
import { actionsOf } from '../../contract/item/proposal.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import type { Release, ShadowCounts } from '../../contract/steps/release.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { asJson } from '../../kit/digest.ts';
import { errorFacts, TransientError } from '../../kit/errors.ts';
import { logger } from '../../kit/telemetry.ts';
import { clearInput } from '../../lookups/input.ts';
import { addShadow } from '../../tables/releases/shadow.ts';
import { stepsOf } from '../given/steps.ts';
import type { ProcessOptions } from '../given/thinking.ts';
import { toolsOf } from '../given/tools.ts';
import { hintsFor } from '../hinted.ts';
import { think } from '../pipeline.ts';
import { type Versions, withVersions } from './versions.ts';

/** What was thought, and by what. */
interface Beside {
  row: ItemRow;
  received: Received;
  feedback: readonly string[];
  documents: readonly ReadDocument[] | undefined;
  vault: Hides | undefined;
  versions: Versions & { shadow: Release };
  /** As the gate let it go, before limits and caution. */
  stable: Gated;
}

/** With less time left it does not begin. */
const LEAST_MS = 30_000;

/**
 * Thinks about an item with the candidate of a shadow as well, behind the verdict: what it comes to is counted, and has no effect. It spends
 * of an account of its own, and what it meets harms no item: an item that it cannot think about now is left out.
 */
export async function thinkBeside(given: Beside, options: ProcessOptions): Promise<void> {
  const { row, received, documents, vault, versions, stable } = given;
  const feedback = vault?.hide(given.feedback) ?? given.feedback;
  const { env, implementation, endpoints, sources = {}, prompts = {}, open, deadline } = options;
  const { shadow: release, serving } = versions;
  if (deadline !== undefined && deadline - clock.now() < LEAST_MS) return;
  const begun = isoNow();
  const { budget } = options.automation;
  const automation = { ...options.automation, budget: { ...budget, perDayUsd: release.perDayUsd ?? 0 } };
  try {
    const steps = await stepsOf(
      {
        ...{ item: { ...row, priority: 'low' }, automation, body: received.body, endpoints, sources, vault },
        ...{ impatient: true, local: env.STAGE === 'local', open, feedback, account: 'shadow' },
        idempotencyTable: env.IDEMPOTENCY_TABLE,
        contentDays: Number(env.CONTENT_DAYS),
        controlTable: env.CONTROL_TABLE,
        ...(deadline === undefined ? {} : { deadline: deadline - LEAST_MS / 3 }),
      },
      async () => ({ toolsOf, clearInput }),
    );
    const chosen = { serving: { ...serving, [release.step]: release.candidate } };
    const step = withVersions(steps, chosen, { texts: prompts, prompts: automation.prompts });
    const hints = hintsFor(env, automation, { documents, vault });
    const thought = think(received, {
      ...{ automation, implementation, vault },
      ...(hints ? { step: { ...step, hinted: hints.hinted }, hinted: hints.told } : { step }),
      ...{ asked: steps.asked, searched: steps.searched, found: steps.found },
    });
    const difference = await thought
      .then(({ item }) => differenceOf(stable, item), failureOf)
      .finally(steps.close);
    if (!difference) return;
    const paid = steps.calls().filter(({ at }) => at >= begun);
    const microUsd = Math.round(paid.reduce((sum, { costUsd }) => sum + costUsd, 0) * 1e6);
    const counts = { items: 1, ...difference, microUsd };
    const differs = difference.same === undefined ? row.id : undefined;
    await addShadow(env.CONTROL_TABLE, automation.name, release.id, counts, differs);
  } catch (error) {
    logger.warn('not thought beside', { itemId: row.id, reason: errorFacts(error).message });
  }
}

function differenceOf(stable: Gated, candidate: Gated): Partial<ShadowCounts> {
  const plain = ({ proposal }: Gated) =>
    asJson(actionsOf(proposal).map(({ action, parameters }) => ({ action, parameters })));
  const different = {
    ...(stable.label === candidate.label ? {} : { label: 1 }),
    ...(stable.verdict === candidate.verdict ? {} : { verdict: 1 }),
    ...(isDeepStrictEqual(plain(stable), plain(candidate)) ? {} : { actions: 1 }),
  };
  return Object.keys(different).length === 0 ? { same: 1 } : different;
}

/** Undefined where the world, or the account, would not have it now. */
function failureOf(error: unknown): Partial<ShadowCounts> | undefined {
  return error instanceof TransientError ? undefined : { failed: 1 };
}
