import type { RegistryEntry } from '../../contract/registry.ts';
import type { EndedRelease, Release, ReleaseEnd, Serving } from '../../contract/steps/release.ts';
import { isoNow } from '../../kit/clock.ts';
import { recordCommand } from '../../tables/audit/commands.ts';
import { type ReleasesRow, writeReleases } from '../../tables/releases/releases.ts';
import { readShadow } from '../../tables/releases/shadow.ts';

export interface ReleaseStores {
  CONTROL_TABLE: string;
  AUDIT_TABLE: string;
  ITEM_DAYS: string;
}

/** As the audit names it. */
export function servingText({ prompt, model }: Serving): string {
  return model ? `${prompt} model=${model.endpoint}/${model.name}` : prompt;
}

/** How it ends, by whom, why, and how many items its candidate had served. */
export interface Ending {
  as: ReleaseEnd;
  by: string;
  reason: string;
  items: number;
}

/**
 * Ends what runs, in one write, with its entry in the audit before it. False where somebody else changed it meanwhile: then nothing is.
 */
export async function endRelease(
  { name }: Pick<RegistryEntry, 'name'>,
  row: ReleasesRow & { running: Release },
  { as, by, reason, items: counted }: Ending,
  { CONTROL_TABLE, AUDIT_TABLE, ITEM_DAYS }: ReleaseStores,
): Promise<boolean> {
  const { running, promoted = {}, ended = [] } = row;
  const { step, candidate, declared, mode, id } = running;
  const shadow = mode === 'shadow' ? await readShadow(CONTROL_TABLE, name, id) : undefined;
  const items = shadow?.items ?? counted;
  const told = `release ${as} ${step}=${servingText(candidate)} after ${items} ${items === 1 ? 'item' : 'items'}`;
  const audit = { table: AUDIT_TABLE, days: ITEM_DAYS };
  await recordCommand(audit, { by, command: told, automation: name, reason });
  const now: EndedRelease = {
    ...running,
    end: { as, by, at: isoNow(), reason, items },
    ...(shadow ? { shadow } : {}),
  };
  return writeReleases(CONTROL_TABLE, name, row, {
    promoted: as === 'promoted' ? { ...promoted, [step]: { ...candidate, over: declared } } : promoted,
    ended: [now, ...ended],
  });
}

/**
 * Takes the promotion back that was the last thing that happened. Nothing else: whoever presses twice, or behind the clock, must not take
 * back what they have not seen. @returns undefined where it was something else, or a deployment has taken its place
 */
export function withoutPromotion(
  { promoted = {}, ended = [] }: ReleasesRow,
  prompts: Readonly<Record<string, string>>,
  { by, reason }: Pick<Ending, 'by' | 'reason'>,
):
  | { promoted: NonNullable<ReleasesRow['promoted']>; ended: EndedRelease[]; taken: EndedRelease }
  | undefined {
  const [taken] = ended;
  if (taken?.end.as !== 'promoted' || !Object.hasOwn(promoted, taken.step)) return undefined;
  const stands = promoted[taken.step];
  if (stands?.prompt !== taken.candidate.prompt || stands.over !== prompts[taken.step]) return undefined;
  const { [taken.step]: _, ...others } = promoted;
  const { stable, declared, step } = taken;
  // What it took the place of may have been promoted as well.
  const back = stable.prompt === declared && !stable.model ? {} : { [step]: { ...stable, over: declared } };
  const { items, at: promotedAt } = taken.end;
  const end = { as: 'rolled-back' as const, by, at: isoNow(), reason, items, promotedAt };
  return {
    promoted: { ...others, ...back },
    ended: ended.map((it) => (it === taken ? { ...taken, end } : it)),
    taken,
  };
}
