import type { StepPolicy } from '../../lambdas/contract/automation.ts';
import type { Priority } from '../../lambdas/contract/item/status.ts';
import { between, type Next, pick } from '../../local/load/random.ts';
import { companies, invoiceOf, leadOf, QUESTIONS, questionOf, TICKETS, ticketOf } from './texts.ts';

/* The lines of work of the month: what comes to each, how often it comes again, and what each does to pay less. */

export interface Message {
  text: string;
  /** The label that is right. */
  label: string;
}

export interface Line {
  name: string;
  labels: readonly string[];
  /** Of all items of the month. */
  share: number;
  /** Of its items: those that may wait, and those that may not wait at all. */
  low: number;
  urgent: number;
  /** Of its items: the same text once more, and the same in a slightly other form. */
  repeats: number;
  nearly: number;
  /** A model also writes an answer. */
  drafts: boolean;
  /** Instructions beside those that explain the labels. */
  rules: number;
  /** Its means, where all is on. */
  means: Readonly<Record<string, StepPolicy>>;
  /** What nobody has asked before. */
  fresh(next: Next, at: number): Message;
}

export const WRONG_AT_MOST = 0.01;
export const AGREEMENT = 0.95;
/** Hours. */
export const SLA = { draft: 6, account: 24 } as const;

export interface Public {
  labels: readonly string[];
  messages: readonly Message[];
}

export interface Chosen {
  /** Public messages in the place of our own, in their order; they begin again where they end. */
  questions?: Public;
  tickets?: Public;
  /** Of answers to similar questions. @default WRONG_AT_MOST */
  wrongAtMost?: number;
}

export function linesOf({ questions, tickets, wrongAtMost = WRONG_AT_MOST }: Chosen = {}): Line[] {
  const from = (set: Public | undefined, own: (next: Next) => Message) => (next: Next, at: number) =>
    set?.messages[at % set.messages.length] ?? own(next);
  const all = companies();
  return [
    {
      ...{ name: 'questions', share: 0.45, low: 0, urgent: 0.02, repeats: 0.2, nearly: 0.15 },
      ...{ drafts: false, rules: 12, labels: [...(questions?.labels ?? Object.keys(QUESTIONS)), 'other'] },
      means: { route: { cacheHours: 168, similar: { hours: 720, wrongAtMost } } },
      fresh: from(questions, (next) => questionOf(next)),
    },
    {
      ...{ name: 'tickets', share: 0.35, low: 0.3, urgent: 0.06, repeats: 0.04, nearly: 0.06 },
      ...{ drafts: true, rules: 40, labels: [...(tickets?.labels ?? Object.keys(TICKETS)), 'other'] },
      means: {
        route: { surrogate: { agreement: AGREEMENT } },
        draft: { batch: { sla: `${SLA.draft}h` } },
      },
      fresh: from(tickets, (next) => ticketOf(next)),
    },
    {
      ...{ name: 'invoices', share: 0.13, low: 0.7, urgent: 0.03, repeats: 0.1, nearly: 0 },
      ...{
        drafts: false,
        rules: 45,
        labels: ['office', 'travel', 'software', 'energy', 'marketing', 'other'],
      },
      means: {
        route: {
          cacheHours: 720,
          batch: {
            sla: `${SLA.account}h`,
            offPeak: { from: '20:00', to: '06:00', timeZone: 'Europe/Berlin' },
          },
        },
      },
      fresh: (next) => invoiceOf(next, all),
    },
    {
      ...{ name: 'leads', share: 0.07, low: 0.5, urgent: 0.05, repeats: 0.03, nearly: 0 },
      ...{ drafts: false, rules: 8, labels: ['large', 'small', 'partner', 'student', 'other'] },
      means: { route: { cacheHours: 720, batch: { sla: '6h', tier: 'flex' } } },
      fresh: (next) => leadOf(next),
    },
  ];
}

export interface Arrival extends Message {
  id: string;
  at: number;
  priority: Priority;
  from: string;
}

export const MONTH_BEGINS = Date.parse('2026-10-01T00:00:00Z');
const DAYS = 30;
const DAY_MS = 86_400_000;
const SENDERS = 900;

/** The month of a line, in the order in which it comes. */
export function monthOf(line: Line, items: number, next: Next): Arrival[] {
  const times = Array.from({ length: items }, () => timeIn(next)).sort((a, b) => a - b);
  const before: Message[] = [];
  let fresh = 0;
  return times.map((at, nth) => {
    const lot = next();
    let message: Message;
    if (before.length > 0 && lot < line.repeats) message = again(before, next);
    else if (before.length > 0 && lot < line.repeats + line.nearly)
      message = nearly(again(before, next), next);
    else {
      message = line.fresh(next, fresh);
      fresh += 1;
      before.push(message);
    }
    const urgency = next();
    const priority = urgency < line.urgent ? 'urgent' : urgency < line.urgent + line.low ? 'low' : 'normal';
    return {
      ...message,
      ...{ id: `${line.name}_${nth.toString(16).padStart(32, '0')}`, at: at + nth, priority },
      from: `person${between(next, 1, SENDERS)}@example.com`,
    };
  });
}

/** What was asked lately, and often what was asked often: the newer half is twice as likely. */
function again(before: readonly Message[], next: Next): Message {
  return before[Math.floor(before.length * Math.sqrt(next()))] as Message;
}

const WRAPS: readonly ((text: string) => string)[] = [
  (text) => `Hello, ${text}`,
  (text) => `${text} Thanks!`,
  (text) => text.toLowerCase(),
  (text) => `${text.replace(/[?.!]+$/, '')} please`,
  (text) => `Hi there! ${text}`,
  (text) => `${text.replace(/[?.!]+$/, '')}??`,
];

function nearly({ text, label }: Message, next: Next): Message {
  return { text: pick(next, WRAPS)(text), label };
}

/** On working days mostly between eight and six, a little at weekends. */
function timeIn(next: Next): number {
  for (;;) {
    const day = MONTH_BEGINS + Math.floor(next() * DAYS) * DAY_MS;
    const weekend = [0, 6].includes(new Date(day).getUTCDay());
    if (weekend && next() > 0.15) continue;
    const hour = next() < 0.85 ? 8 + 10 * next() : 24 * next();
    return day + Math.floor(hour * 3_600_000);
  }
}
