import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Aws, elements } from '../../cli/aws.ts';
import type { Options } from '../options.ts';
import { accountOf, pinOf } from '../place.ts';
import { startedFile } from './deploy.ts';
import { assemblyOf } from './opened.ts';

const LOOK_MS = 15_000;

/** Routine ones that tell of the deployment all the same; others wait for the morning as ever. */
const TELLING = ['function/errors', 'workflow/failed'];

export interface Alarm {
  name: string;
  since: string;
  says: string;
}

/** Waits. @throws Error as soon as an alarm that went off since the deployment began tells that it is bad */
export async function watch({ config, minutes, assembly }: Options, environment: string): Promise<void> {
  const { account, region } = await pinOf(environment, config);
  const aws = await accountOf({ environment, account, region });
  const directory = resolve(assembly ?? assemblyOf(environment));
  const began = await readFile(startedFile(directory), 'utf8').catch(() => new Date().toISOString());
  const until = Date.now() + minutes * 60_000;
  for (;;) {
    const bad = badSince(await ringing(aws), environment, began);
    if (bad.length > 0)
      throw new Error(
        `since this deployment began:\n${bad.map(({ name, says }) => `  ${name}: ${says}`).join('\n')}`,
      );
    if (Date.now() + LOOK_MS > until) break;
    await setTimeout(LOOK_MS);
  }
  console.log(`'${environment}': no alarm went off in ${minutes} minutes`);
}

/** Those of the environment that went off since then, and tell of it. */
export function badSince(all: readonly Alarm[], environment: string, since: string): Alarm[] {
  const own = new RegExp(`^signalbox-${environment}\\b`, 'i');
  return all.filter(
    (alarm) =>
      own.test(alarm.name) &&
      Date.parse(alarm.since) >= Date.parse(since) &&
      (alarm.says.startsWith('urgent:') || TELLING.some((name) => alarm.name.endsWith(`: ${name}`))),
  );
}

async function ringing(aws: Aws): Promise<Alarm[]> {
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
