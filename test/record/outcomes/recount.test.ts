import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { beforeEach, expect, it, vi } from 'vitest';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { percentile, RELATIVE_ERROR } from '../../../lambdas/kit/numbers/histogram.ts';
import { changesOf, type ItemChange } from '../../../lambdas/record/outcomes/changes.ts';
import { countedIn, recount } from '../../../lambdas/record/outcomes/facts.ts';
import { type Figures, unpacked } from '../../../lambdas/tables/statistics/figures.ts';
import { type Counted, count } from '../../../lambdas/tables/statistics/hours.ts';
import {
  type Happened,
  itemStories,
  LABELS,
  LANGUAGES,
  numbersFrom,
  type Told,
} from '../../support/item-stories.ts';
import { world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));

const SHARDS = 4;
const BATCH = 100;

beforeEach(() => {
  world.reset();
  [units, largest] = [0, 0];
});

let units: number;
let largest: number;

/** As DynamoDB counts: names and values, a kilobyte begun is a unit. */
function weigh(call: string, { Item: row }: { Item?: Record<string, unknown> }): void {
  if (call !== 'dynamodb PutCommand' || !row) return;
  const { figures, positions, ...rest } = row as { figures: Uint8Array; positions: Record<string, string> };
  // A number has a byte for two digits, and one more; a map and each of its values have some of their own.
  const plain = Object.entries(rest).reduce(
    (sum, [name, value]) => sum + name.length + String(value).length,
    0,
  );
  const told = Object.entries(positions).reduce((sum, [name, at]) => sum + 1 + name.length + at.length, 3);
  const bytes = plain + 'figures'.length + figures.length + 'positions'.length + told;
  largest = Math.max(largest, bytes);
  units += Math.ceil(bytes / 1024);
}

/** What the stream says of all writes, by shard: each item's are in one, in their order, among those of others at the same time. */
function streamOf({ writes }: Told): Counted[][] {
  const shards: { at: string; change: Omit<ItemChange, 'sequence'> }[][] = Array.from(
    { length: SHARDS },
    () => [],
  );
  writes.forEach((rows, item) => {
    rows.forEach((now, at) => {
      const before = rows[at - 1];
      // Writes of one moment keep their order: the sort is stable.
      shards[item % SHARDS]?.push({ at: now.updatedAt, change: { now, ...(before ? { before } : {}) } });
    });
  });
  return shards.map((shard, which) =>
    shard
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
      .map(({ change }, at) => {
        // Numbers grow within a shard, and say nothing beside those of another.
        const sequence = String(BigInt(SHARDS - which) * 10n ** 24n + BigInt(at * 7));
        return countedIn({ sequence, ...change });
      }),
  );
}

async function deliver(shard: number, changes: readonly Counted[]): Promise<void> {
  await count('control', `shardId-${shard}`, changes);
}

function inTable(): Map<string, Figures> {
  return new Map(
    world.tables.all('control').map(({ id, figures }) => [String(id), unpacked(figures as Uint8Array)]),
  );
}

function recounted({ writes }: Told): Map<string, Figures> {
  const last = writes.map((rows) => rows.at(-1) as ItemRow);
  const byAutomation = Map.groupBy(last, ({ automation }) => automation);
  return new Map(
    [...byAutomation].flatMap(([automation, rows]) =>
      [...recount(rows)].map(([hour, figures]) => [`${automation}_statistics#${hour}`, figures] as const),
    ),
  );
}

