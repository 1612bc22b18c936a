import { html } from 'hono/html';
import type { ApprovalRow, Presence, TrailEntry } from '../contract/approval.ts';
import type { Markup } from '../pages/layout.ts';
import { timeMark as mark, shownTime } from '../pages/time.ts';
import type { HouseEntry } from '../tables/audit/audit.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `42 s`, `12 min`, `3 h 20 min`, `2 d 4 h`: two units at most. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.round(whole / MINUTE)} min`;
  const [unit, name, part, partName] = whole < DAY ? [HOUR, 'h', MINUTE, 'min'] : [DAY, 'd', HOUR, 'h'];
  const rest = Math.floor((whole % unit) / part);
  return `${Math.floor(whole / unit)} ${name}${rest > 0 ? ` ${rest} ${partName}` : ''}`;
}

export function age(seconds: number): string {
  return duration(seconds).split(' ').slice(0, 2).join(' ');
}

/** A time in words, with the exact one for machines and as a tooltip; `zone` of the people who read it. */
export function timeMark(at: string, words?: string, zone?: string): Markup {
  const exact = shownTime(at, { zone });
  return html`<time datetime="${at}" title="${exact}">${words ?? exact}</time>`;
}

/** No more of a time than a page shows: when a mail went out is nobody's business to the millisecond. */
export const minute = (at: string) => `${at.slice(0, 16)}Z`;

/** A time to the second: of what happened, two entries of one minute are told apart. */
export function exactMark(at: string, zone?: string): Markup {
  return mark(at, { zone, seconds: true });
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** What a trail or the audit record tells, in words. */
export const EVENT_WORDS: Record<TrailEntry['event'] | HouseEntry['event'], string> = {
  asked: 'asked',
  reminded: 'reminded',
  escalated: 'escalated',
  handed_over: 'handed over',
  claimed: 'claimed',
  released: 'released',
  approved: 'approved',
  rejected: 'rejected',
  sent_back: 'sent back',
  // After what each person said: with a quorum the last voice settles it.
  decided: 'settled',
  undone: 'undone',
  expired: 'expired: nobody decided in time',
  withdrawn: 'withdrawn by its sender or an operator',
  acts_alone: 'acts alone',
  command: 'command',
};

export const CHANNEL_WORDS: Record<Presence['channel'], string> = {
  mail: 'mail',
  console: 'console',
  slack: 'Slack',
};

/** How an approval ended, in words; `open` while it has not. */
export type Ending = 'open' | 'approved' | 'edited' | 'rejected' | 'sent back' | 'expired' | 'withdrawn';

export const ENDINGS: Record<Exclude<Ending, 'open'>, { mark: string; words: string }> = {
  approved: { mark: '✓', words: 'approved' },
  edited: { mark: '✎', words: 'approved with edits' },
  rejected: { mark: '✕', words: 'rejected' },
  'sent back': { mark: '↺', words: 'sent back' },
  expired: { mark: '–', words: 'nobody decided' },
  withdrawn: { mark: '⊘', words: 'withdrawn' },
};

export function endingOf({ status, decision, edits }: Pick<ApprovalRow, 'status' | 'decision' | 'edits'>) {
  if (status === 'pending') return 'open';
  if (status === 'withdrawn') return 'withdrawn';
  if (status === 'expired' || !decision) return 'expired';
  if (decision === 'reject') return 'rejected';
  if (decision === 'again') return 'sent back';
  return edits ? 'edited' : 'approved';
}

/** A sign with its meaning in words, so that nobody has to know the colour or the sign. */
export function marked(kind: string, mark: string, words: string): Markup {
  return html`<span class="mark ${kind}"><span aria-hidden="true">${mark}</span> ${words}</span>`;
}

export function option(value: string, words: string, chosen: string): Markup {
  return html`<option value="${value}"${value === chosen ? html` selected` : ''}>${words}</option>`;
}
