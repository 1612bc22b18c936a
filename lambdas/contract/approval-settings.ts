export interface Approver {
  email: string;
  /** Slack member id, such as `U02ABCDEF`: asked in Slack as well. */
  slack?: string | undefined;
}

/** What the approval functions know of the configuration (`lib/parts/approval-settings.ts`). */
export interface ApprovalSettings {
  sender: string;
  /** The account's SES rate, in mails per second. */
  mailPerSecond: number;
  groups: Readonly<Record<string, readonly Approver[]>>;
  /** Who answers for the automations of an owner, by the owner's name. */
  owners: Readonly<Record<string, readonly string[]>>;
  /** To whom the weekly report goes. */
  reportTo: readonly string[];
  operators: readonly string[];
  auditors: readonly string[];
  calendars: Readonly<Record<string, Calendar>>;
  /** How long a decision on a reversible action can be undone. */
  undoSeconds: number;
  claimMinutes: number;
  sessionHours: number;
  /** A decision made faster than this counts as fast in the statistics. */
  fastSeconds: number;
  /** What an hour of an approver's attention costs, in US dollars. */
  attentionUsdPerHour: number;
  /** Days that approvals and audit entries are kept. */
  itemDays: number;
  /** Address of Slack's Web API. @default https://slack.com/api */
  slack?: { apiUrl: string } | undefined;
  /** Signing in to the console at an identity provider. @default by mailed links */
  oidc?: { issuer: string; clientId: string; emailClaim: string; mailedLinks: boolean } | undefined;
}

export type Role = 'approver' | 'operator' | 'auditor' | 'owner';

/** What tells who answers for an automation. */
export type Owned = Pick<ApprovalSettings, 'owners' | 'groups'>;

/** Who answers for the automations of this owner: whom `owners` names, the members of the group of that name, or the address that it is. */
export function ownersOf({ owners, groups }: Owned, owner: string): readonly string[] {
  const named = owners[owner] ?? groups[owner]?.map(({ email }) => email);
  return named ?? (owner.includes('@') ? [owner] : []);
}

/** May decide (approver), see and hand over everything (operator), read and export everything (auditor), review what is theirs (owner). */
export function rolesOf(settings: ApprovalSettings, email: string): Role[] {
  const roles: Role[] = [];
  if (groupsOf(settings, email).length > 0) roles.push('approver');
  if (settings.operators.includes(email)) roles.push('operator');
  if (settings.auditors.includes(email)) roles.push('auditor');
  if (Object.values(settings.owners).flat().includes(email)) roles.push('owner');
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

/** Whether a person who was asked may still decide: as a member; a delegate, as any approver. */
export function mayStill(
  settings: ApprovalSettings,
  email: string,
  asked: { group: string; via: string } | undefined,
): boolean {
  const groups = groupsOf(settings, email);
  if (!asked) return false;
  return asked.via === '' ? groups.includes(asked.group) : groups.length > 0;
}

/** Names that the approval form uses itself: no parameter with such a name can be edited. */
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

/** A team's working time: these days, from–to in `timeZone`, except on holidays. */
export interface Calendar {
  timeZone: string;
  days: readonly Weekday[];
  from: string;
  /** `17:00`, later than `from`; `24:00` is midnight */
  to: string;
  holidays: readonly string[];
}
/** The configured spelling of an address that has a role, however it was typed. */
export function knownAddress(settings: ApprovalSettings, typed: string): string | undefined {
  const { groups, operators, auditors, owners } = settings;
  const members = Object.values(groups).flatMap((group) => group.map(({ email }) => email));
  const wanted = typed.trim().toLowerCase();
  return [...members, ...operators, ...auditors, ...Object.values(owners).flat()].find(
    (email) => email.toLowerCase() === wanted,
  );
}
