import { logAwsCall } from '../aws.ts';
import { TransientError } from '../errors.ts';
import { post } from './post.ts';

/* What the clock asks of SNS and CloudWatch, a few times a day: not worth a client of the SDK each. */

const FORM = 'application/x-www-form-urlencoded; charset=utf-8';
const TIMEOUT_MS = 6_000;
const MOST_BYTES = 256 * 1024;

/** SNS takes a subject of a hundred printable characters. */
const MOST_SUBJECT = 100;

/** Publishes to a topic: `text` for people, `data` for whoever else has subscribed. @throws TransientError */
export async function publishTo(
  topic: string,
  { subject, text, data }: { subject: string; text: string; data: object },
): Promise<void> {
  logAwsCall('sns', 'Publish', [topic]);
  await asked('sns', '2010-03-31', {
    Action: 'Publish',
    TopicArn: topic,
    Subject: subject.replaceAll(/[^ -~]/g, '?').slice(0, MOST_SUBJECT),
    MessageStructure: 'json',
    Message: JSON.stringify({ default: JSON.stringify(data), email: text }),
  });
}

/**
 * How old the oldest message of a queue was at most in these minutes, in seconds, as CloudWatch says; it forgets those that were received
 * three times. Undefined where it knows nothing. @throws TransientError
 */
export async function oldestIn(queueName: string, from: Date, to: Date): Promise<number | undefined> {
  logAwsCall('cloudwatch', 'GetMetricStatistics', []);
  const text = await asked('monitoring', '2010-08-01', {
    Action: 'GetMetricStatistics',
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateAgeOfOldestMessage',
    'Dimensions.member.1.Name': 'QueueName',
    'Dimensions.member.1.Value': queueName,
    StartTime: from.toISOString(),
    EndTime: to.toISOString(),
    Period: '300',
    'Statistics.member.1': 'Maximum',
  });
  const ages = [...text.matchAll(/<Maximum>([\d.eE+-]+)<\/Maximum>/g)].map(([, age]) => Number(age));
  return ages.length > 0 ? Math.max(...ages) : undefined;
}

async function asked(service: string, version: string, fields: Record<string, string>): Promise<string> {
  const body = new URLSearchParams({ ...fields, Version: version }).toString();
  try {
    const { status, text } = await post(service, {
      ...{ type: FORM, body, timeoutMs: TIMEOUT_MS, mostBytes: MOST_BYTES },
    });
    if (status >= 300) throw new Error(`${service} answered ${status}`);
    return text;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'no answer';
    throw new TransientError(`the clock asked AWS for '${fields.Action}' in vain: ${why}`, { cause });
  }
}
