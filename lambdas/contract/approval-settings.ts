/** A person who can be asked. */
export interface Approver {
  email: string;
  /** Slack member id, such as `U02ABCDEF`: asked there as well. */
  slack?: string | undefined;
}

/** What the desk's functions are told of the configuration: plain data, written at synth (`lib/parts/approval-settings.ts`). */
export interface ApprovalSettings {
  sender: string;
  /** Mails a second that SES takes of the account. */
  mailPerSecond: number;
  groups: Readonly<Record<string, readonly Approver[]>>;
  operators: readonly string[];
  auditors: readonly string[];
  calendars: Readonly<Record<string, Calendar>>;
  /** How long a decision on a reversible action may be taken back. */
  undoSeconds: number;
  claimMinutes: number;
  sessionHours: number;
  /** A decision made faster than this counts as fast in the statistics. */
  fastSeconds: number;
  /** Days that approvals and audit entries are kept. */
  itemDays: number;
  /** Where Slack's Web API is. @default https://slack.com/api */
  slack?: { apiUrl: string } | undefined;
  /** Signing in to the console at an identity provider. @default by mailed links */
  oidc?: { issuer: string; clientId: string; emailClaim: string; mailedLinks: boolean } | undefined;
}

export type Role = 'approver' | 'operator' | 'auditor';

/** What a person may do: decide (approver), see and pass on everything (operator), read and export everything (auditor). */
export function rolesOf(settings: ApprovalSettings, email: string): Role[] {
  const roles: Role[] = [];
  if (groupsOf(settings, email).length > 0) roles.push('approver');
  if (settings.operators.includes(email)) roles.push('operator');
  if (settings.auditors.includes(email)) roles.push('auditor');
  return roles;
}

export function groupsOf({ groups }: ApprovalSettings, email: string): string[] {
  return Object.keys(groups).filter((group) => groups[group]?.some((member) => member.email === email));
}

export function approverOf({ groups }: ApprovalSettings, email: string): Approver | undefined {
  return Object.values(groups)
    .flat()
    .find((member) => member.email === email);
}

/**
 * Whether who was asked may still answer: as a member of the group that was asked, or, where they stand in for somebody or were
 * handed the question, as an approver at all.
 */
export function mayStill(
  settings: ApprovalSettings,
  email: string,
  asked: { group: string; via: string } | undefined,
): boolean {
  const groups = groupsOf(settings, email);
  if (!asked) return false;
  return asked.via === '' ? groups.includes(asked.group) : groups.length > 0;
}

/** The names a form of the desk uses itself: no parameter of such a name can be edited. */
export const FORM_FIELDS: readonly string[] = [
  't',
  'nonce',
  'decision',
  'comment',
  'confirm',
  'active',
  'reviewed',
  'seen',
  'to',
  'website',
];
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Working time of a team: these days, from–to on the clock of `timeZone`, except on holidays. */
export interface Calendar {
  timeZone: string;
  days: readonly Weekday[];
  /** `09:00` */
  from: string;
  /** `17:00`, later than `from`; `24:00` is midnight */
  to: string;
  /** `YYYY-MM-DD` */
  holidays: readonly string[];
}
/** The configured spelling of an address that has a role, however it was typed. */
export function knownAddress(settings: ApprovalSettings, typed: string): string | undefined {
  const { groups, operators, auditors } = settings;
  const members = Object.values(groups).flatMap((group) => group.map(({ email }) => email));
  const wanted = typed.trim().toLowerCase();
  return [...members, ...operators, ...auditors].find((email) => email.toLowerCase() === wanted);
}
