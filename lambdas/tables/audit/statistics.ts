import type { ApprovalRow } from '../../contract/approval.ts';
import type { AttentionRates } from '../statistics/view.ts';
import { type AuditEntry, outcomes } from './audit.ts';

/**
 * Half and 95 of 100 are at or below these, by nearest rank: with n values in order, the p-th percentile is the one in place
 * ⌈p·n/100⌉. It is always a value that was measured, never one between two. Null where nothing was measured.
 */
export interface Spread {
  p50: number | null;
  p95: number | null;
}

export interface Statistics {
  open: number;
  oldestSeconds: number | null;
  /** Of what is open, since it was asked. */
  ageSeconds: Spread;
  /** From asking to the first page that somebody then did something on. */
  timeToOpenSeconds: Spread;
  timeToDecideSeconds: Spread;
  /** On the page, per decision. */
  activeSeconds: Spread;
  /** Decisions that stand; an expiry is none. */
  decided: number;
  /** Of the decisions whose time on the page is known, those made in less than `fastSeconds`. */
  shareFast: number | null;
  fastSeconds: number;
  /** Approvals that were asked for in this time. */
  arrivals: number;
  /** Of approved, edited and rejected: taken as it was proposed. */
  agreement: number | null;
  attention: Attention;
  byGroup: GroupStatistics[];
  byAutomation: AutomationStatistics[];
  /** Known-bad proposals; all other statistics leave them out. */
  attentionChecks: { shown: number; caught: number; missed: number };
}

/** What looking at approvals came to. Of what was said in Slack no time is known. */
export interface Attention {
  seconds: number;
  costUsd: number;
}

/** By the group that was asked first. */
export interface GroupStatistics {
  group: string;
  arrivals: number;
  decided: number;
  agreement: number | null;
  shareFast: number | null;
  activeSeconds: Spread;
  attention: Attention;
}

/** One line per automation and prompt versions. Rates count approved + edited + rejected. */
export interface AutomationStatistics {
  automation: string;
  promptVersions: string;
  /** Where all of them were thought under one. */
  policyVersion?: string;
  decided: number;
  approved: number;
  edited: number;
  rejected: number;
  sentBack: number;
  expired: number;
  approveRate: number | null;
  editRate: number | null;
  /** Edited or rejected: how often people know better. */
  overrideRate: number | null;
  /** Decisions that were taken back, whatever came after. */
  undone: number;
}

/** The approvers' work in numbers. It measures the work and the automations, never a person. */
export function statistics({
  open,
  entries,
  now,
  fastSeconds,
  attentionUsdPerHour,
}: {
  open: readonly Pick<ApprovalRow, 'createdAt' | 'attentionCheck'>[];
  entries: readonly AuditEntry[];
  now: number;
} & AttentionRates): Statistics {
  const real = entries.filter(({ attentionCheck }) => !attentionCheck);
  const standing = outcomes(real);
  const decided = standing.filter(({ event }) => event === 'decided');
  const ages = open
    .filter(({ attentionCheck }) => !attentionCheck)
    .map(({ createdAt }) => wholeSeconds(now - Date.parse(createdAt)));
  const rates = { fastSeconds, attentionUsdPerHour };
  const { activeSeconds, shareFast, arrivals, agreement, attention } = work(real, standing, rates);
  return {
    open: ages.length,
    oldestSeconds: ages.length > 0 ? Math.max(...ages) : null,
    ageSeconds: spread(ages),
    timeToOpenSeconds: spread(timesToOpen(real)),
    timeToDecideSeconds: spread(decided.map((entry) => between(entry.askedAt, entry.at))),
    activeSeconds,
    decided: decided.length,
    shareFast,
    fastSeconds,
    ...{ arrivals, agreement, attention },
    byGroup: byGroup(real, standing, rates),
    byAutomation: byAutomation(real, standing),
    attentionChecks: attentionCheckStatistics(entries.filter(({ attentionCheck }) => attentionCheck)),
  };
}

const VOICES: readonly AuditEntry['event'][] = ['approved', 'rejected', 'sent_back'];

