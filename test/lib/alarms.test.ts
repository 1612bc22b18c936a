import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { readInput } from '../../cli/command.ts';
import { commands } from '../../cli/commands/index.ts';
import { type AlarmName, alarm, alarmTopics, pressOf, SEVERITY } from '../../lib/parts/alarms.ts';

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

const topicOf = (template: Template, name: string): string =>
  Object.values(
    template.findResources('AWS::CloudWatch::Alarm', {
      Properties: { AlarmName: Match.stringLikeRegexp(`: ${name}$`) },
    }),
  )[0]?.Properties.AlarmActions[0].Ref;

describe('an alarm', () => {
  it('goes to the operators, and to whoever is on call as well where it is urgent', () => {
    const template = made(['https://pager.example.com/sns', 'night@example.com']);
    expect([SEVERITY['queue/dead-letters'], SEVERITY['items/parked']]).toEqual(['urgent', 'routine']);
    expect(goesTo(template, 'queue/dead-letters')).toEqual([[2, 2]]);
    expect(goesTo(template, 'items/parked')).toEqual([[1, 1]]);
    expect(topicOf(template, 'items/parked')).toMatch(/^routine/);
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
    template.resourceCountIs('AWS::SNS::Topic', 2);
    expect(goesTo(template, 'queue/dead-letters')).toEqual([[1, 1]]);
  });

  it('is mailed at once though it is routine, where the mail of many depends on what it watches', () => {
    const stack = new Stack(new App(), 'stack');
    const topics = alarmTopics(stack, 'prod', { operators, onCall: [] });
    alarm(stack, topics, 'function/errors', 'the clock', { ...about, direct: true });
    expect(topicOf(Template.fromStack(stack), 'function/errors')).toMatch(/^alarms/);
  });

  it.each(Object.keys(SEVERITY) as AlarmName[])(
    'has a command that there is, and that only looks: %s',
    (name) => {
      const [, verb = '', rest = ''] = /^npm run signalbox -- (\w+) ?(.*)$/.exec(pressOf(name, 'prod')) ?? [];
      const command = commands.find((it) => it.name === verb);
      expect(command && readInput(command, rest.split(' ').filter(Boolean))).toBeDefined();
      const looking = ['approvals', 'audit', 'automations', 'breakers', 'dlq', 'drift', 'health', 'items'];
      expect([...looking, 'release status']).toContain(verb === 'release' ? `${verb} ${rest}` : verb);
    },
  );

  it('of a door that is silent names whose it is', () => {
    expect(pressOf('door/silent', 'prod', 'it-help')).toBe(
      'npm run signalbox -- items --automation it-help --limit 10',
    );
  });

  it('says first how much it hurries, and last where to look', () => {
    made([]).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription:
        'urgent: something stands still. Press: npm run signalbox -- dlq --stage prod. Runbook: docs/runbook.md, "queue/dead-letters"',
    });
  });
});
