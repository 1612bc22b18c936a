import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { alarm, alarmTopics, SEVERITY } from '../../lib/parts/alarms.ts';

const operators = ['olga@example.com'];
const metric = new Metric({ namespace: 'Test', metricName: 'trouble' });
const about = { metric, threshold: 1, impact: 'something stands still' };

function made(onCall: string[]): Template {
  const stack = new Stack(new App(), 'stack');
  const topics = alarmTopics(stack, 'prod', { operators, onCall });
  alarm(stack, topics, 'queue/dead-letters', 'work', about);
  alarm(stack, topics, 'items/parked', 'house', about);
  return Template.fromStack(stack);
}
const goesTo = (template: Template, name: string) =>
  Object.values(
    template.findResources('AWS::CloudWatch::Alarm', {
      Properties: { AlarmName: Match.stringLikeRegexp(`: ${name}$`) },
    }),
  ).map(({ Properties }) => [Properties.AlarmActions.length, Properties.OKActions.length]);

describe('an alarm', () => {
  it('goes to the operators, and to whoever is on call as well where it is urgent', () => {
    const template = made(['https://pager.example.com/sns', 'night@example.com']);
    expect([SEVERITY['queue/dead-letters'], SEVERITY['items/parked']]).toEqual(['urgent', 'routine']);
    expect(goesTo(template, 'queue/dead-letters')).toEqual([[2, 2]]);
    expect(goesTo(template, 'items/parked')).toEqual([[1, 1]]);
    const subscribed = Object.values(template.findResources('AWS::SNS::Subscription')).map(
      ({ Properties: { Protocol, Endpoint } }) => `${Protocol} ${Endpoint}`,
    );
    expect(subscribed.sort()).toEqual([
      'email night@example.com',
      'email olga@example.com',
      'https https://pager.example.com/sns',
    ]);
  });

  it('goes to the operators alone where nobody is on call, and there is no topic that nobody reads', () => {
    const template = made([]);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    expect(goesTo(template, 'queue/dead-letters')).toEqual([[1, 1]]);
  });

  it('says first how much it hurries, and last where to look', () => {
    made([]).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: 'urgent: something stands still. Runbook: docs/runbook.md, "queue/dead-letters"',
    });
  });
});
