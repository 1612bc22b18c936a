import { sleep } from '../clock.ts';
import { errorFacts, SystemError, TransientError } from '../errors.ts';
import { insertAll } from './rows.ts';

/** What DynamoDB takes in one call. */
const MOST_ROWS = 25;
/** As often as the SDK sends a call; of a statement that is refused alone it sends none again. */
const MOST_TRIES = 3;
const PAUSE_MS = 100;

/**
 * Adds rows of different keys to a table; one whose key is there stays as it is.
 * @throws TransientError where DynamoDB does not take all of them now, SystemError where it never takes one. Others are added then
 */
export async function insertOnce<Row extends object>(table: string, rows: readonly Row[]): Promise<void> {
  const groups = Array.from({ length: Math.ceil(rows.length / MOST_ROWS) }, (_, group) =>
    rows.slice(group * MOST_ROWS, (group + 1) * MOST_ROWS),
  );
  await Promise.all(groups.map((group) => insertGroup(table, group)));
}

async function insertGroup<Row extends object>(table: string, group: readonly Row[]): Promise<void> {
  let left = group;
  for (let tries = 1; left.length > 0; tries += 1) {
    const codes = await insertAll(table, left);
    const never = codes.find((code) => code !== undefined && code !== 'DuplicateItem' && !passes(code));
    if (never !== undefined) throw new SystemError(`a row was not added: ${never}`);
    left = left.filter((_, index) => passes(codes[index]));
    if (left.length === 0) return;
    if (tries === MOST_TRIES)
      throw new TransientError(`rows were not added: ${left.length} × ${codes.find(passes)}`);
    await sleep(Math.random() * PAUSE_MS * tries);
  }
}

/** Whether DynamoDB may take the row another time. */
function passes(code: string | undefined): code is string {
  if (code === undefined) return false;
  return errorFacts(Object.assign(new Error(code), { name: code })).class === 'TransientError';
}
