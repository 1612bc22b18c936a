import type { Context, Hono } from 'hono';
import type { Presence } from '../../contract/approval.ts';
import { type ApprovalSettings, groupsOf, type Role, rolesOf } from '../../contract/approval-settings.ts';
import type { Markup, Sheet } from '../../pages/layout.ts';
import type { Session } from '../../tables/sign-in/sessions.ts';

/** What a way of signing in has found out, and the page to go to. */
export interface Proof {
  email: string;
  authenticatedBy: Presence['authenticatedBy'];
  next: string;
}

/** What the console offers to a way of signing in. */
export interface Door {
  /** Begins a session, if the configuration gives them a role, and redirects. */
  enter(c: Context, proof: Proof): Promise<Response>;
  show(c: Context, sheet: Sheet): Promise<Response>;
}

/** A way to prove one's identity. Each adds its part to the sign-in page, and takes its own requests. */
export interface Identity {
  offer(c: Context, next: string): Promise<Markup>;
  mount(app: Hono, door: Door): void;
}

/** The signed-in person, with what the current configuration allows them. */
export interface Person {
  email: string;
  roles: readonly Role[];
  groups: readonly string[];
  session: Session;
}

/** Undefined for a person without a role (any more): a session alone opens nothing. */
export function personOf(settings: ApprovalSettings, session: Session): Person | undefined {
  const { email } = session;
  const roles = rolesOf(settings, email);
  return roles.length > 0 ? { email, roles, groups: groupsOf(settings, email), session } : undefined;
}

export function seesAll({ roles }: Pick<Person, 'roles'>): boolean {
  return roles.includes('operator') || roles.includes('auditor');
}

export function mayHold({ roles }: Pick<Person, 'roles'>): boolean {
  return roles.includes('operator');
}
