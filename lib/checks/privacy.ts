import type { Automation } from '../../lambdas/contract/automation.ts';
import {
  kindsOf,
  NAMES,
  OF_NAMES,
  PERSONAL_KINDS,
  type PrivacyPolicy,
} from '../../lambdas/contract/item/privacy.ts';
import type { ResolvedConfig } from '../config.ts';
import { offersFor } from './models/offers.ts';

/** What is wrong with an automation's privacy: what it names would protect nothing. */
export function faultsInPrivacy(
  automation: Automation,
  { endpoints, residencies }: ResolvedConfig,
): string[] {
  const { privacy } = automation;
  if (!privacy) return [];
  const { tokens, residency = [] } = privacy;
  const kinds: readonly string[] = tokens === 'all' ? PERSONAL_KINDS : tokens;
  const places = new Set([...Object.values(endpoints).map((endpoint) => endpoint.residency), ...residencies]);
  return [
    ...(kinds.length === 0 ? ["'privacy.tokens' is empty: name what to replace, or 'all'"] : []),
    ...residency
      .filter((place) => !places.has(place))
      .map((place) => `'privacy.residency' names '${place}': it takes ${[...places].join(', ')}`),
    ...(privacy.names === undefined ? [] : faultsInNames(automation, privacy, endpoints)),
  ];
}

/** A model that finds names reads them: it has to be one that may. */
function faultsInNames(
  { prompts, steps }: Pick<Automation, 'prompts' | 'steps'>,
  privacy: PrivacyPolicy,
  endpoints: ResolvedConfig['endpoints'],
): string[] {
  const own = Object.keys(steps?.[NAMES] ?? {}).filter((field) => !['tier', 'mostUsd'].includes(field));
  const wrong: [boolean, string][] = [
    [
      !kindsOf(privacy).some((kind) => OF_NAMES.includes(kind)),
      `'privacy.names' finds what 'privacy.tokens' does not replace: add ${OF_NAMES.join(' or ')}, or leave it out`,
    ],
    [
      offersFor(steps?.[NAMES] ?? {}, endpoints, privacy.residency ?? []).length === 0,
      "'privacy.names' asks a chat model inside 'privacy.residency', and no endpoint there has one: name its residency (of a local run 'own'), or leave it out",
    ],
    [
      prompts[NAMES] !== undefined,
      `step '${NAMES}': this name is the house's own, by which names are found: name yours otherwise`,
    ],
    ...own.map((field): [boolean, string] => [
      true,
      `step '${NAMES}': '${field}' does nothing there: it takes tier and mostUsd`,
    ]),
  ];
  return wrong.flatMap(([is, fault]) => (is ? [fault] : []));
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
