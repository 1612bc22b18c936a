import { type ApprovalRow, roundOf } from '../../../contract/approval.ts';
import type { ProposalDocument } from '../../../contract/item/proposal-document.ts';
import { allShown, isSuspected } from '../../../gate/shows.ts';
import { oneLine, shownText } from '../../../kit/text.ts';
import { type Became, isPartly } from '../../decision/became.ts';
import { isOpen } from '../../decision/decide.ts';
import { backLine, TAKES_BACK, takesBackLines, whoseAction } from '../../decision/taken-back.ts';
import { stateOf } from './state.ts';
import { cut, escaped, formatted, LIMITS, plain, when } from './text.ts';

export interface SlackMessage {
  /**
   * The text of a notification, also on a locked phone: nothing of the item, like the subject of the mail.
   */
  text: string;
  blocks: object[];
}

export interface Question {
  document: ProposalDocument;
  row: ApprovalRow;
  /** The person's own approval link. Slack may fetch it: that changes nothing. */
  url: string;
}

/** The message to one person. Its buttons carry what they decide about; the server takes nothing else. */
export function askMessage({ document, row, url }: Question): SlackMessage {
  const summary = oneLine(shownText(document.summary));
  const here = isApprovable(document);
  const rejects = document.risk !== 'catastrophic';
  const reasons = document.reasons.map((reason) => `• ${oneLine(shownText(reason))}`);
  const blocks: object[] = [{ type: 'header', text: plain(summary, LIMITS.header) }];
  if (summary.length > LIMITS.header) blocks.push(section(plain(summary, LIMITS.section)));
  const back = backOf(document);
  if (back !== '') blocks.push(section(plain(back, LIMITS.section)));
  const values = valuesOf(document);
  if (values !== '') blocks.push(section(plain(values, LIMITS.section)));
  if (reasons.length > 0) {
    blocks.push(section(plain(['Why you are asked:', ...reasons].join('\n'), LIMITS.section)));
  }
  const missing = missingIn(document);
  if (missing !== '') blocks.push(section(plain(missing, LIMITS.section)));
  blocks.push(section(formatted(`${natureOf(document, row)}\n${timesOf(row)}`)), {
    type: 'context',
    elements: [formatted(askerOf(document))],
  });
  if (!here)
    blocks.push(
      section(formatted(`*${ONLY_THERE[rejects ? 'approved' : 'decided']}*: please read it there.`)),
    );
  if (rejects && document.risk === 'consequential') blocks.push(REASON);
  const buttons = [
    ...(here ? [button('approve', row, summary)] : []),
    ...(rejects ? [button('reject', row, summary)] : []),
  ];
  const read = {
    type: 'button',
    action_id: 'read',
    text: plain(here ? 'Read it all' : 'Read it and decide', LIMITS.button),
    url,
  };
  blocks.push({ type: 'actions', block_id: 'decide', elements: [...buttons, read] });
  return { text: `Approval needed: ${escaped(document.automation)} (${document.risk})`, blocks };
}

const ONLY_THERE = {
  approved: 'This is approved on its page only',
  decided: 'This is decided on its page only',
} as const;

/** Whether somebody may approve in Slack: all of it is shown there, without free words or doubts. */
export function isApprovable(document: ProposalDocument): boolean {
  return (
    document.risk !== 'catastrophic' &&
    !isSuspected(document) &&
    oneLine(document.summary).length <= LIMITS.section &&
    // A second line could look like one of ours.
    allShown(document).every((it) => !it.words && it.marks.length === 0 && it.value === oneLine(it.value)) &&
    valuesOf(document).length <= LIMITS.section &&
    backOf(document).length <= LIMITS.section
  );
}

function valuesOf(document: ProposalDocument): string {
  return allShown(document)
    .map(
      ({ name, value, words }) =>
        `${name}: ${words ? '(words: read them on the page)' : oneLine(shownText(value))}`,
    )
    .join('\n');
}

