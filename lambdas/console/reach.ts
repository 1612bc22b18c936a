import type { ApprovalRow } from '../contract/approval.ts';
import { type Person, seesAll } from './sign-in/identity.ts';

type Put = Pick<ApprovalRow, 'asked' | 'group' | 'escalateTo'>;

/** Whether a question was put to this person, who still may be asked. */
export function wasAsked(person: Person, { asked }: Pick<ApprovalRow, 'asked'>): boolean {
  if (!person.roles.includes('approver') || !Object.hasOwn(asked, person.email)) return false;
  const { group = '', via = '' } = asked[person.email] ?? {};
  // Who was asked as a member of a group, and has left it, is asked no more.
  return via !== '' || person.groups.includes(group);
}

/** Whether it is a matter of one of their groups, or was put to them. */
export function concerns(person: Person, row: Put): boolean {
  return wasAsked(person, row) || person.groups.includes(row.group) || person.groups.includes(row.escalateTo);
}

export function maySee(person: Person, row: Put): boolean {
  return seesAll(person) || concerns(person, row);
}
