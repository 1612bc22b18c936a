import { Duration } from 'aws-cdk-lib';
import type { LifecycleRule } from 'aws-cdk-lib/aws-s3';
import type { Automation } from '../lambdas/contract/automation.ts';
import type { ResolvedConfig } from './config.ts';

export type Kept = Pick<Automation, 'name' | 'retentionDays'>;
type Days = Pick<ResolvedConfig['retention'], 'itemDays' | 'contentDays'>;

/** How long an automation's items and their content are kept: what it says, and never longer than anybody's. */
export function retentionOf(
  { retentionDays = Number.POSITIVE_INFINITY }: Kept,
  { retention: { itemDays, contentDays } }: { retention: Days },
): Days {
  return { itemDays: Math.min(itemDays, retentionDays), contentDays: Math.min(contentDays, retentionDays) };
}

/**
 * Rules by which a bucket loses sooner what belongs to automations that keep it for a shorter time than others. Where two rules
 * concern an object, S3 goes by the shorter one.
 * @param below what the keys of an automation begin with
 */
export function endingSooner(
  automations: readonly Kept[],
  config: { retention: Days },
  below: (automation: string) => readonly string[],
): LifecycleRule[] {
  return automations.flatMap((automation) => {
    const { contentDays } = retentionOf(automation, config);
    if (contentDays === config.retention.contentDays) return [];
    return below(automation.name).map((prefix) => ({ prefix, expiration: Duration.days(contentDays) }));
  });
}
