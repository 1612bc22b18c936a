import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { stackName } from '../../lambdas/contract/names.ts';
import { type Alarm, type Clock, judgedNow, ringing } from '../alarms.ts';
import { outputOf } from '../deployed.ts';
import type { Options } from '../options.ts';
import { accountOf, pinOf } from '../place.ts';
import { startedFile } from './deploy.ts';
import { assemblyOf } from './opened.ts';

const LOOK_MS = 15_000;
/** It looks each minute, and notes it each four. */
const CLOCK_MS = 10 * 60_000;

/** Routine ones that tell of the deployment all the same; others wait for the morning as ever. */
const TELLING = ['function/errors', 'items/parked', 'workflow/failed'];

/** Waits. @throws Error as soon as an alarm that went off since the deployment began tells that it is bad */
export async function watch({ config, minutes, assembly }: Options, environment: string): Promise<void> {
  const { account, region } = await pinOf(environment, config);
  const aws = await accountOf({ environment, account, region });
  const directory = resolve(assembly ?? assemblyOf(environment));
  const began = await readFile(startedFile(directory), 'utf8').catch(() => new Date().toISOString());
  const table = await outputOf(aws, stackName(environment, 'platform'), 'ControlTable');
  const until = Date.now() + minutes * 60_000;
  for (;;) {
    const clock = await judgedNow(aws, table);
    const own = ofEnvironment(await ringing(aws), environment);
    const bad = [...badSince([...own, ...clock.alarms], began), ...standsStill(clock, began)];
    if (bad.length > 0)
      throw new Error(
        `since this deployment began:\n${bad.map(({ name, says }) => `  ${name}: ${says}`).join('\n')}`,
      );
    if (Date.now() + LOOK_MS > until) break;
    await setTimeout(LOOK_MS);
  }
  console.log(`'${environment}': no alarm went off in ${minutes} minutes`);
}

/** CloudWatch tells of the whole account; of other environments and of other people too. */
export function ofEnvironment(all: readonly Alarm[], environment: string): Alarm[] {
  const own = new RegExp(`^signalbox-${environment}\\b`, 'i');
  return all.filter(({ name }) => own.test(name));
}

/** Those that went off since then, and tell of it. */
export function badSince(all: readonly Alarm[], since: string): Alarm[] {
  return all.filter(
    (alarm) =>
      Date.parse(alarm.since) >= Date.parse(since) &&
      (alarm.says.startsWith('urgent:') || TELLING.some((name) => alarm.name.endsWith(`: ${name}`))),
  );
}

/** A clock that has not looked since the deployment began has judged nothing of it. */
export function standsStill({ lookedAt }: Clock, began: string): Alarm[] {
  const late = Date.now() - Date.parse(began) > CLOCK_MS;
  if (!late || (lookedAt !== undefined && Date.parse(lookedAt) >= Date.parse(began))) return [];
  const says = `has judged nothing since ${lookedAt ?? 'ever'}: whether runs fail or work is late is not known`;
  return [{ name: 'operate/redrives', since: began, says }];
}
