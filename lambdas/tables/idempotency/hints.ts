import { epochSeconds } from '../../kit/clock.ts';
import { absent, below, either, get, put } from '../../kit/dynamo/rows.ts';
import { hintKey } from '../keys.ts';

/** Behind which words an approver found a value that a model had copied from elsewhere. */
interface HintRow {
  id: string;
  /** Words of a page. Absent: an approver's value stood behind none, which ends what was learnt before. */
  label?: string;
  /** Of the decision (milliseconds since 1970): a later one counts, in whichever order they are written. */
  decidedAt: number;
  /** The item whose words they are: with its content they go. */
  madeFor: string;
  expiresAt: number;
}

export interface Hint {
  automation: string;
  group: string;
  field: string;
}

export async function readHint(table: string, hint: Hint): Promise<string | undefined> {
  const row = await get<HintRow>(table, hintKey(hint));
  return row && row.expiresAt > epochSeconds() ? row.label : undefined;
}

/** Keeps what the latest decision taught. The same one twice changes nothing. */
export async function writeHint(
  table: string,
  hint: Hint,
  { label, seconds, ...from }: Pick<HintRow, 'label' | 'decidedAt' | 'madeFor'> & { seconds: number },
): Promise<void> {
  const row = { id: hintKey(hint), ...from, expiresAt: epochSeconds(seconds) };
  const isLater = either<keyof HintRow>(absent('id'), below('decidedAt', from.decidedAt));
  await put<HintRow>(table, label === undefined ? row : { ...row, label }, isLater);
}
