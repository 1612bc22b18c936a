import type { ItemRow, TimelineEvent } from '../../contract/item/row.ts';
import type { ItemStatus } from '../../contract/item/status.ts';
import { epochSeconds } from '../../kit/clock.ts';
import { foundWrong } from '../../tables/samples/wrong.ts';
import { type Shelved, unshelve, withItems } from '../../tables/similar/entries.ts';
import type { Guess } from './shelf.ts';

/*
 * What the items came to that an answer is taken from, read at the moment of its use. A model can be talked into an answer; what a person
 * turned down, what looked like instructions, what broke and what was thought about anew speaks for nobody.
 */

/** So many items, of as many senders, have to have the answer: one stranger's text must not answer everybody. */
export const FEWEST_WITNESSES = 2;

export interface Witnessed {
  /** The row of the nearest one that the judge lets pass. */
  nearest: Shelved;
  items: string[];
}

export type Story = Pick<
  ItemRow,
  | (
      | 'id'
      | 'status'
      | 'generation'
      | 'timeline'
      | 'erasedAt'
      | 'sentBack'
      | 'duplicateOf'
      | 'rethinks'
      | 'label'
    )
  | ('compensations' | 'compensates')
>;

const FIELDS = [
  ...['id', 'nth', 'madeFor', 'generation', 'by', 'answer', 'model', 'endpoint', 'expiresAt'],
  ...['status', 'timeline', 'erasedAt', 'sentBack', 'duplicateOf', 'rethinks', 'label'],
  ...['compensations', 'compensates'],
] as const;

/**
 * Those of them that speak for their answer, if they are enough.
 * @param audits the table of what auditors said; undefined where none are asked
 * @param drop hears of entries that never will again
 */
export async function witnessed(
  { entries, items, audits }: { entries: string; items: string; audits?: string | undefined },
  { from, by }: Pick<Guess, 'from' | 'by'>,
  asking: string,
  drop: (id: string) => void,
): Promise<Witnessed | undefined> {
  const all = [...from, ...by];
  const askers = [...new Set(all.map(({ item }) => item))];
  const tables = { kept: entries, items };
  const of = await withItems(
    tables,
    all.map(({ id }) => id),
    askers,
    FIELDS,
  );
  if (!of) return undefined;
  const stories = askers.flatMap((id) => (of(items, id) as Story | undefined) ?? []);
  const wrong = audits === undefined ? new Set<string>() : await foundWrong(audits, stories);
  const heard: Shelved[] = [];
  for (const entry of all) {
    const row = of(entries, entry.id) as Shelved | undefined;
    // Its place may have another question by now.
    if (!row || row.nth !== entry.nth) {
      drop(entry.id);
      continue;
    }
    const word = wrong.has(row.madeFor) ? 'never' : wordOf(row, of(items, row.madeFor) as Story | undefined);
    if (word === 'never') {
      drop(entry.id);
      await unshelve(entries, row);
    } else if (word === 'yes' && row.answer === entry.answer && row.madeFor !== asking) heard.push(row);
  }
  const senders = new Set(heard.map((row) => row.by));
  const asked = [...new Set(heard.map((row) => row.madeFor))];
  const nearest = heard.find(({ id }) => from.some((entry) => entry.id === id));
  if (!nearest || Math.min(senders.size, asked.length) < FEWEST_WITNESSES) return undefined;
  return { nearest, items: asked };
}

const WELL: readonly ItemStatus[] = ['done', 'refused'];
const NOT_YET: readonly ItemStatus[] = [
  ...(['received', 'processing', 'deferred', 'suspended', 'waiting_approval', 'acting'] as const),
];

/** `yes`: it ended as its gate or people let it. `not yet`: nobody has said so. `never`: somebody or something has said otherwise. */
export function wordOf(
  { generation, expiresAt }: Pick<Shelved, 'generation' | 'expiresAt'>,
  story: Story | undefined,
): 'yes' | 'not yet' | 'never' {
  if (!story || story.erasedAt || expiresAt <= epochSeconds()) return 'never';
  if (story.generation !== generation || story.rethinks || story.sentBack?.length) return 'never';
  if (story.duplicateOf || story.timeline.some(isAgainst)) return 'never';
  // What it did is taken back, or somebody wanted that.
  if (story.compensations?.length || story.compensates) return 'never';
  if (WELL.includes(story.status)) return 'yes';
  return NOT_YET.includes(story.status) ? 'not yet' : 'never';
}

/** Its text looked like instructions, or an approver corrected what came of it. */
function isAgainst({ event, suspicions, edited, decision }: TimelineEvent): boolean {
  const some = (list: unknown) => Array.isArray(list) && list.length > 0;
  if (event === 'prepared') return some(suspicions);
  return event === 'decided' && (some(edited) || decision !== 'approve');
}
