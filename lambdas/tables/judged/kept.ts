import type { Reading } from '../../contract/document.ts';
import type { Grounds } from '../../contract/item/envelope.ts';
import type { ProposalDocument } from '../../contract/item/proposal-document.ts';
import { SystemError } from '../../kit/errors.ts';
import { getContent } from '../../kit/objects.ts';
import type { ListedItem } from '../items/lists.ts';
import { documentNamesKey, readTextKey } from '../keys.ts';
import { decisionsOn, type JudgedRow, judgedItems } from './judged.ts';

/* What was kept of judged items, for another policy to be asked about them. */

export interface JudgedStores {
  itemTable: string;
  approvalTable: string;
  bucket: string;
}

/** An item as another policy is asked about it. */
export interface Judged {
  id: string;
  receivedAt: string;
  generation: number;
  status: string;
  label?: string;
  /** What it came to: also by limits, caution and holds, which no policy knows of. */
  verdict?: string;
  /** What people said of it, if they were asked. */
  decision?: string;
  costUsd?: number;
  grounds: Grounds;
  /** What was read of its documents, in their order. Only where that is asked for, and kept. */
  readings?: readonly KeptReading[];
}

/** Without the places of its words. */
export interface KeptReading {
  ref: string;
  /** As its sender called it. */
  name: string;
  reading: Reading;
}

/** In the order of the rows; undefined for one of which nothing is kept: it is not judged, or its content has ended. */
export async function judgedAmong(
  listed: readonly ListedItem[],
  { itemTable, approvalTable, bucket }: JudgedStores,
  withReadings = false,
): Promise<(Judged | undefined)[]> {
  const judged = listed.filter(({ verdict }) => verdict !== undefined).map(({ id }) => id);
  const rows = await judgedItems(itemTable, judged);
  const asked = [...rows.values()].flatMap(({ approvalId = [] }) => approvalId);
  const [approvals, documents, read] = await Promise.all([
    decisionsOn(approvalTable, asked),
    Promise.all([...rows.values()].map(async (row) => [row.id, await groundsOf(bucket, row)] as const)),
    Promise.all(
      withReadings
        ? [...rows.values()].map(async (row) => [row.id, await readingsOf(bucket, row)] as const)
        : [],
    ),
  ]);
  const kept = new Map(documents);
  const readings = new Map(read);
  return listed.map(({ id }) => {
    const [row, grounds, own] = [rows.get(id), kept.get(id), readings.get(id)];
    if (!row || !grounds) return undefined;
    const { receivedAt, generation, status, label, verdict, costUsd, approvalId = '' } = row;
    const decision = approvals.get(approvalId);
    return {
      ...{ id, receivedAt, generation, status, grounds },
      ...(label === undefined ? {} : { label }),
      ...(verdict === undefined ? {} : { verdict }),
      ...(decision === undefined ? {} : { decision }),
      ...(costUsd === undefined ? {} : { costUsd }),
      ...(own ? { readings: own } : {}),
    };
  });
}

function groundsOf(bucket: string, { proposalKey }: JudgedRow): Promise<Grounds | undefined> {
  if (proposalKey === undefined) return Promise.resolve(undefined);
  return unlessGone(async () => (await getContent<ProposalDocument>(bucket, proposalKey)).grounds);
}

/** All of them, or none. */
function readingsOf(
  bucket: string,
  { id, documents = [] }: JudgedRow,
): Promise<readonly KeptReading[] | undefined> {
  const keys = documents.flatMap(({ ref, readingKey }) => (readingKey ? [{ ref, readingKey }] : []));
  if (documents.length === 0 || keys.length < documents.length) return Promise.resolve(undefined);
  return unlessGone(async () => {
    const names = await getContent<{ ref: string; name: string }[]>(bucket, documentNamesKey(id));
    return Promise.all(
      keys.map(async ({ ref, readingKey }) => ({
        ...{ ref, name: names.find((it) => it.ref === ref)?.name ?? '' },
        reading: await getContent<Reading>(bucket, readTextKey(readingKey)),
      })),
    );
  });
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
