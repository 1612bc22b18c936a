import type { Compensates, ShownCompensation } from '../../contract/item/compensation.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { oneLine, shownText } from '../../kit/text.ts';
import { shownTime, type Written } from '../../pages/time.ts';
import {
  type CompensationView,
  cameToNothing,
  compensationView,
} from '../../tables/compensations/compensations.ts';

/* What an action takes back, and what takes it back: in the same words on every page, in mails and in Slack. */

/** What such a question begins with, before anything else is said of it. */
export const TAKES_BACK = 'This takes back what was done.';

/** Whose action that was. Holds no content. */
export function whoseAction({ item, action }: Pick<Compensates, 'item' | 'action'>): string {
  return `action ${action} of item ${item.slice(-7)}`;
}

/** What was done and when, then who asks to take it back and why: two lines of text. */
export function takesBackLines(compensates: ShownCompensation, written: Written = {}): [string, string] {
  const { doneAt, summary } = compensates;
  const when = doneAt ? `, done ${shownTime(doneAt, written)}` : '';
  return [
    `${sentence(whoseAction(compensates))}${when}: ${oneLine(shownText(summary))}`,
    askerOf(compensates),
  ];
}

/** In one line. */
export function askerOf({ by, reason }: Pick<ShownCompensation, 'by' | 'reason'>): string {
  return oneLine(shownText(reason ? `${by} asks for it: “${reason}”` : `${by} asks for it.`));
}

/** How far an action is taken back, in a sign and in words without content. */
export interface TakenBack {
  /** Counted from 1; absent where the item has one action. */
  action?: number;
  sign: string;
  words: string;
  /** Nothing of it is taken back, and nothing will be. */
  came: 'to nothing' | 'so far';
}

/** What is taken back of an item, or was to be, in the order of its actions. */
export function takenBackIn(item: Pick<ItemRow, 'actions' | 'compensations' | 'children'>): TakenBack[] {
  const several = (item.actions?.length ?? 1) > 1;
  const actions = (item.compensations ?? []).map(({ action }) => action).sort((a, b) => a - b);
  return actions.flatMap((action) => {
    const view = compensationView(item, action);
    return view
      ? [
          {
            ...(several ? { action } : {}),
            ...saidOf(view),
            came: cameToNothing(view) ? 'to nothing' : 'so far',
          },
        ]
      : [];
  });
}

const HOW: Partial<Record<CompensationView['status'], string>> = {
  rejected: 'was rejected',
  refused: 'was refused',
  expired: 'has expired',
  withdrawn: 'was withdrawn',
};

function saidOf({ item, status }: CompensationView): Pick<TakenBack, 'sign' | 'words'> {
  const number = `item ${item.slice(-7)}`;
  const how = HOW[status];
  if (status === 'done') return { sign: '↺', words: `taken back by ${number}` };
  if (how !== undefined) return { sign: '–', words: `not taken back: ${number} ${how}` };
  if (status === 'parked' || status === 'quarantined')
    return { sign: '!', words: `not taken back yet: ${number} is ${status}` };
  return { sign: '◔', words: `being taken back by ${number}` };
}

/** `Taken back by item …`, and of one of several actions `Action 2: taken back by item …`. */
export function backLine({ action, words }: TakenBack): string {
  return action === undefined ? sentence(words) : `Action ${action}: ${words}`;
}

function sentence(words: string): string {
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}
