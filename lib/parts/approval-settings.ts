import type { ApprovalSettings } from '../../lambdas/contract/approval-settings.ts';
import type { ResolvedConfig } from '../config.ts';

/**
 * The configuration as far as the functions of approvals need it: people and times, no address of anything
 * deployed.
 */
export function approvalSettings(config: ResolvedConfig): ApprovalSettings {
  const {
    sender,
    mail,
    approverGroups,
    operators,
    auditors,
    owners,
    reportTo,
    calendars,
    slack,
    approvals,
    retention,
  } = config;
  const { oidc } = config.console;
  return {
    ...{ sender, operators, auditors, owners, reportTo, calendars, ...approvals },
    groups: approverGroups,
    mailPerSecond: mail.perSecond,
    itemDays: retention.itemDays,
    ...(slack ? { slack: { apiUrl: slack.apiUrl } } : {}),
    ...(oidc ? { oidc: settingsOf(oidc) } : {}),
  };
}

function settingsOf({ secret: _, ...told }: NonNullable<ResolvedConfig['console']['oidc']>) {
  return told;
}
