import { OLDEST } from '../../contract/alarms/alarms.ts';
import { stackName } from '../../contract/names.ts';
import { clock, isoNow } from '../../kit/clock.ts';
import { errorFacts } from '../../kit/errors.ts';
import { queuesLike, waitingIn } from '../../kit/queue/messages.ts';
import { oldestIn } from '../../kit/signed/notify.ts';
import { logger } from '../../kit/telemetry.ts';
import type { Watch } from '../../tables/alarms/watch.ts';
import { alarmOf, type Condition } from './condition.ts';

/*
 * Whether work is late. CloudWatch knows the age of a queue's oldest message, and each alarm on it costs by the month, though hardly ever
 * anything waits for long: the clock asks SQS whether something waits, and CloudWatch only of a queue that has not been empty at any
 * look for as long as a message may wait.
 */

const MINUTE = 60_000;
/** Between looks while nothing waits anywhere. */
const EACH_MS = 5 * MINUTE;

type Place = keyof typeof OLDEST;

/** Messages that nobody could handle are not late: they have an alarm of their own. */
export function placeOf(queueName: string): Place | undefined {
  if (/-work-urgent$/.test(queueName)) return 'urgent';
  if (/-work$/.test(queueName)) return 'work';
  // `<stack>-<path of the construct>queue<hash>-<random>`, as CloudFormation makes it.
  const [, path = ''] = /-([A-Za-z]+?)queue[0-9A-F]{8}(?:-|$)/.exec(queueName) ?? [];
  if (path === 'mailevents') return 'events';
  return (Object.keys(OLDEST) as Place[]).find((place) => path.endsWith(place));
}

/** @returns undefined where it was no time to look: what stood then stands */
export async function lateQueues(
  stage: string,
  { queuesAt, standing }: Watch,
): Promise<Condition[] | undefined> {
  const waits = Object.keys(standing).some((it) => it.endsWith(': queue/oldest-message'));
  const due = queuesAt === undefined || Date.parse(queuesAt) + EACH_MS <= clock.now() + MINUTE / 2;
  if (!waits && !due) return undefined;
  const prefixes = [stackName(stage, ''), `signalbox-${stage}-`];
  const urls = new Set((await Promise.all(prefixes.map(queuesLike))).flat());
  const found = await Promise.all(
    [...urls].flatMap((url) => {
      const name = url.split('/').at(-1) ?? '';
      const place = placeOf(name);
      return place ? [look(url, name, place, standing)] : [];
    }),
  );
  return found.flat();
}

async function look(
  url: string,
  queueName: string,
  place: Place,
  standing: Watch['standing'],
): Promise<Condition[]> {
  const waiting = await waitingIn(url);
  if (waiting === 0) return [];
  const { minutes, carries } = OLDEST[place];
  const condition = {
    ...{ name: 'queue/oldest-message' as const, where: queueName, at: isoNow() },
    impact: `work is late: ${carries}`,
  };
  const since = standing[alarmOf(condition)]?.since ?? condition.at;
  const always = Date.parse(condition.at) - Date.parse(since) >= minutes * MINUTE;
  const words = `${waiting} ${waiting === 1 ? 'message waits' : 'messages wait'}; at no look since ${since} was the queue empty`;
  if (!always) return [{ ...condition, lastsMinutes: minutes, reason: words }];
  // It has never been empty, which a queue that is always busy is not either.
  const from = new Date(clock.now() - 3 * EACH_MS);
  const seconds = await oldestIn(queueName, from, new Date(clock.now())).catch((error: unknown) => {
    // Then it counts as late: it may be.
    logger.warn('age of a queue not known', { queue: queueName, reason: errorFacts(error).message });
    return undefined;
  });
  const late = seconds === undefined || seconds >= minutes * 60;
  if (!late && standing[alarmOf(condition)]?.told) return [];
  const age = seconds === undefined ? '' : `; the oldest message is ${Math.round(seconds / 60)} minutes old`;
  return [{ ...condition, lastsMinutes: late ? 0 : Number.POSITIVE_INFINITY, reason: words + age }];
}
