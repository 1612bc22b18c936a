import type { ApprovalRow } from '../contract/approval.ts';
import type { ConsoleContext } from './context.ts';
import { type Person, seesAll } from './sign-in/identity.ts';

type Put = Pick<ApprovalRow, 'asked' | 'group' | 'escalateTo'>;

export function wasAsked(person: Person, { asked }: Pick<ApprovalRow, 'asked'>): boolean {
  if (!person.roles.includes('approver') || !Object.hasOwn(asked, person.email)) return false;
  const { group = '', via = '' } = asked[person.email] ?? {};
  // A person who was asked as a member of a group, and has left it, no longer counts as asked.
  return via !== '' || person.groups.includes(group);
}

/** Whether it belongs to one of their groups, or they were asked. */
export function concerns(person: Person, row: Put): boolean {
  return wasAsked(person, row) || person.groups.includes(row.group) || person.groups.includes(row.escalateTo);
}

/** Whether they may decide it together with others: routine, put to them, and nobody else is on it. */
export function mayMark(
  person: Person,
  row: Put & Pick<ApprovalRow, 'facts' | 'claim'>,
  now: number,
): boolean {
  const held = row.claim && Date.parse(row.claim.until) > now && row.claim.by !== person.email;
  return row.facts.risk === 'routine' && !held && wasAsked(person, row);
}

export function maySee(person: Person, row: Put): boolean {
  return seesAll(person) || concerns(person, row);
}

/** Whether this person looks at anything afterwards. */
export function isAuditor({ outlines }: Pick<ConsoleContext, 'outlines'>, { groups }: Person): boolean {
  return outlines.some(({ auditors }) => auditors !== undefined && groups.includes(auditors));
}
