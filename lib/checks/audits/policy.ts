import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { ResolvedConfig } from '../../config.ts';

const MOST_FIELDS = 3;

/** Whom an automation asks what would have been right, and who can look up what was done. */
export function warningsAboutAudit(
  { audit }: Pick<Automation, 'audit'>,
  { approverGroups, operators, auditors }: Pick<ResolvedConfig, 'approverGroups' | 'operators' | 'auditors'>,
): string[] {
  const members = approverGroups[audit?.group ?? ''] ?? [];
  const seeing = members.filter(({ email }) => operators.includes(email) || auditors.includes(email));
  return seeing.map(
    ({ email }) =>
      `'${email}' audits blind as a member of '${audit?.group}', and finds what was done as an operator or auditor: ask somebody else`,
  );
}

/** What is wrong with the audits of an automation. */
export function faultsInAudit(
  { audit, privacy, actions }: Automation,
  { approverGroups }: Pick<ResolvedConfig, 'approverGroups'>,
): string[] {
  if (!audit) return [];
  const { share, group, target, twice = 0, counterparty, large, fields = [], actions: acting } = audit;
  const members = approverGroups[group]?.length ?? 0;
  const known = Object.values(actions).flatMap(({ parameters = {} }) => Object.keys(parameters));
  const named = { counterparty, 'large.parameter': large?.parameter };
  const wrong: [boolean, string][] = [
    [!(share > 0 && share <= 1), "'audit.share' must be above 0 and at most 1: 0.05 is one item in twenty"],
    [!(target >= 0.5 && target <= 0.999), "'audit.target' must be from 0.5 to 0.999"],
    [!(twice >= 0 && twice <= 1), "'audit.twice' must be from 0 to 1"],
    [
      members === 0,
      `'audit.group' is '${group}', and the configuration has no such group in 'approverGroups'`,
    ],
    [members === 1 && twice > 0, `'audit.twice' needs two people, and '${group}' has one`],
    [
      privacy !== undefined,
      "'audit' shows people what came, which 'privacy' keeps from them: declare one of both",
    ],
    [
      fields.length > MOST_FIELDS,
      `'audit.fields' must be ${MOST_FIELDS} at most: somebody has to fill them in`,
    ],
    ...fields.map((name): [boolean, string] => [
      !known.includes(name),
      `'audit.fields' has '${name}', and no action declares such a parameter`,
    ]),
    [
      acting?.length === 0,
      "'audit.actions' must name at least one action: leave it out where all may be right",
    ],
    ...(acting ?? []).map((name): [boolean, string] => [
      !Object.hasOwn(actions, name),
      `'audit.actions' has '${name}', and there is no such action`,
    ]),
    ...Object.entries(named).map(([field, name]): [boolean, string] => [
      name !== undefined && !known.includes(name),
      `'audit.${field}' is '${name}', and no action declares such a parameter`,
    ]),
  ];
  return wrong.flatMap(([is, fault]) => (is ? [fault] : []));
}
