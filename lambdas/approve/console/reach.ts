import type { ApprovalRow } from '../../shared/approval.ts';
import { type Person, seesAll } from './identity.ts';

type Put = Pick<ApprovalRow, 'asked' | 'group' | 'escalateTo'>;

/** Whether a question was put to this person, who still may be asked. */
export function wasAsked(person: Person, { asked }: Pick<ApprovalRow, 'asked'>): boolean {
  return person.roles.includes('approver') && Object.hasOwn(asked, person.email);
}

/** Whether it is a matter of one of their groups, or was put to them. */
export function concerns(person: Person, row: Put): boolean {
  return wasAsked(person, row) || person.groups.includes(row.group) || person.groups.includes(row.escalateTo);
}

export function maySee(person: Person, row: Put): boolean {
  return seesAll(person) || concerns(person, row);
}
