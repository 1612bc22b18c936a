import { PEAK, PER_ITEM } from '../../bench/complaints/day.ts';
import type { Unit } from '../../bench/prices.ts';
import { SHARE } from '../../lambdas/outbound/neighbour/rate-limiter.ts';
import { HOT_ROWS, type HotRow, type Shared } from './hot-rows.ts';
import { QUOTAS, type QuotaName } from './quotas.ts';
import { mean, type Recorded } from './recorded.ts';
import type { Settings } from './settings.ts';

/*
 * Everything that bounds how many items a day go through, each reckoned by itself for one automation that has all of the work, posted by
 * one client, in the mix of the recorded complaints. Each need grows with the items, so each bound is so many items a day.
 */

/** How a bound is got around: `setting` of the repository, `quota` of AWS, `people`, or by another automation or environment (`split`). */
export type Kind = 'setting' | 'quota' | 'people' | 'split';

/** Whether a bound is on what comes in a second or a minute of the busiest hour, or on a day's sum. */
type Per = 'second' | 'minute' | 'day';

export interface Limit {
  stage: string;
  what: string;
  kind: Kind;
  /** What one item takes of it, in `unit`. */
  each: number;
  /** Where `each` comes from. */
  by: string;
  per: Per;
  given: number;
  unit: string;
  /** Where `given` comes from. */
  from: string;
  raise: string;
  /** What is to be split where nobody raises it. @default the automation */
  of?: Shared;
}

/** Of the day's mean, in its busiest hour. */
export { PEAK };

const DAY_SECONDS = 86_400;
/** Seconds in which a person decides, of the six hours that they look at questions. Assumed. */
export const DECIDING = { seconds: 30, hours: 6 } as const;
/** How long a question waits for its decision. Assumed. */
export const OPEN_DAYS = 1;
/**
 * A transaction on a row keeps others off it for about so long, and a second one at the same moment is made again. Assumed: AWS
 * publishes no figure.
 */
export const TRANSACTION_SECONDS = 0.01;
/** Entries of one call of PutEvents, as `record/publish` makes it. */
const ENTRIES = 10;

const OF_DAY: Readonly<Record<Per, number>> = {
  ...{ second: PEAK / DAY_SECONDS, minute: (60 * PEAK) / DAY_SECONDS, day: 1 },
};

/** What so many items a day need of it, in the busiest hour where it is a rate. */
export const needs = ({ each, per }: Pick<Limit, 'each' | 'per'>, perDay: number): number =>
  each * OF_DAY[per] * perDay;

/** Items a day that it holds. */
export const holds = (limit: Pick<Limit, 'each' | 'per' | 'given'>): number => limit.given / needs(limit, 1);

/** @returns all of them, the one that is met first at the head */
export function limitsOf(recorded: Recorded, settings: Settings): Limit[] {
  const all = [
    ...byAccepting(recorded, settings),
    ...byThinking(recorded, settings),
    ...byAsking(recorded, settings),
    ...byActing(recorded, settings),
    ...byTables(recorded),
    ...byTelling(recorded),
  ];
  return all.sort((a, b) => holds(a) - holds(b));
}

const COST = '`bench:cost`';
/** Its waits for models and destinations are assumed. */
const WORK = '`bench:work`, seconds';
const COMPLAINTS = '`bench:complaints`';

const setting = (name: string, raise = `\`${name}\``) => ({
  ...{ kind: 'setting' as const, from: `\`${name}\``, raise },
});

function quota(name: QuotaName): Pick<Limit, 'kind' | 'from' | 'raise'> & { given: number } {
  const { value, adjustable, raise, service } = QUOTAS[name];
  const kind = adjustable === 'no' ? 'split' : 'quota';
  const split = 'more automations or environments';
  return { kind, given: value, from: `quota of ${service}`, raise: adjustable === 'no' ? split : raise };
}

/** What the mix takes of an operation that `bench:cost` counts. */
const counted = (recorded: Recorded, unit: Unit) => ({
  ...{ each: mean(recorded, unit), by: COST, per: 'second' as const },
});

