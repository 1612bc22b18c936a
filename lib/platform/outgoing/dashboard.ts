import type { Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../../lambdas/contract/metrics.ts';
import { counted, FIVE_MINUTES } from '../../parts/alarms.ts';
import type { Api } from '../api.ts';
import type { Foundation } from '../foundation.ts';

/** As wide as the page: two graphs of it stand side by side. */
const WIDE = 24;
const HALF = 12;

/**
 * One page for an environment in CloudWatch, of what AWS and the alarms know; how an automation goes is in the console. Made of what the
 * stack has, so it names every alarm and every metric of ours; queues are found by their names, also those of automations to come.
 */
export function dashboardOf(stack: Stack, { environment }: Foundation, { http }: Api): void {
  const { name } = environment;
  const page = new Dashboard(stack, 'dashboard', { dashboardName: `signalbox-${name}` });
  const alarms = stack.node.findAll().filter((it) => it instanceof Alarm);
  const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
    new GraphWidget({ title, left, right, width: HALF, height: 6 });
  const lambda = (metricName: string, statistic: string) =>
    new Metric({ namespace: 'AWS/Lambda', metricName, statistic, period: FIVE_MINUTES });
  const inFiveMinutes = { period: FIVE_MINUTES };
  page.addWidgets(new AlarmStatusWidget({ title: 'Alarms of the platform', alarms, width: WIDE, height: 5 }));
  page.addWidgets(
    graph(
      'Requests and their errors',
      [http.metricCount(inFiveMinutes), http.metricClientError(inFiveMinutes)],
      [http.metricServerError(inFiveMinutes)],
    ),
    graph('Time of a request, 95 of 100 within', [
      http.metricLatency({ ...inFiveMinutes, statistic: 'p95' }),
    ]),
  );
  page.addWidgets(
    graph('Age of the oldest message, by queue', [queues(name, 'ApproximateAgeOfOldestMessage')]),
    graph('Messages that wait, dead letters too', [queues(name, 'ApproximateNumberOfMessagesVisible')]),
  );
  page.addWidgets(
    graph(
      'Functions of the account',
      [lambda('Errors', 'sum'), lambda('Throttles', 'sum')],
      [lambda('ConcurrentExecutions', 'max')],
    ),
    graph(
      'What alarms count',
      Object.keys(METRICS).map((metric) => counted(metric as keyof typeof METRICS, name)),
    ),
  );
}

/** Of every queue whose name has these two words in it. */
function queues(environment: string, metricName: string): IMetric {
  const what = `{AWS/SQS,QueueName} MetricName="${metricName}" signalbox ${environment}`;
  return new MathExpression({
    expression: `SEARCH('${what}', 'Maximum', ${FIVE_MINUTES.toSeconds()})`,
    label: '',
    period: FIVE_MINUTES,
    usingMetrics: {},
  });
}