/** What people were asked, and how they went about it. */
function work(
  entries: readonly AuditEntry[],
  standing: readonly AuditEntry[],
  { fastSeconds, attentionUsdPerHour }: AttentionRates,
) {
  const decided = standing.filter(({ event }) => event === 'decided');
  const active = decided.flatMap(({ activeSeconds }) => activeSeconds ?? []);
  const judged = decided.filter(({ decision }) => decision !== 'again');
  // With a quorum each of them looked at it; so did who decided and took that back.
  const looked = entries.flatMap(({ event, activeSeconds }) =>
    VOICES.includes(event) ? (activeSeconds ?? []) : [],
  );
  const seconds = Math.round(looked.reduce((sum, one) => sum + one, 0));
  return {
    arrivals: new Set(entries.flatMap(({ event, approvalId }) => (event === 'asked' ? approvalId : []))).size,
    decided: decided.length,
    agreement: rate(judged.filter((entry) => kindOf(entry) === 'approved').length, judged.length),
    shareFast: rate(active.filter((one) => one < fastSeconds).length, active.length),
    activeSeconds: spread(active),
    attention: { seconds, costUsd: Math.round((seconds / 3600) * attentionUsdPerHour * 100) / 100 },
  };
}

/** Of the approvals that were asked for in this time: who was asked earlier is not told by these entries. */
function byGroup(
  entries: readonly AuditEntry[],
  standing: readonly AuditEntry[],
  rates: AttentionRates,
): GroupStatistics[] {
  const groups = new Map<string, string>();
  for (const { event, approvalId, to } of entries)
    if (event === 'asked' && to !== undefined && !groups.has(approvalId)) groups.set(approvalId, to);
  const inGroups = (of: readonly AuditEntry[]) => Map.groupBy(of, ({ approvalId }) => groups.get(approvalId));
  const [told, stands] = [inGroups(entries), inGroups(standing)];
  return [...new Set(groups.values())]
    .sort()
    .map((group) => ({ group, ...work(told.get(group) ?? [], stands.get(group) ?? [], rates) }));
}

/** Of each question that was opened. A page that was only looked at leaves no entry, so it does not count. */
function timesToOpen(entries: readonly AuditEntry[]): number[] {
  const opened = new Map<string, number>();
  for (const { approvalId, askedAt, openedAt } of entries) {
    if (openedAt === undefined) continue;
    opened.set(approvalId, Math.min(between(askedAt, openedAt), opened.get(approvalId) ?? Infinity));
  }
  return [...opened.values()];
}

function byAutomation(
  entries: readonly AuditEntry[],
  standing: readonly AuditEntry[],
): AutomationStatistics[] {
  const undone = entries.filter(({ event }) => event === 'undone');
  const groups = Map.groupBy([...standing, ...undone], lineOf);
  return [...groups.keys()].sort().map((group) => automationStatistics(groups.get(group) ?? []));
}

function lineOf({ automation, promptVersions }: AuditEntry): string {
  return `${automation}\n${promptVersions.join(', ')}`;
}

function automationStatistics(entries: readonly AuditEntry[]): AutomationStatistics {
  const [automation = '', promptVersions = ''] = entries[0] ? lineOf(entries[0]).split('\n') : [];
  const policies = new Set(entries.map(({ policyVersion }) => policyVersion));
  const [policyVersion] = policies;
  const counts = { approved: 0, edited: 0, rejected: 0, sentBack: 0, expired: 0, undone: 0 };
  for (const entry of entries) counts[kindOf(entry)] += 1;
  const { approved, edited, rejected, sentBack, expired, undone } = counts;
  const judged = approved + edited + rejected;
  return {
    automation,
    promptVersions,
    ...(policies.size === 1 && policyVersion !== undefined ? { policyVersion } : {}),
    decided: judged + sentBack,
    approved,
    edited,
    rejected,
    sentBack,
    expired,
    approveRate: rate(approved, judged),
    editRate: rate(edited, judged),
    overrideRate: rate(edited + rejected, judged),
    undone,
  };
}

function kindOf({ event, decision, edits }: AuditEntry) {
  if (event === 'undone' || event === 'expired') return event;
  if (decision === 'reject') return 'rejected';
  if (decision === 'again') return 'sentBack';
  return edits && edits.length > 0 ? 'edited' : 'approved';
}

function attentionCheckStatistics(entries: readonly AuditEntry[]): Statistics['attentionChecks'] {
  const decisions = outcomes(entries).filter(({ decision }) => decision);
  // An approver who corrects it has read it.
  const missed = decisions.filter(({ decision, edits }) => decision === 'approve' && !edits?.length).length;
  const shown = new Set(entries.map(({ approvalId }) => approvalId)).size;
  return { shown, caught: decisions.length - missed, missed };
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const percentile = (percent: number) => sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? null;
  return { p50: percentile(50), p95: percentile(95) };
}

/** Four decimals; null where there is nothing to take a share of. */
function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

function between(from: string, to: string): number {
  return wholeSeconds(Date.parse(to) - Date.parse(from));
}

/** Clocks of two functions may differ by a moment: no time is below zero. */
function wholeSeconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds / 1000));
}