function happened(all: readonly Happened[], what: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const it of all)
    if (it.what === what) {
      const key = `${it.automation}_statistics#${it.hour}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
  return counts;
}

it('a batch of the stream is the writes that it tells of', () => {
  const { writes } = itemStories(5, { items: 40, hours: 1, automations: ['demo'], faults: 12 });
  for (const rows of writes) {
    const images = rows.map((row) => marshall(row, { removeUndefinedValues: true }));
    const Records = images.map((NewImage, at) => {
      const before = images[at - 1];
      const dynamodb = { NewImage, SequenceNumber: String(at), ...(before ? { OldImage: before } : {}) };
      return { dynamodb } as DynamoDBRecord;
    });
    const changes = rows.map((now, at) => ({
      sequence: String(at),
      now,
      ...(at > 0 ? { before: rows[at - 1] } : {}),
    }));
    expect(changesOf({ Records, shardId: 'shard' })).toEqual(changes);
    // Nothing of one that is gone, and of the end of a window.
    expect(
      changesOf({ Records: [{ dynamodb: { OldImage: images[0] } } as DynamoDBRecord], shardId: 'shard' }),
    ).toEqual([]);
    expect(changesOf({ shardId: 'shard' })).toEqual([]);
  }
});

it('5,000 mixed items with faults, redrives and redeliveries: equal to the item, percentiles within their error', async () => {
  const told = itemStories(18, {
    items: 5000,
    hours: 6,
    automations: ['demo', 'other', 'third'],
    faults: 12,
  });
  const random = numbersFrom(7);
  const shards = streamOf(told).map((records) => ({ records, from: 0 }));

  for (let left = shards; left.length > 0; left = left.filter(({ records, from }) => from < records.length)) {
    const next = left[Math.floor(random() * left.length)];
    if (!next) break;
    const batch = next.records.slice(next.from, next.from + BATCH);
    const shard = shards.indexOf(next);
    // One in three batches dies at some call, and comes again whole or in halves; one in five comes twice.
    if (random() < 0.33) {
      world.crashAt(1 + Math.floor(random() * 8), random() < 0.5);
      await deliver(shard, batch).catch(() => undefined);
      world.revive();
      if (random() < 0.5) await deliver(shard, batch.slice(0, batch.length / 2));
    }
    await deliver(shard, batch);
    if (random() < 0.2) await deliver(shard, batch);
    next.from += BATCH;
  }

  const table = inTable();
  expect(table).toEqual(recounted(told));
  const shown = (of: (figures: Figures) => number | undefined) =>
    Object.fromEntries([...table].flatMap(([id, figures]) => (of(figures) ? [[id, of(figures) ?? 0]] : [])));
  const counts = [
    'received',
    'judged',
    'done',
    'refused',
    'rejected',
    'expired',
    'withdrawn',
    'parked',
    'quarantined',
  ];
  const more = [
    'asked',
    'decided',
    'overridden',
    'doneEdited',
    'reopened',
    'reversed',
    'promised',
    'met',
    'calls',
    'failed',
  ];
  for (const what of [...counts, ...more])
    expect(
      shown(({ all }) => all?.all?.n[what as 'done']),
      what,
    ).toEqual(happened(told.happened, what));
  for (const label of LABELS)
    for (const what of ['judged', 'done', 'refused', 'rejected', 'expired'])
      expect(shown((it) => it.label?.[label]?.n[what as 'done'])).toEqual(
        happened(told.happened, `${what}:label:${label}`),
      );
  for (const language of LANGUAGES)
    expect(shown((it) => it.language?.[language]?.n.judged)).toEqual(
      happened(told.happened, `judged:language:${language}`),
    );
  for (const [sure, tenth] of Object.entries({ none: 'none', half: '0.5', high: '0.9' }))
    expect(shown((it) => it.confidence?.[tenth]?.n.judged)).toEqual(
      happened(told.happened, `judged:confidence:${sure}`),
    );
  const short = (it: Figures) =>
    ['16', '32'].reduce((sum, length) => sum + (it.length?.[length]?.n.judged ?? 0), 0);
  expect(shown(short)).toEqual(happened(told.happened, 'judged:length:short'));
  expect(shown((it) => it.label?.billing?.n.judgedAsk)).toEqual(
    happened(told.happened, 'judgedAsk:label:billing'),
  );
  for (const error of ['TransientError', 'InputError', 'SystemError'] as const)
    expect(shown(({ all }) => all?.all?.n[error])).toEqual(happened(told.happened, `error:${error}`));
  expect(shown((it) => it.door?.mail?.n.received)).toEqual(happened(told.happened, 'received:door:mail'));
  expect(shown((it) => it.client?.shop?.n.received)).toEqual(happened(told.happened, 'received:client:shop'));
  expect(shown((it) => it.model?.['small-1']?.n.calls)).toEqual(
    happened(told.happened, 'calls:model:small-1'),
  );

  const looked = told.happened.filter(({ what }) => what.startsWith('active:'));
  const seconds = [...table.values()].reduce((all, it) => all + (it.group?.leads?.n.activeSeconds ?? 0), 0);
  expect(seconds).toBe(looked.reduce((all, { what }) => all + Number(what.slice(7)), 0));

  const paid = told.happened.filter(({ what }) => what.startsWith('usd:'));
  const nanoUsd = (figures: Figures) => figures.all?.all?.n.nanoUsd ?? 0;
  const sum = [...table.values()].reduce((all, figures) => all + nanoUsd(figures), 0);
  expect(sum).toBe(paid.reduce((all, { what }) => all + Number(what.slice(4)), 0));

  // Each that ended took at least what an end takes, and none more than an approval with all that it may meet.
  const aws = [...table.values()].reduce((all, { all: of }) => all + (of?.all?.n.awsNanoUsd ?? 0), 0);
  expect(aws / told.writes.length).toBeGreaterThan(30_000);
  expect(aws / told.writes.length).toBeLessThan(500_000);

  const measured = Map.groupBy(told.totals, ({ automation, hour }) => `${automation}_statistics#${hour}`);
  for (const [id, times] of measured) {
    const sorted = times.map(({ what }) => Number(what)).sort((a, b) => a - b);
    for (const percent of [50, 95, 99]) {
      const exact = sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? Number.NaN;
      const told = percentile(table.get(id)?.all?.all?.t?.ms ?? {}, percent) ?? Number.NaN;
      expect(Math.abs(told - exact), `${id} p${percent}`).toBeLessThanOrEqual(exact * RELATIVE_ERROR);
    }
  }
  console.log(`${told.writes.flat().length} writes of 5,000 items, in ${table.size} rows`);
});

it('keeping them costs less than one write unit for each item, at 100 changes a batch', async () => {
  world.fault = weigh;
  for (const automations of [['demo'], ['demo', 'other', 'third']]) {
    [units, largest] = [0, 0];
    const told = itemStories(3, { items: 5000, hours: 6, automations, faults: 3 });
    for (const [shard, records] of streamOf(told).entries())
      for (let from = 0; from < records.length; from += BATCH)
        await deliver(shard, records.slice(from, from + BATCH));
    const each = units / told.writes.length;
    console.log(
      `${automations.length} automations: ${each.toFixed(3)} write units for each item, ${told.writes.flat().length} changes, the largest row ${largest} bytes`,
    );
    expect(each).toBeLessThanOrEqual(1);
    expect(largest).toBeLessThanOrEqual(4096);
    world.tables = new (world.tables.constructor as new () => typeof world.tables)();
  }
});
