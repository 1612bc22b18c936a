import type { Automation } from '../../contract/automation.ts';
import { clock, DAY_SECONDS } from '../../kit/clock.ts';
import { SIGNS_FORMAT } from '../../models/surrogate/signs.ts';
import { lotOf } from '../../models/surrogate/tried.ts';
import { SHARE } from '../../models/surrogate/watch.ts';
import { itemsLike, type ListedItem } from '../../tables/items/lists.ts';
import { firstOf } from '../../tables/samples/quality.ts';
import { recentSamples } from '../../tables/samples/samples.ts';
import { type ExampleRow, examplesFrom } from '../../tables/surrogates/examples.ts';
import type { OfStep } from '../../tables/surrogates/surrogates.ts';
import type { Example } from './example.ts';

export interface TrainStores {
  ITEM_TABLE: string;
  CONTROL_TABLE: string;
  IDEMPOTENCY_TABLE: string;
  CONTENT_BUCKET: string;
}

/** How far it looks back, and over how many items at most. */
const DAYS = 28;
const MOST_ITEMS = 30_000;
/** More teach hardly more, and cost time. */
const MOST_EXAMPLES = 12_000;
const PAGE = 1000;

/** What people found who did not see what the model had said. */
export interface Corrected {
  itemId: string;
  /** The surrogate's own answer, which nobody had asked the model about. */
  guess: string;
  label: string;
  at: string;
}

export interface Gathered {
  examples: Example[];
  corrected: Corrected[];
  /** The prompt that most of the newest examples are of. */
  prompt: string;
  /** When the surrogate's own answers were used, in no order. */
  usedAt: string[];
}

/** The newest items of an automation since a moment. */
export async function newestOf(table: string, automation: string, since: string): Promise<ListedItem[]> {
  const found: ListedItem[] = [];
  let last: string | undefined = new Date(clock.now() + 60_000).toISOString();
  while (last !== undefined && found.length < MOST_ITEMS) {
    const { rows, stoppedAt }: Awaited<ReturnType<typeof itemsLike>> = await itemsLike(
      table,
      automation,
      { since, last },
      PAGE,
    );
    found.push(...rows.slice(last === rows[0]?.order ? 1 : 0));
    last = stoppedAt === last ? undefined : stoppedAt;
  }
  return found;
}

/** All that there is to learn from. What people said comes before what the model said. @param lots decides what only calibrates */
export async function gather(
  automation: Pick<Automation, 'name' | 'audit'>,
  of: OfStep,
  lots: string,
  env: TrainStores,
): Promise<Gathered> {
  const since = new Date(clock.now() - DAYS * DAY_SECONDS * 1000).toISOString();
  const items = new Map((await newestOf(env.ITEM_TABLE, automation.name, since)).map((it) => [it.id, it]));
  const rows = await examplesFrom(env.IDEMPOTENCY_TABLE, of, [...items.keys()]);
  const samples = automation.audit ? await recentSamples(env.CONTROL_TABLE, automation.name, DAYS) : [];
  const said = new Map(
    samples.flatMap((sample) => {
      const first = firstOf(sample);
      return first?.label ? [[sample.itemId, first.label] as const] : [];
    }),
  );
  const usable = [...rows.values()]
    .filter(({ format }) => format === SIGNS_FORMAT)
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(-MOST_EXAMPLES);
  const prompt = promptOf(usable);
  const examples = usable.flatMap((row) =>
    exampleOf(row, items.get(row.madeFor), said.get(row.madeFor), { lots, prompt }),
  );
  const corrected = usable.flatMap(({ madeFor: itemId, guess, label, at }) => {
    const right = said.get(itemId);
    return right !== undefined && guess !== undefined && label === undefined
      ? [{ itemId, guess, label: right, at }]
      : [];
  });
  const usedAt = [...rows.values()].flatMap(({ guess, label, at }) =>
    guess !== undefined && label === undefined ? [at] : [],
  );
  return { examples, corrected, prompt, usedAt };
}

/** The newest so many say which prompt serves: a part of them may be of one that is only tried. */
const NEWEST = 100;

function promptOf(rows: readonly ExampleRow[]): string {
  const counts = Map.groupBy(rows.slice(-NEWEST), ({ prompt }) => prompt);
  const [first = ''] = [...counts].sort(([, a], [, b]) => b.length - a.length).map(([prompt]) => prompt);
  return first;
}

/** None where nobody knows what is right: the model was not asked, or people decided otherwise. */
function exampleOf(
  row: ExampleRow,
  item: ListedItem | undefined,
  person: string | undefined,
  { lots, prompt }: { lots: string; prompt: string },
): Example[] {
  const label = person ?? row.label;
  if (label === undefined || !item) return [];
  const otherwise = item.status === 'rejected' || (item.label !== undefined && item.label !== row.label);
  if (person === undefined && otherwise) return [];
  const tried = row.guess !== undefined;
  return [
    {
      ...{ signs: { words: unpacked(row.words), parts: unpacked(row.parts) }, label },
      ...{ from: row.from, at: row.at, other: row.prompt !== prompt },
      ...(person === undefined ? {} : { byPerson: true }),
      ...{ tried, reserved: tried || lotOf(lots, row.madeFor) < SHARE },
    },
  ];
}

function unpacked(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length >> 2 }, (_, at) => bytes.readUInt32LE(4 * at));
}
