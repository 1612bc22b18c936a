import { type ApprovalRow, type Asked, COMPLETES } from '../../../contract/approval.ts';
import { type Mark, type ProposalDocument, stepsOf } from '../../../contract/item/proposal-document.ts';
import { allShown, isSuspected } from '../../../gate/shows.ts';
import { titleOf } from '../../../gate/summary.ts';
import { cutText, oneLine, shownText } from '../../../kit/text.ts';
import { type Block, compose, type Mail } from '../../../outbound/mail/compose.ts';
import { sendMail as send } from '../../../outbound/mail/send.ts';
import { shownTime } from '../../../pages/time.ts';
import { TAKES_BACK, takesBackLines } from '../../decision/taken-back.ts';
import { refusedForNow } from './pace.ts';

export interface Letter {
  row: ApprovalRow;
  document: ProposalDocument;
  url: string;
  /** Why and as whom this person is asked. */
  asked: Pick<Asked, 'group' | 'via' | 'voided'>;
  reminder: boolean;
  /** Time zone of the approval's calendar. */
  zone?: string | undefined;
}

/** One mail, as text and HTML. @throws MailBusy if SES takes none now, otherwise the error of SES */
export async function sendMail(from: string, to: string, mail: Mail): Promise<void> {
  await send(from, to, mail).catch((error: unknown) => {
    throw refusedForNow(error);
  });
}

/** One approval to one approver. */
export async function sendLetter(from: string, to: string, letter: Letter): Promise<void> {
  await sendMail(from, to, await letterOf(letter));
}

/** Lock screens and relays show subjects: only what the automation's policy allows of the item is in it. */
export function letterOf(letter: Letter): Promise<Mail> {
  const { document, row, url } = letter;
  const tells = document.question?.subject ?? [];
  const marks = [`${document.automation} (${document.risk})`, ...tells, `approval ${row.id.slice(-10)}`];
  return compose({
    subject: `${KINDS[kindOf(letter)].subject}: ${marks.join(', ')}`,
    preheader: deadline(letter),
    opening: opening(letter),
    title: oneLine(shownText(titleOf(document))),
    warning: document.risk === 'catastrophic' ? CATASTROPHIC : undefined,
    blocks: [
      ...compensatedIn(letter),
      ...stepsIn(document),
      { heading: document.further ? 'With these values' : 'What will be done', lines: valuesIn(document) },
      ...missingIn(document),
      { heading: 'Why a person decides', lines: document.reasons.map((it) => oneLine(shownText(it))) },
    ],
    button: { words: 'Read it and decide', url },
    foot: ['Opening the link changes nothing. It is yours alone: do not forward it.', ...until(letter)],
  });
}

/** What was done before, and is taken back by this. */
function compensatedIn({ document: { compensates }, zone }: Letter): Block[] {
  if (!compensates) return [];
  return [{ heading: TAKES_BACK, lines: takesBackLines(compensates, { zone }) }];
}

/** What nobody could look up. */
function missingIn({ degraded = [] }: ProposalDocument): Block[] {
  if (degraded.length === 0) return [];
  const lines = degraded.map(({ step, reason }): [string, string] => [step, reason]);
  return [{ heading: 'Thought about without an answer to', lines }];
}

/** Several actions, in their order. */
function stepsIn(document: ProposalDocument): Block[] {
  if (!document.further) return [];
  const lines = stepsOf(document).map(({ summary, risk }, at): [string, string] => [
    String(at + 1),
    `${oneLine(shownText(summary))} (${risk})`,
  ]);
  return [{ heading: 'What will be done, in this order', lines }];
}

const CATASTROPHIC = 'Catastrophic: this can do great harm. Approve it only if you know that it is right.';

type Kind = 'first' | 'reminder' | 'changed' | 'handed over' | 'escalated';

const KINDS: Record<Kind, { subject: string; says(letter: Letter): string }> = {
  first: {
    subject: 'Approval needed',
    says: ({ document }) => `${document.automation} asks for a decision.`,
  },
  reminder: {
    subject: 'Reminder: approval needed',
    says: ({ document }) => `${document.automation} still waits for a decision.`,
  },
  changed: {
    subject: 'Changed, approve again',
    says: ({ document }) => `${document.automation} asks for a decision again.`,
  },
  'handed over': {
    subject: 'Handed over to you: approval needed',
    says: ({ document }) => `${document.automation} asks for a decision.`,
  },
  escalated: {
    subject: 'Escalated: approval needed',
    says: ({ document, row }) => `${document.automation} asks for a decision; ${row.group} have not decided.`,
  },
};

function kindOf({ reminder, asked, row }: Letter): Kind {
  if (reminder) return 'reminder';
  if (asked.voided) return 'changed';
  if (asked.via.startsWith('by ')) return 'handed over';
  return row.escalatedAt && asked.group === row.escalateTo && row.group !== row.escalateTo
    ? 'escalated'
    : 'first';
}

function opening(letter: Letter): string {
  const { asked, document } = letter;
  const via = asked.voided ? 'again, because it was changed after you approved it' : asked.via;
  const said = KINDS[kindOf(letter)].says(letter);
  const first = document.completions ? `${said} It was thought about again: ${COMPLETES}.` : said;
  return via ? `${first} You are asked ${via}.` : first;
}

/** By when somebody has to decide: all that a lock screen needs. */
function deadline({ row, zone }: Letter): string {
  const next = row.escalatedAt ? row.times.closesAt : row.times.escalateAt;
  return `Decide by ${shownTime(next, { zone })}.`;
}

function until({ row, zone }: Letter): string[] {
  const { escalateAt, closesAt } = row.times;
  const next = `If nobody decides by ${shownTime(escalateAt, { zone })}, ${row.escalateTo} will be asked as well.`;
  return [
    ...(row.escalatedAt ? [] : [next]),
    `At ${shownTime(closesAt, { zone })} this approval expires: without a decision nothing will be done.`,
  ];
}

/** A mail is read in passing: anything longer, or to be looked at twice, is on the page. */
const MOST_VALUE = 300;
const MOST_VALUES = 12;

/** The values that fit. Free words lose links, addresses and mark-up: a mail program would link them. */
function valuesIn(document: ProposalDocument): [string, string][] {
  const values = allShown(document);
  const told = values.slice(0, MOST_VALUES).map(({ name, value, marks, words }): [string, string] => {
    return [name, words && isSuspected(document) ? ON_PAGE : excerpt(value, marks)];
  });
  return values.length > MOST_VALUES ? [...told, ['and more', 'on the page']] : told;
}

const ON_PAGE = '(read it on the page)';

function excerpt(value: string, marks: readonly Mark[]): string {
  const text = oneLine(shownText(without(value, marks)));
  if (text === '' && value !== '') return ON_PAGE;
  return text.length > MOST_VALUE ? `${cutText(text, MOST_VALUE)}… (the rest is on the page)` : text;
}

function without(text: string, marks: readonly Mark[]): string {
  let at = 0;
  let left = '';
  for (const { kind, start, end } of marks) {
    left += text.slice(at, start);
    left += kind === 'number' ? text.slice(start, end) : kind === 'hidden' ? '' : `[${kind}: see the page]`;
    at = end;
  }
  return left + text.slice(at);
}
