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

/** What the console does for a way of signing in. */
export interface Door {
  /** Begins a session, if the configuration gives them a role, and leads on. */
  enter(c: Context, proof: Proof): Promise<Response>;
  /** A page for somebody who is not signed in. */
  show(c: Context, sheet: Sheet): Promise<Response>;
}

/**
 * A way to show who one is: the mailed link, or OIDC where it is configured. Each offers itself on the sign-in page and takes its
 * own requests below `/console/sign-in`.
 */
export interface Identity {
  offer(c: Context, next: string): Promise<Markup>;
  mount(app: Hono, door: Door): void;
}

/** Who is signed in, with what the configuration of this moment allows them. */
export interface Person {
  email: string;
  roles: readonly Role[];
  groups: readonly string[];
  session: Session;
}

/** Undefined for who has no role (any more): a session alone opens nothing. */
export function personOf(settings: ApprovalSettings, session: Session): Person | undefined {
  const { email } = session;
  const roles = rolesOf(settings, email);
  return roles.length > 0 ? { email, roles, groups: groupsOf(settings, email), session } : undefined;
}

/** Operators and auditors look at everything. */
export function seesAll({ roles }: Pick<Person, 'roles'>): boolean {
  return roles.includes('operator') || roles.includes('auditor');
}

/** Only operators hold an automation. */
export function mayHold({ roles }: Pick<Person, 'roles'>): boolean {
  return roles.includes('operator');
}
