import type { Automation } from '../../lambdas/contract/automation.ts';
import { PERSONAL_KINDS, READERS } from '../../lambdas/contract/item/privacy.ts';
import type { ResolvedConfig } from '../config.ts';

/** What is wrong with an automation's privacy: a misspelt kind would be replaced nowhere. */
export function faultsInPrivacy({ privacy }: Automation, { endpoints }: ResolvedConfig): string[] {
  if (!privacy) return [];
  const { tokens, residency = [], shownTo = READERS } = privacy;
  const kinds: readonly string[] = tokens === 'all' ? PERSONAL_KINDS : tokens;
  const places = new Set(Object.values(endpoints).map((endpoint) => endpoint.residency));
  return [
    ...(kinds.length === 0 ? ["'privacy.tokens' is empty: name what to replace, or 'all'"] : []),
    ...unknown('privacy.tokens', kinds, PERSONAL_KINDS),
    ...unknown('privacy.residency', residency, [...places]),
    ...unknown('privacy.shownTo', shownTo, READERS),
  ];
}

/** What is wrong with how long an automation keeps its items. */
export function faultsInRetention({ retentionDays }: Automation, { retention }: ResolvedConfig): string[] {
  if (retentionDays === undefined) return [];
  const most = Math.max(retention.itemDays, retention.contentDays);
  if (Number.isInteger(retentionDays) && retentionDays >= 1 && retentionDays <= most) return [];
  return [
    `'retentionDays' must be a whole number from 1 to ${most}, the longest that 'retention' keeps anything, got ${retentionDays}`,
  ];
}

function unknown(field: string, names: readonly string[], known: readonly string[]): string[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => `'${field}' names '${name}': it takes ${known.join(', ')}`);
}
