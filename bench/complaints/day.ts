/* What so many complaints a day ask of an AWS account, of the models and of people, beside what a new account and this repository give. */

import { QUOTAS } from '../../local/capacity/quotas.ts';

/** Of one item, rounded up from what `bench:work` and `bench:cost` count. The seconds of neighbours and of the functions are assumptions. */
export const PER_ITEM = {
  /** Calls of models, and tokens of both together, in and out. */
  modelCalls: 2,
  tokens: 1400,
  usd: 0.00013,
  /** Seconds of one of the two calls of a small model of a provider, and of one call of the order system. */
  modelSeconds: 1.5,
  orderSeconds: 0.2,
  /** Write units of DynamoDB: the share that is asked takes more, and is small. */
  writeUnits: 34,
  /** Seconds of the functions before and behind the thinking. */
  acceptSeconds: 0.1,
  actSeconds: 0.5,
} as const;

export interface Shares {
  /** Of all items: refunded alone, and before a person. The rest is refused. */
  acted: number;
  asked: number;
  /** Of those that act, with an address on file. */
  answered: number;
  /** Average refund. */
  amount: number;
}

export interface Need {
  what: string;
  /** In an hour with three times the day's mean, where it is a rate. */
  needs: number;
  unit: string;
  /** What is there without asking anybody. */
  given: number;
  from: string;
  /** What to do where it is not enough. */
  raise: string;
}

/** How much busier the busiest hour is than the mean. */
export const PEAK = 3;

/**
 * @param perDay complaints a day
 * @returns each quota or setting, what is needed of it, and what is there: AWS's default quotas of an account out of its sandboxes, and
 *   the settings of this repository
 */
export function needsOf(perDay: number, { acted, asked, answered, amount }: Shares): Need[] {
  const perSecond = (perDay / 86_400) * PEAK;
  const thinking = perSecond * (PER_ITEM.modelCalls * PER_ITEM.modelSeconds + PER_ITEM.orderSeconds);
  const letters = acted * answered + asked;
  const row = (
    what: string,
    needs: number,
    unit: string,
    given: number,
    from: string,
    raise: string,
  ): Need => ({
    ...{ what, needs, unit, given, from, raise },
  });
  const aws = 'AWS, default quota';
  // AWS publishes no number for accounts out of the sandbox.
  const usual = 'usual after the sandbox';
  const house = 'this repository';
  return [
    row('API Gateway, requests', perSecond, '/s', QUOTAS.apiRequests.value, aws, 'Service Quotas'),
    row('client, posts', perSecond, '/s', 10, house, '`rate` of the client'),
    row('client, posts', perDay, '/day', 10_000, house, '`quota.perDay` of the client'),
    row(
      'Lambda, concurrent runs',
      perSecond * (PER_ITEM.acceptSeconds + acted * PER_ITEM.actSeconds) + thinking / 10 + asked,
      '',
      QUOTAS.concurrency.value,
      aws,
      'a new account may have 10: runbook, `function/throttles`',
    ),
    row('`maxConcurrency`, items in work', thinking, '', 20, house, '`maxConcurrency` of the automation'),
    row('SQS, messages in flight', perSecond * 60, '', QUOTAS.inFlight.value, aws, 'nothing'),
    row(
      'DynamoDB, write units',
      perSecond * PER_ITEM.writeUnits,
      '/s',
      QUOTAS.tableWrites.value,
      aws,
      'nothing',
    ),
    row(
      'DynamoDB, writes of the day’s limit row',
      perSecond * acted * 2,
      '/s',
      QUOTAS.partitionWrites.value,
      aws,
      'leave out `perDay`',
    ),
    row(
      'Step Functions, starts (asked items)',
      perSecond * asked,
      '/s',
      QUOTAS.runStarts.value,
      aws,
      'nothing',
    ),
    row('SES, mails', perSecond * letters, '/s', 14, usual, 'SES, and `mail.perSecond`'),
    row('SES, mails', perDay * letters, '/day', 50_000, usual, 'SES'),
    row(
      'model, requests',
      perSecond * 60 * PER_ITEM.modelCalls,
      '/min',
      500,
      house,
      'the provider, and `requestsPerMinute`',
    ),
    row(
      'model, tokens',
      perSecond * 60 * PER_ITEM.tokens,
      '/min',
      500_000,
      house,
      'the provider, and `tokensPerMinute`',
    ),
    row('model budget', perDay * PER_ITEM.usd, 'USD/day', 5, house, '`budget.perDayUsd`'),
    row(
      'refunds alone, of one currency of three',
      (perDay * acted * amount) / 3,
      '/day',
      10_000,
      house,
      '`limits.perDay`',
    ),
    row(
      'order system, requests',
      perSecond * 60,
      '/min',
      600,
      'an assumption',
      '`requestsPerMinute` of the source',
    ),
    row(
      'people at 30 s a decision, 6 h a day',
      (perDay * asked * 30) / 21_600,
      '',
      2,
      house,
      'more approvers, or the policy',
    ),
  ];
}
