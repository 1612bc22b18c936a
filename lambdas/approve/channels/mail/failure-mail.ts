import type { ApprovalRow } from '../../../contract/approval.ts';
import { oneLine, shownText } from '../../../kit/text.ts';
import { shownTime } from '../../../pages/time.ts';
import { type Became, changesIn } from '../../decision/became.ts';
import { compose, type Mail } from './family.ts';

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
  const changes = changesIn(row).map((it) => oneLine(shownText(it)));
  return compose({
    subject: `${parked ? 'Approved, not done yet' : 'Approved, not done'}: ${row.automation} (${risk}), approval ${row.id.slice(-10)}`,
    preheader: parked ? 'It is parked. You need do nothing.' : 'It was refused. You need do nothing.',
    opening: `You approved this for ${row.automation}, at ${shownTime(row.decidedAt ?? row.createdAt, { zone })}. It was not done.`,
    title: `${parked ? 'Not done yet' : 'Not done'}: ${oneLine(shownText(summary))}`,
    blocks: [
      ...(changes.length > 0 ? [{ heading: 'Changed before it was approved', lines: changes }] : []),
      { heading: 'Why', lines: [became.words] },
      { heading: 'What happens now', lines: NEXT[parked ? 'parked' : 'refused'] },
    ],
    button: { words: 'See what became of it', url },
    foot: ['Opening the link changes nothing. It is yours alone: do not forward it.'],
  });
}

const NEXT = {
  parked: [
    'The operators were told, and let it go on when the cause is gone.',
    'Your approval stands: you need not approve it again, and nothing is done twice.',
  ],
  refused: [
    'The operators were told, and see to it with the destination.',
    'Your approval stands, in case they send it once more.',
  ],
} as const;
