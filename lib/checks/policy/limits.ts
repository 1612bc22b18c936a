import type { Action, Automation, Limit, SubjectLimit } from '../../../lambdas/contract/automation.ts';
import { cents } from '../../../lambdas/kit/numbers/money.ts';

/** A row holds one entry for each of a limit's days. */
const MOST_DAYS = 366;

/** What is wrong with the limits of an automation's actions, by field. */
export function faultsInLimits({ actions }: Automation): string[] {
  return Object.entries(actions).flatMap(([name, action]) =>
    faultsOf(action).map((fault) => `action '${name}': ${fault}`),
  );
}

function faultsOf(action: Action): string[] {
  const { perSubject, per = {}, perDay, perRecipient } = action.limits ?? {};
  return [
    ...Object.entries(per).flatMap(([subject, limit]) => [
      ...(NAMED.test(subject) && !OWN.includes(subject)
        ? []
        : [
            `'limits.per' has '${subject}': name a subject in lower-case letters, but not ${OWN.join(' or ')}`,
          ]),
      ...amounts(`per.${subject}`, limit, action),
      ...span(`per.${subject}`, limit.days),
      ...least(`per.${subject}`, limit),
    ]),
    ...(perSubject ? least('perSubject', perSubject) : []),
    ...(perSubject
      ? [...amounts('perSubject', perSubject, action), ...span('perSubject', perSubject.days)]
      : []),
    ...(perDay ? amounts('perDay', perDay, action) : []),
    ...(perRecipient
      ? [...amounts('perRecipient', perRecipient, action), ...span('perRecipient', perRecipient.days ?? 1)]
      : []),
    ...(perRecipient && action.recipient === undefined
      ? ["'limits.perRecipient' needs 'recipient', the parameter that names who gets it"]
      : []),
  ];
}

/** A subject's name is part of a row's key and of reasons. */
const NAMED = /^[a-z]{1,20}$/;
/** Those that the other limits count by. */
const OWN = ['subject', 'recipient', 'day'];

function least(field: string, { most, amount }: SubjectLimit): string[] {
  if (!most || amount !== undefined) return [];
  return [`'limits.${field}': 'most' lowers 'amount': give it one`];
}

function amounts(field: string, { count, amount }: Limit, action: Action): string[] {
  const wrong: [boolean, string][] = [
    [count === undefined && amount === undefined, "needs 'count' or 'amount'"],
    [
      count !== undefined && !(Number.isInteger(count) && count > 0),
      "'count' must be a whole number from 1 on",
    ],
    [amount !== undefined && !cents(amount), '\'amount\' must be a positive decimal such as "100.00"'],
    [
      amount !== undefined && !(action.amount && action.currency),
      "'amount' needs the action's 'amount' and 'currency'",
    ],
  ];
  return wrong.filter(([is]) => is).map(([, fault]) => `'limits.${field}': ${fault}`);
}

function span(field: string, days: number): string[] {
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return [];
  return [`'limits.${field}': 'days' must be a whole number from 1 to ${MOST_DAYS}`];
}
