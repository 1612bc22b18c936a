import { Duration, type Stack } from 'aws-cdk-lib';
import { EventBus, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Handler, LIGHT } from '../parts/handler.ts';
import { WorkQueue } from '../parts/queue.ts';
import { inbound, queue, table } from '../parts/uses.ts';
import { inboundRules } from './inbound.ts';
import { accepting, givesWay, type Intake } from './intake.ts';

const TIMEOUT = Duration.minutes(2);
/** Every half minute at first: what an hour does not mend is for an operator. */
const RECEIVES = 20;
/** Megabytes. */
const WITH_FILES = 1024;

/** The doors beside the API, their one queue and their one function. An automation with the API alone has neither. */
export function doorsOf(stack: Stack, slot: Intake): void {
  const { automation, platform, folder } = slot;
  const { events = {}, mail, drop } = automation.doors ?? {};
  if (Object.keys(events).length === 0 && !mail && !drop) return;
  const { foundation, data } = platform;
  const { name } = automation;
  const arrivals = new WorkQueue(stack, 'arrivals', {
    ...{ foundation, consumerTimeout: TIMEOUT, maxReceiveCount: RECEIVES, oldest: Duration.minutes(15) },
    carries: `${name}: what came by its doors and is no item yet`,
  });
  const doors = new Handler(stack, 'intake/doors', {
    ...{ foundation, folder, timeout: TIMEOUT, memorySize: mail || drop ? WITH_FILES : LIGHT },
    description: `takes in what comes to ${name} by other doors than the API`,
    uses: [
      ...accepting(slot, { files: mail && KEPT_MAILS, removes: Boolean(mail || drop) }),
      inbound('MAIL_BUCKET', mail && data.mails, name),
      inbound('DROP_BUCKET', drop && data.drops, name),
      table(data, 'CONTROL_TABLE', ...givesWay(automation)),
      queue('ARRIVAL_QUEUE_URL', arrivals.queue, 'ChangeMessageVisibility'),
    ],
    tells: {
      ITEM_DAYS: String(foundation.config.retention.itemDays),
      LIMIT_SECONDS: String(TIMEOUT.toSeconds()),
    },
  });
  // A mail of forty megabytes is in memory three times while it is read.
  if (mail || drop) arrivals.feed(doors.invoked, foundation, 5, 1);
  else arrivals.feed(doors.invoked, foundation, 2);
  inboundRules(stack, slot, arrivals.queue);
  eventRules(stack, slot, arrivals.queue);
}

/** Mails stay as they came, and those with a virus where nobody reads. */
const KEPT_MAILS = { inbound: ['PutObject'], quarantine: ['PutObject'] } as const;

/** One rule for each event door. */
function eventRules(stack: Stack, { automation }: Intake, arrivals: Queue): void {
  for (const [name, { bus = 'default', source, detailType, detail }] of Object.entries(
    automation.doors?.events ?? {},
  )) {
    new Rule(stack, `event ${name}`, {
      description: `events that are items of ${automation.name}`,
      eventBus: EventBus.fromEventBusName(stack, `bus of ${name}`, bus) as IEventBus,
      eventPattern: {
        source: [source],
        detailType: [detailType],
        ...(detail ? { detail: { ...detail } } : {}),
      },
      targets: [new SqsQueue(arrivals)],
    });
  }
}
