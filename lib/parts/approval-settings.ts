import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ApprovalSettings } from '../../lambdas/contract/approval-settings.ts';
import type { ResolvedConfig } from '../config.ts';

/** The configuration as far as the desk's functions need it: people and times, no address of anything deployed. */
export function approvalSettings(config: ResolvedConfig): ApprovalSettings {
  const { sender, mail, approverGroups, operators, auditors, calendars, slack, approvals, retention } =
    config;
  const { oidc } = config.console;
  return {
    ...{ sender, operators, auditors, calendars, ...approvals },
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

/**
 * Writes the module that stands for `@approval-settings` in the bundles of the desk, and returns its path. Data in a file and not in a
 * variable: groups and calendars grow, and Lambda takes 4 KB of variables in all.
 */
export function writeApprovalSettings(directory: string, config: ResolvedConfig): string {
  mkdirSync(directory, { recursive: true });
  const file = join(resolve(directory), 'approval-settings.mjs');
  writeFileSync(file, `export const settings = ${JSON.stringify(approvalSettings(config))};\n`);
  return file;
}
