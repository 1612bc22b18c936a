import type { ApprovalRow } from '../../../contract/approval.ts';
import { oneLine, shownText } from '../../../kit/text.ts';
import { type Block, compose, type Mail } from '../../../outbound/mail/compose.ts';
import { shownTime } from '../../../pages/time.ts';
import { type Became, changesIn, isPartly, OF_ACTION, staysBegun } from '../../decision/became.ts';
import { backLine, whoseAction } from '../../decision/taken-back.ts';

export interface Failure {
  row: ApprovalRow;
  became: Became;
  /** The person's own link: the page says what has become of it since. */
  url: string;
  zone?: string | undefined;
}

/** To whoever approved: it was not done. Says no more of the item than the list of approvals does. */
export function failureOf({ row, became, url, zone }: Failure): Promise<Mail> {
  const { risk, summary } = row.facts;
  const parked = became.state === 'parked';
  const partly = isPartly(became);
  const not = partly ? 'done in part' : parked ? 'not done yet' : 'not done';
  const changes = changesIn(row).map((it) => oneLine(shownText(it)));
  return compose({
    subject: `Approved, ${not}: ${row.automation} (${risk}), approval ${row.id.slice(-10)}`,
    preheader: parked ? 'It is parked. You need do nothing.' : 'It was refused. You need do nothing.',
    opening: `You approved this for ${row.automation}, at ${shownTime(row.decidedAt ?? row.createdAt, { zone })}. It was ${partly ? 'done in part' : 'not done'}.`,
    title: `${not[0]?.toUpperCase()}${not.slice(1)}: ${oneLine(shownText(summary))}`,
    blocks: [
      ...(changes.length > 0 ? [{ heading: 'Changed before it was approved', lines: changes }] : []),
      ...toTakeBack(row),
      ...actionsIn(became),
      ...(became.back ? [{ heading: 'What is taken back of it', lines: became.back.map(backLine) }] : []),
      { heading: 'Why', lines: [became.words] },
      {
        heading: 'What happens now',
        lines: NEXT[staysBegun(became) ? 'stays' : parked ? 'parked' : 'refused'],
      },
    ],
    button: { words: 'See what became of it', url },
    foot: ['Opening the link changes nothing. It is yours alone: do not forward it.'],
  });
}

/** What was to be taken back, and is not. */
function toTakeBack({ facts: { compensates } }: ApprovalRow): Block[] {
  return compensates ? [{ heading: 'What it was to take back', lines: [whoseAction(compensates)] }] : [];
}

/** What became of each action of a list, in their order. */
function actionsIn({ actions = [] }: Became): Block[] {
  if (actions.length < 2) return [];
  const lines = actions.map(({ name, status }, at): [string, string] => [
    `${at + 1}. ${name}`,
    OF_ACTION[status].words,
  ]);
  return [{ heading: 'What was done', lines }];
}

const NEXT = {
  stays: ['What it did is taken back, or may be: what is left of it is not begun.', 'You need do nothing.'],
  parked: [
    'The operators were told, and let it go on when the cause is gone.',
    'Your approval stands: you need not approve it again, and nothing is done twice.',
  ],
  refused: [
    'The operators were told, and see to it with the destination.',
    'Your approval stands, in case they send it once more.',
  ],
} as const;
