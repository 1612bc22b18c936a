import type { ApprovalRow } from '../contract/approval.ts';
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

export function maySee(person: Person, row: Put): boolean {
  return seesAll(person) || concerns(person, row);
}
