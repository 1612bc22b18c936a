import type { Automation } from '../../../lambdas/contract/automation.ts';

const MOST_FIELDS = 12;

/** Whoever could edit the group would teach for somebody else, and an amount or an account is nothing to be read by habit. */
export function faultsInHints({
  hints,
  actions,
  privacy,
}: Pick<Automation, 'hints' | 'actions' | 'privacy'>): string[] {
  if (!hints) return [];
  const { action, group, fields } = hints;
  const { parameters = {}, recipient } = actions[action] ?? {};
  const names = Object.keys(fields);
  const wrong: [boolean, string][] = [
    [!Object.hasOwn(actions, action), `'hints.action' is '${action}', which is not in 'actions'`],
    ...[group, ...names].map((name): [boolean, string] => [
      !Object.hasOwn(parameters, name),
      `'hints' names '${name}', which is no parameter of '${action}': list it in its 'parameters'`,
    ]),
    [names.includes(group), `'hints.fields' has '${group}', which is the group: leave it out`],
    [recipient !== undefined && names.includes(recipient), "'hints.fields' has the recipient: leave it out"],
    [
      names.length > MOST_FIELDS,
      `'hints.fields' has ${names.length} fields: at most ${MOST_FIELDS} are learnt`,
    ],
    [privacy !== undefined, "'hints' cannot go with 'privacy': texts hold tokens for values. Leave one out"],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => fault);
}