function byAccepting(recorded: Recorded, settings: Settings): Limit[] {
  const stage = 'intake';
  const { intake, authorize, alone, act, publish } = recorded.held;
  const runs = [intake, authorize, alone, act, publish].reduce((sum, { seconds }) => sum + seconds, 0);
  const post = { each: 1, by: 'one post' } as const;
  const requests = counted(recorded, 'API Gateway, HTTP API request');
  return [
    {
      ...{ stage, what: 'posts of one client in a day', ...post, per: 'day', unit: ' a day' },
      ...{ given: settings.clientPerDay, ...setting('quota.perDay', '`quota.perDay` of the client') },
    },
    {
      ...{ stage, what: 'posts of one client', ...post, per: 'second', unit: '/s' },
      ...{ given: settings.clientPerSecond },
      ...setting('rate.perSecond', '`rate` of the client, or more clients'),
    },
    {
      ...{ stage, what: 'requests to the API', ...requests, given: settings.apiPerSecond, unit: '/s' },
      ...setting('api.throttle'),
    },
    { stage, what: 'requests to the APIs of the account', ...requests, unit: '/s', ...quota('apiRequests') },
    {
      ...{ stage: 'all', what: 'concurrent executions of Lambda, each item alone', each: runs, by: WORK },
      ...{ per: 'second', unit: '', ...quota('concurrency') },
      given: QUOTAS.concurrency.value - settings.reserved,
    },
    {
      ...{ stage, what: 'bodies and proposals written to S3', ...counted(recorded, 'S3 PUT') },
      ...{ unit: '/s', ...quota('objectPuts') },
    },
  ];
}

function byThinking({ held, models }: Recorded, settings: Settings): Limit[] {
  const stage = 'process';
  const inWork = { each: held.alone.seconds, by: WORK, per: 'second', unit: '' } as const;
  const provider = (name: string) => setting(name, `the provider, and \`${name}\`; another endpoint`);
  return [
    {
      ...{ stage, what: 'items that are thought about at once', ...inWork, given: settings.thinking },
      ...setting('maxConcurrency'),
    },
    {
      ...{ stage, what: 'items at once, with the most batches that Lambda takes', ...inWork },
      ...quota('mappingConcurrency'),
      given: QUOTAS.mappingConcurrency.value * settings.batch,
    },
    { stage, what: 'messages of the work queue in work', ...inWork, ...quota('inFlight') },
    {
      ...{ stage, what: 'requests to the endpoint', each: models.calls, by: `${COST}, lines` },
      ...{ per: 'minute', unit: ' a minute', given: SHARE * settings.requestsPerMinute },
      ...provider('requestsPerMinute'),
    },
    {
      ...{ stage, what: 'tokens of the endpoint', each: PER_ITEM.tokens, by: COMPLAINTS },
      ...{ per: 'minute', unit: ' a minute', given: SHARE * settings.tokensPerMinute },
      ...provider('tokensPerMinute'),
    },
    {
      ...{ stage, what: 'model budget of a day', each: models.usd / 1000, by: `${COST}, lines` },
      ...{ per: 'day', unit: ' US$', given: settings.budgetUsd, ...setting('budget.perDayUsd') },
    },
  ];
}

function byAsking(recorded: Recorded, settings: Settings): Limit[] {
  const stage = 'approve';
  const asked = { each: recorded.shares.asked, by: COMPLAINTS };
  const mails = counted(recorded, 'SES mail');
  return [
    {
      ...{
        stage,
        what: 'people who decide',
        each: peopleFor(recorded, 1),
        by: `${COMPLAINTS}; 30 s assumed`,
      },
      ...{ per: 'day', unit: '', kind: 'people', given: settings.approvers, from: '`approverGroups`' },
      raise: 'more approvers, or a policy that asks less',
    },
    {
      ...{ stage, what: 'mails to approvers', ...mails, unit: '/s', given: settings.mailsPerSecond },
      ...setting('mail.perSecond', 'SES, and `mail.perSecond`'),
    },
    {
      ...{ stage, what: 'mails of a day, in the sandbox of SES', ...mails, per: 'day', unit: ' a day' },
      ...quota('mailsPerDay'),
    },
    { stage, what: 'runs that start', ...asked, per: 'second', unit: '/s', ...quota('runStarts') },
    {
      ...{ stage, what: 'state transitions', ...counted(recorded, 'Step Functions transition') },
      ...{ unit: '/s', ...quota('transitions') },
    },
    {
      ...{ stage, what: 'runs that wait for a decision', each: recorded.shares.asked * OPEN_DAYS },
      ...{ by: `${COMPLAINTS}; a day assumed`, per: 'day', unit: '', ...quota('openRuns') },
    },
  ];
}

