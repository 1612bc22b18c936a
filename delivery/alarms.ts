import * as z from 'zod';
import { type Aws, elements } from '../cli/aws.ts';
import { type AlarmName, SEVERITY } from '../lambdas/contract/alarms/alarms.ts';
import { redrivesKey } from '../lambdas/tables/keys.ts';

/* What is wrong with an environment now: by CloudWatch, and by its own clock, which judges what CloudWatch has no alarm for. */

export interface Alarm {
  name: string;
  /** ISO 8601. */
  since: string;
  /** Its severity first. */
  says: string;
}

export interface Clock {
  /** ISO 8601: when it last noted that it looked; undefined where it never did. It notes so each four minutes at least. */
  lookedAt?: string;
  alarms: Alarm[];
}

const text = z.object({ S: z.string() });
const standing = z.object({
  M: z.object({ since: text, told: z.object({ BOOL: z.boolean() }).optional() }),
});
const row = z.object({
  lookedAt: text.optional(),
  standing: z.object({ M: z.record(z.string(), standing) }),
});

/** What the clock has told operators and has not told to be over. */
export async function judgedNow(aws: Aws, table: string): Promise<Clock> {
  const { Item } = await aws.json<{ Item?: unknown }>('dynamodb', 'GetItem', {
    ...{ TableName: table, ConsistentRead: true, Key: { id: { S: redrivesKey('watch') } } },
  });
  if (Item === undefined) return { alarms: [] };
  const { lookedAt, standing: all } = row.parse(Item);
  return {
    ...(lookedAt === undefined ? {} : { lookedAt: lookedAt.S }),
    alarms: Object.entries(all.M)
      .filter(([, { M }]) => M.told?.BOOL === true)
      .map(([name, { M }]) => ({ name, since: M.since.S, says: `${severityOf(name)}: told by the clock` })),
  };
}

/** One that is not known here, of a newer version, counts as urgent. */
const severityOf = (alarm: string): string =>
  SEVERITY[alarm.slice(alarm.lastIndexOf(': ') + 2) as AlarmName] ?? 'urgent';

/** What is in alarm in CloudWatch, of the whole account. */
export async function ringing(aws: Aws): Promise<Alarm[]> {
  const found: Alarm[] = [];
  let next: string | undefined;
  do {
    const xml = await aws.query('monitoring', '2010-08-01', 'DescribeAlarms', {
      ...{ StateValue: 'ALARM', MaxRecords: '100' },
      ...(next === undefined ? {} : { NextToken: next }),
    });
    for (const part of membersIn(xml))
      found.push({
        name: elements(part, 'AlarmName')[0] ?? '',
        since: elements(part, 'StateUpdatedTimestamp')[0] ?? '',
        says: elements(part, 'AlarmDescription')[0] ?? '',
      });
    next = elements(xml, 'NextToken')[0];
  } while (next);
  return found;
}

/** One part for each alarm: its fields come in no order that is promised, and some hold members of their own. */
function membersIn(xml: string): string[] {
  const flat = ['Dimensions', 'Metrics', 'AlarmActions', 'OKActions', 'InsufficientDataActions'].reduce(
    (rest, list) => rest.replaceAll(new RegExp(`<${list}>[\\s\\S]*?</${list}>`, 'g'), ''),
    xml,
  );
  return [...flat.matchAll(/<member>([\s\S]*?)<\/member>/g)].map(([, part = '']) => part);
}