/** What was done before, and is taken back by this. */
function backOf({ compensates }: ProposalDocument): string {
  return compensates ? [TAKES_BACK, ...takesBackLines(compensates)].join('\n') : '';
}

/** What it was thought about without: whoever decides can look there. */
function missingIn({ degraded = [] }: ProposalDocument): string {
  if (degraded.length === 0) return '';
  const lines = degraded.map(({ step, reason }) => `• ${oneLine(`${step}: ${reason}`)}`);
  return ['This was thought about without an answer to:', ...lines].join('\n');
}

function section(text: object) {
  return { type: 'section', text };
}

function natureOf({ reversible }: ProposalDocument, { quorum }: ApprovalRow): string {
  const undo = reversible ? 'It can be reversed later.' : '*It cannot be reversed.*';
  return quorum > 1 ? `${undo} ${quorum} people have to approve it.` : undo;
}

function timesOf({ times, escalateTo, escalatedAt }: ApprovalRow): string {
  const end = `Open until ${when(times.closesAt)}; without a decision nothing will be done.`;
  if (escalatedAt || times.escalateAt >= times.closesAt) return end;
  return `${end} From ${when(times.escalateAt)} on, ${escaped(escalateTo)} will be asked as well.`;
}

function askerOf({ automation, policyVersion, promptVersions, risk, label }: ProposalDocument): string {
  const prompts = promptVersions.join(', ') || 'none';
  const facts = `${automation} · ${label} · ${risk} · prompts ${prompts} · policy ${policyVersion.slice(0, 12)}`;
  return escaped(oneLine(facts), LIMITS.context);
}

const REASON = {
  type: 'input',
  block_id: 'comment',
  optional: false,
  dispatch_action: false,
  label: plain('Reason', LIMITS.button),
  hint: plain('Kept with the decision.', LIMITS.button),
  element: { type: 'plain_text_input', action_id: 'comment', multiline: true, max_length: LIMITS.comment },
};

const BUTTONS = {
  approve: { word: 'Approve', title: 'Approve this?', back: 'Not yet', style: 'primary' },
  reject: { word: 'Reject', title: 'Reject this? Nothing will be done.', back: 'Not yet', style: 'danger' },
} as const;

function button(action: keyof typeof BUTTONS, row: ApprovalRow, summary: string) {
  const { word, title, back, style } = BUTTONS[action];
  return {
    type: 'button',
    action_id: action,
    style,
    text: plain(word, LIMITS.button),
    accessibility_label: cut(`${word}: ${summary}`, LIMITS.button),
    value: JSON.stringify({ approvalId: row.id, digest: row.digest, round: roundOf(row) }),
    confirm: {
      title: plain(title, LIMITS.confirmTitle),
      text: plain(summary, LIMITS.confirmText),
      confirm: plain(word, LIMITS.button),
      deny: plain(back, LIMITS.button),
      style,
    },
  };
}

/** Replaces the message when nothing is left to decide: no buttons, and the outcome. */
export function closedMessage(row: ApprovalRow, became?: Became): SlackMessage {
  const state = became?.failed
    ? `${stateOf(row)}\n*It was ${isPartly(became) ? 'done in part' : 'not done'}*: ${escaped(became.words)}`
    : stateOf(row);
  const { compensates } = row.facts;
  const back = [
    ...(compensates ? [`It is about taking back ${whoseAction(compensates)}.`] : []),
    ...(became?.back ?? []).map((it) => `${backLine(it)}.`),
  ];
  return {
    text: `${escaped(row.automation)}: ${isOpen(row) ? 'open again' : 'closed'}`,
    blocks: [
      section(plain(oneLine(row.facts.summary), LIMITS.section)),
      section(formatted(state)),
      ...(back.length > 0 ? [section(plain(back.join('\n'), LIMITS.section))] : []),
    ],
  };
}