function byActing({ held, shares }: Recorded, settings: Settings): Limit[] {
  return [
    {
      ...{ stage: 'act', what: 'actions at once', each: (shares.acted + shares.asked) * held.act.seconds },
      ...{ by: WORK, per: 'second', unit: '', given: settings.acting, ...setting('maxConcurrency') },
    },
    {
      ...{ stage: 'process', what: 'transactions on the day’s limit', each: shares.acted, by: COMPLAINTS },
      ...{ per: 'second', unit: '/s', kind: 'setting', given: 1 / TRANSACTION_SECONDS },
      ...{ from: '10 ms each, assumed', raise: 'leave out `limits.perDay`; more automations' },
    },
  ];
}

const RAISED: Readonly<Record<Shared, string>> = {
  automation: 'more automations for the work',
  client: 'more clients',
  endpoint: 'more endpoints',
  environment: 'another environment, in an account of its own',
};

function byTables(recorded: Recorded): Limit[] {
  const stage = 'tables';
  const writes = { ...counted(recorded, 'DynamoDB write unit (on demand)'), unit: '/s' } as const;
  const rows: HotRow[] = Object.values(HOT_ROWS);
  return [
    { stage, what: 'writes, as if all went to one table', ...writes, ...quota('tableWrites') },
    { stage, what: 'writes, as if all went to one new table', ...writes, ...quota('newTableWrites') },
    ...rows.map(
      ({ key, units, of }): Limit => ({
        ...{ stage, what: key, each: units, by: '`hot-rows.test.ts`', per: 'second', unit: '/s' },
        ...{ ...quota('partitionWrites'), raise: RAISED[of], of },
      }),
    ),
  ];
}

function byTelling(recorded: Recorded): Limit[] {
  const stage = 'record';
  return [
    {
      ...{ stage, what: 'shards of the stream, for status events', each: recorded.held.publish.seconds },
      ...{ by: WORK, per: 'second', unit: ' shards', kind: 'quota', from: 'partitions of a new table' },
      given: QUOTAS.newTableWrites.value / QUOTAS.partitionWrites.value,
      raise: 'shards follow the partitions of the table; until then events come later, and none is lost',
    },
    {
      ...{ stage, what: 'calls to the event bus', ...counted(recorded, 'EventBridge event') },
      ...{ unit: '/s', ...quota('putEvents') },
      each: mean(recorded, 'EventBridge event') / ENTRIES,
    },
  ];
}

/** What is full at so many items a day and was not at `before`, first what is met first. */
export function exceeded(limits: readonly Limit[], perDay: number, before = 0): Limit[] {
  const full = (limit: Limit, items: number) => needs(limit, items) > limit.given;
  return limits.filter((limit) => full(limit, perDay) && !full(limit, before));
}

/** People who decide, if each has the hours that `DECIDING` says. */
export const peopleFor = ({ shares }: Pick<Recorded, 'shares'>, perDay: number): number =>
  (perDay * shares.asked * DECIDING.seconds) / (DECIDING.hours * 3600);

/** Into how many automations the work has to go for the bounds that nobody raises. */
export function partsOf(limits: readonly Limit[], perDay: number): number {
  const split = exceeded(limits, perDay).filter(
    ({ kind, of = 'automation' }) => kind === 'split' && of === 'automation',
  );
  return Math.max(1, ...split.map((limit) => Math.ceil(needs(limit, perDay) / limit.given)));
}
