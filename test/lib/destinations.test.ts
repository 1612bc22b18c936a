import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { destinationsOf } from '../../lib/automation/destinations.ts';
import { destination } from '../../lib/destination-config.ts';
import { automation } from '../support/fixtures.ts';

const CONFIGURED = {
  mails: { connector: 'email', from: 'desk@example.com' },
  channel: { connector: 'slack', channel: 'C02ABC', secret: 'signalbox/slack-posts' },
  refunds: { connector: 'forward', automation: 'refund-request' },
  lines: { connector: 'forward', automation: ['refund-request', 'support-triage'] },
  bus: { connector: 'event', source: 'shop.orders' },
  own: { connector: 'event', source: 'shop.orders', bus: 'orders' },
  ledger: {
    connector: 'http',
    url: 'https://ledger.example.com',
    secret: 'signalbox/ledger',
    idempotent: true,
  },
};
type Name = keyof typeof CONFIGURED;

/** What an automation with actions at these destinations, and no others, is given of all that are configured. */
function given(...names: Name[]) {
  const stack = new Stack(new App(), 'slice');
  const secret = (id: string) => new Secret(stack, id);
  const destinations = Object.fromEntries(
    Object.entries(CONFIGURED).map(([name, one]) => [name, destination.parse(one)]),
  );
  const platform = {
    foundation: {
      config: { destinations, mail: { perSecond: 2 } },
      environment: { name: 'prod', local: false },
    },
    data: {
      destinationSecrets: { channel: secret('channel'), ledger: secret('ledger') },
      subjectSecret: secret('subjects'),
    },
  };
  const actions = Object.fromEntries(names.map((name) => [name, { destination: name }]));
  const { uses } = destinationsOf(stack, platform as never, { ...automation, actions } as never);
  const code = Code.fromInline('x');
  const fn = new LambdaFunction(stack, 'act', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code,
  });
  for (const { grant } of uses) grant(fn);
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  const told = JSON.stringify(stack.resolve(uses[0].value));
  const { value } = uses[1];
  return { statements, text: JSON.stringify(statements), told, subjects: stack.resolve(value) };
}

const actionsIn = (statements: { Action: string | string[] }[]) =>
  [...new Set(statements.flatMap(({ Action }) => Action))].sort();
const READS = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];

describe('an automation may use the destinations that it declares, and of each', () => {
  it('of mail: to send from its one address with the configuration set, at the pace of the account', () => {
    const { statements, text, told, subjects } = given('mails');
    expect(actionsIn(statements)).toEqual([...READS, 'ses:SendEmail'].sort());
    expect(text).toContain('"ses:FromAddress":"desk@example.com"');
    expect(text).toContain(':configuration-set/signalbox-prod');
    expect(told).toContain('requestsPerMinute\\\\\\":120'.replaceAll('\\\\\\', '\\'));
    expect(subjects).not.toBe('none');
  });

  it('of Slack: the secret of that channel', () => {
    const { statements, text, subjects } = given('channel');
    expect(actionsIn(statements)).toEqual(READS);
    expect(text).toMatch(/channel\w+/);
    expect(text).not.toMatch(/ledger|subjects/);
    expect(subjects).toBe('none');
  });

  it('of a forward: to call the one function of the other automation', () => {
    const { statements, text } = given('refunds');
    expect(actionsIn(statements)).toEqual(['lambda:InvokeFunction']);
    expect(text).toContain(':function:signalbox-prod-refund-request-forward"');
  });

  it('of a forward to several: to call the function of each, and it knows them by name', () => {
    const { statements, text, told } = given('lines');
    expect(actionsIn(statements)).toEqual(['lambda:InvokeFunction']);
    for (const name of ['refund-request', 'support-triage']) {
      expect(text).toContain(`:function:signalbox-prod-${name}-forward"`);
      expect(told).toContain(`signalbox-prod-${name}-forward`);
    }
  });

  it.each([
    ['bus', 'signalbox-prod'],
    ['own', 'orders'],
  ] as const)('of an event: to put some on that bus, %s', (name, bus) => {
    const { statements, text } = given(name);
    expect(actionsIn(statements)).toEqual(['events:PutEvents']);
    expect(text).toContain(`:event-bus/${bus}"`);
  });

  it('of our own call: the key to sign with', () => {
    expect(given('ledger').text).not.toMatch(/channel|subjects/);
  });
});
