import { Duration, type Stack } from 'aws-cdk-lib';
import { EventBus, type IEventBus, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { busName } from '../../lambdas/contract/names.ts';
import { kindOf } from '../../lambdas/tables/keys.ts';
import { Handler, LIGHT } from '../parts/handler.ts';
import { WorkQueue } from '../parts/queue.ts';
import { inbound } from '../parts/uses/files.ts';
import { nothing, queue, rows, table, tells } from '../parts/uses.ts';
import { retentionOf } from '../retention.ts';
import { inboundRules } from './inbound.ts';
import { accepting, givesWay, type Intake } from './intake.ts';
import { sourcesOf } from './sources.ts';

const TIMEOUT = Duration.minutes(2);
/** Every half minute at first: what an hour does not mend is for an operator. */
const RECEIVES = 20;
/** Megabytes. */
const WITH_FILES = 1024;

/** The doors that nobody waits at, their one queue and their one function. An automation without such doors has neither. */
export function doorsOf(stack: Stack, slot: Intake): void {
  const { automation, platform, folder } = slot;
  const { events = {}, schedules = {}, mail, drop } = automation.doors ?? {};
  if (Object.keys({ ...events, ...schedules }).length === 0 && !mail && !drop) return;
  const { foundation, data } = platform;
  const { name } = automation;
  const arrivals = new WorkQueue(stack, 'arrivals', {
    ...{ foundation, consumerTimeout: TIMEOUT, maxReceiveCount: RECEIVES },
  });
  const polls = Object.keys(schedules).length > 0;
  const polled = sourcesOf(stack, platform, automation, Object.values(schedules));
  const doors = new Handler(stack, 'intake/doors', {
    // A poll that is not done goes on by a message.
    goesRound: polls,
    ...{ foundation, folder, timeout: TIMEOUT, memorySize: mail || drop ? WITH_FILES : LIGHT },
    description: `takes in what comes to ${name} by other doors than the API`,
    uses: [
      ...accepting(slot, { files: mail && KEPT_MAILS, removes: Boolean(mail || drop) }),
      inbound('MAIL_BUCKET', mail && data.mails, name),
      inbound('DROP_BUCKET', drop && data.drops, name),
      table(
        data,
        'CONTROL_TABLE',
        ...givesWay(automation),
        // How far a source was read, and its breaker.
        polls ? rows([kindOf(name, 'poll'), ...polled.breakers], 'GetItem', 'UpdateItem') : nothing,
        polls ? tells(name) : nothing,
      ),
      polls
        ? queue('ARRIVAL_QUEUE_URL', arrivals.queue, 'ChangeMessageVisibility', 'SendMessage')
        : queue('ARRIVAL_QUEUE_URL', arrivals.queue, 'ChangeMessageVisibility'),
      polled.use,
    ],
    tells: {
      STAGE: foundation.environment.name,
      ITEM_DAYS: String(retentionOf(automation, foundation.config).itemDays),
      LIMIT_SECONDS: String(TIMEOUT.toSeconds()),
    },
  });
  // A mail of forty megabytes is in memory three times while it is read.
  if (mail || drop) arrivals.feed(doors.invoked, foundation, 5, 1);
  else arrivals.feed(doors.invoked, foundation, 2);
  inboundRules(stack, slot, arrivals.queue);
  eventRules(stack, slot, arrivals.queue);
  scheduleRules(stack, slot, arrivals.queue);
}

/** Mails stay as they came, and those with a virus where nobody reads. */
const KEPT_MAILS = { inbound: ['PutObject'], quarantine: ['PutObject'] } as const;

/** One rule for each event door. */
function eventRules(stack: Stack, { automation, platform }: Intake, arrivals: Queue): void {
  const own = busName(platform.foundation.environment.name);
  const named = (id: string, name: string) => EventBus.fromEventBusName(stack, id, name) as IEventBus;
  for (const [name, { bus = 'default', source, detailType, detail }] of Object.entries(
    automation.doors?.events ?? {},
  )) {
    const busId = `bus of ${name}`;
    new Rule(stack, `event ${name}`, {
      description: `events that are items of ${automation.name}`,
      ...(bus === 'default' ? {} : { eventBus: named(busId, bus === 'signalbox' ? own : bus) }),
      eventPattern: {
        source: [source],
        detailType: [detailType],
        ...(detail ? { detail: { ...detail } } : {}),
      },
      targets: [new SqsQueue(arrivals)],
    });
  }
}

/** One rule for each source that is polled. */
function scheduleRules(stack: Stack, { automation }: Intake, arrivals: Queue): void {
  for (const [name, { every, source }] of Object.entries(automation.doors?.schedules ?? {})) {
    const tick = { door: 'schedule', name };
    new Rule(stack, `schedule ${name}`, {
      description: `polls '${source}' for items of ${automation.name}`,
      schedule: Schedule.expression(every),
      targets: [new SqsQueue(arrivals, { message: RuleTargetInput.fromObject(tick) })],
    });
  }
}
