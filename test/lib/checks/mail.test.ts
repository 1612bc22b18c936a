import { expect, it } from 'vitest';
import { checkMail, warningsAboutMail } from '../../../lib/checks/mail.ts';
import { loadConfig } from '../../../lib/config.ts';
import { environmentOf } from '../../../lib/parts/environment.ts';
import { ofType, property, synthesise } from '../../support/synth.ts';

const taking = { name: 'invoice', doors: { mail: { body: () => ({}) } } } as never;
const other = { name: 'orders', doors: { mail: { addresses: ['invoice'], body: () => ({}) } } } as never;
const prod = environmentOf('prod');
const full = await loadConfig('test/support/full.config.ts');
const root = await loadConfig('signalbox.config.ts');

it('mails where SES receives none are refused at synth, naming where it does', () => {
  expect(() => checkMail([taking], full, prod, 'eu-north-1')).toThrow(
    /no mails in eu-north-1: deploy to one of .*eu-west-1/,
  );
});

it.each([
  ['where SES receives them', taking, full, 'prod', 'eu-central-1'],
  ['where nobody knows the region', taking, full, 'prod', undefined],
  ['without a domain for the environment', taking, root, 'prod', 'eu-north-1'],
  ['on this machine', taking, full, 'local', 'eu-north-1'],
])('mails are no fault %s', (_, automation, config, stage, region) => {
  expect(() => checkMail([automation], config, environmentOf(stage), region)).not.toThrow();
});

it('two automations with one address are refused', () => {
  expect(() => checkMail([taking, other], full, prod, undefined)).toThrow(
    "two automations take mails to 'invoice'",
  );
});

it('a mail door without a domain is warned about, where mails could come', () => {
  expect(warningsAboutMail(taking, root, prod)).toEqual([expect.stringContaining("no domain for 'prod'")]);
  expect(warningsAboutMail(taking, root, environmentOf('local'))).toEqual([]);
  expect(warningsAboutMail(taking, full, prod)).toEqual([]);
});

it('SES puts mails below the automation’s name, for rules of this account and environment alone', async () => {
  const app = await synthesise('prod');
  const rules = ofType(app, 'AWS::SES::ReceiptRule').map((rule) => property(rule, 'Rule'));
  expect(rules).toContainEqual(
    expect.objectContaining({
      ...{
        Name: 'signalbox-prod-invoice',
        Enabled: true,
        ScanEnabled: true,
        Recipients: ['invoice@in.example.com'],
      },
      Actions: [{ S3Action: expect.objectContaining({ ObjectKeyPrefix: 'invoice/' }) }],
    }),
  );
  const policy = ofType(app, 'AWS::S3::BucketPolicy').find(({ path }) => path.includes('/mails/'));
  const { Statement } = property<{ Statement: object[] }>(policy as never, 'PolicyDocument') ?? {
    Statement: [],
  };
  expect(Statement).toContainEqual(
    expect.objectContaining({
      ...{ Effect: 'Allow', Action: 's3:PutObject', Principal: { Service: 'ses.amazonaws.com' } },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        StringLike: { 'aws:SourceArn': expect.anything() },
      },
    }),
  );
  expect(JSON.stringify(Statement)).toContain(':receipt-rule-set/inbound:receipt-rule/signalbox-prod-*');
});

it('the buckets of doors tell EventBridge by their own property, without a function of CDK’s', async () => {
  const app = await synthesise('prod');
  const telling = ofType(app, 'AWS::S3::Bucket').filter((it) => property(it, 'NotificationConfiguration'));
  expect(telling.map(({ path }) => path.split('/').at(-1))).toEqual(['mails', 'drops']);
  expect(ofType(app, 'Custom::S3BucketNotifications')).toEqual([]);
});
