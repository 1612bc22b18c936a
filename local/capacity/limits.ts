import { PEAK, PER_ITEM } from '../../bench/complaints/day.ts';
import { SHARE } from '../../lambdas/outbound/neighbour/rate-limiter.ts';
import { HOT_ROWS, type HotRow, itemsPerSecond, type Shared } from './hot-rows.ts';
import { QUOTAS, type QuotaName } from './quotas.ts';
import { mean, type Recorded } from './recorded.ts';
import type { Settings } from './settings.ts';

/*
 * Everything that bounds how many items a day go through, each reckoned by itself for one automation that has all of the work, posted by
 * one client, in the mix of the recorded complaints. Each need grows with the items, so each bound is so many items a day.
 */

/** How a bound is got around: `setting` of the repository, `quota` of AWS, `people`, or by another automation or environment (`split`). */
export type Kind = 'setting' | 'quota' | 'people' | 'split';

export interface Limit {
  stage: string;
  what: string;
  kind: Kind;
  /** What an item a day needs of it at the peak, in `unit`. */
  perItem: number;
  given: number;
  unit: string;
  /** Where `given` comes from. */
  from: string;
  raise: string;
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

/** Items a day that it holds. */
export const holds = ({ given, perItem }: Pick<Limit, 'given' | 'perItem'>): number => given / perItem;

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

/** Of each of `perDay` items so much a second, in the busiest hour. */
const atPeak = (each: number): number => (each * PEAK) / DAY_SECONDS;

const setting = (name: string, raise = `\`${name}\``) => ({
  ...{ kind: 'setting' as const, from: `\`${name}\``, raise },
});

function quota(name: QuotaName): Pick<Limit, 'kind' | 'from' | 'raise'> & { given: number } {
  const { value, adjustable, raise, service } = QUOTAS[name];
  const kind = adjustable === 'no' ? 'split' : 'quota';
  const split = 'more automations or environments';
  return { kind, given: value, from: `quota of ${service}`, raise: adjustable === 'no' ? split : raise };
}

function byAccepting(recorded: Recorded, settings: Settings): Limit[] {
  const requests = atPeak(mean(recorded, 'API Gateway, HTTP API request'));
  const stage = 'intake';
  const { held } = recorded;
  const runs =
    held.intake.seconds +
    held.authorize.seconds +
    held.alone.seconds +
    held.act.seconds +
    held.publish.seconds;
  return [
    {
      ...{ stage, what: 'posts of one client in a day', perItem: 1, given: settings.clientPerDay },
      ...{ unit: ' a day', ...setting('quota.perDay', '`quota.perDay` of the client') },
    },
    {
      ...{ stage, what: 'posts of one client', perItem: atPeak(1), given: settings.clientPerSecond },
      ...{ unit: '/s', ...setting('rate.perSecond', '`rate` of the client, or more clients') },
    },
    {
      ...{ stage, what: 'requests to the API', perItem: requests, given: settings.apiPerSecond, unit: '/s' },
      ...setting('api.throttle'),
    },
    {
      ...{ stage, what: 'requests to the APIs of the account', perItem: requests, unit: '/s' },
      ...quota('apiRequests'),
    },
    {
      ...{
        stage: 'all',
        what: 'concurrent executions of Lambda, each item alone',
        perItem: atPeak(runs),
        unit: '',
      },
      ...quota('concurrency'),
      given: QUOTAS.concurrency.value - settings.reserved,
    },
    {
      ...{ stage, what: 'bodies and proposals written to S3', perItem: atPeak(mean(recorded, 'S3 PUT')) },
      ...{ unit: '/s', ...quota('objectPuts') },
    },
  ];
}

function byThinking({ held, models }: Recorded, settings: Settings): Limit[] {
  const stage = 'process';
  const inWork = atPeak(held.alone.seconds);
  const provider = (name: string) => setting(name, `the provider, and \`${name}\`; another endpoint`);
  return [
    {
      ...{ stage, what: 'items that are thought about at once', perItem: inWork, given: settings.thinking },
      ...{ unit: '', ...setting('maxConcurrency') },
    },
    {
      ...{ stage, what: 'items at once, with the most batches that Lambda takes', perItem: inWork, unit: '' },
      ...quota('mappingConcurrency'),
      given: QUOTAS.mappingConcurrency.value * settings.batch,
    },
    {
      ...{ stage, what: 'messages of the work queue in work', perItem: inWork, unit: '' },
      ...quota('inFlight'),
    },
    {
      ...{ stage, what: 'requests to the endpoint', perItem: 60 * atPeak(models.calls), unit: ' a minute' },
      ...{ given: SHARE * settings.requestsPerMinute, ...provider('requestsPerMinute') },
    },
    {
      ...{ stage, what: 'tokens of the endpoint', perItem: 60 * atPeak(PER_ITEM.tokens), unit: ' a minute' },
      ...{ given: SHARE * settings.tokensPerMinute, ...provider('tokensPerMinute') },
    },
    {
      ...{ stage, what: 'model budget of a day', perItem: models.usd / 1000, given: settings.budgetUsd },
      ...{ unit: ' US$', ...setting('budget.perDayUsd') },
    },
  ];
}

function byAsking(recorded: Recorded, settings: Settings): Limit[] {
  const stage = 'approve';
  const { asked } = recorded.shares;
  return [
    {
      ...{ stage, what: 'people who decide', perItem: peopleFor(recorded, 1), unit: '' },
      ...{ kind: 'people', given: settings.approvers, from: '`approverGroups`' },
      raise: 'more approvers, or a policy that asks less',
    },
    {
      ...{ stage, what: 'mails to approvers', perItem: atPeak(mean(recorded, 'SES mail')), unit: '/s' },
      ...{ given: settings.mailsPerSecond, ...setting('mail.perSecond', 'SES, and `mail.perSecond`') },
    },
    {
      ...{ stage, what: 'mails of a day, in the sandbox of SES', perItem: mean(recorded, 'SES mail') },
      ...{ unit: ' a day', ...quota('mailsPerDay') },
    },
    { ...{ stage, what: 'runs that start', perItem: atPeak(asked), unit: '/s' }, ...quota('runStarts') },
    {
      ...{ stage, what: 'state transitions', unit: '/s', ...quota('transitions') },
      perItem: atPeak(mean(recorded, 'Step Functions transition')),
    },
    {
      ...{ stage, what: 'runs that wait for a decision', perItem: asked * OPEN_DAYS, unit: '' },
      ...quota('openRuns'),
    },
  ];
}

function byActing({ held, shares }: Recorded, settings: Settings): Limit[] {
  const acts = shares.acted + shares.asked;
  return [
    {
      ...{ stage: 'act', what: 'actions at once', perItem: atPeak(acts * held.act.seconds), unit: '' },
      ...{ kind: 'split', given: settings.acting, from: 'template: queue `actions`' },
      raise: 'more automations',
    },
    {
      ...{ stage: 'process', what: 'transactions on the day’s limit', perItem: atPeak(shares.acted) },
      ...{ kind: 'setting', given: 1 / TRANSACTION_SECONDS, unit: '/s', from: 'assumed, one after another' },
      raise: 'leave out `limits.perDay`; more automations',
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
  const writes = atPeak(mean(recorded, 'DynamoDB write unit (on demand)'));
  const rows: HotRow[] = Object.values(HOT_ROWS);
  return [
    {
      ...{ stage: 'tables', what: 'writes, as if all went to one table', perItem: writes, unit: '/s' },
      ...quota('tableWrites'),
    },
    {
      ...{ stage: 'tables', what: 'writes, as if all went to one new table', perItem: writes, unit: '/s' },
      ...quota('newTableWrites'),
    },
    ...rows.map((row): Limit => {
      const given = QUOTAS.partitionWrites.value;
      return {
        ...{ stage: 'tables', what: row.key, perItem: atPeak(given / itemsPerSecond(row)), unit: '/s' },
        ...{ kind: 'split', given, from: 'quota of DynamoDB', raise: RAISED[row.of] },
      };
    }),
  ];
}

function byTelling(recorded: Recorded): Limit[] {
  const { publish } = recorded.held;
  const shards = QUOTAS.newTableWrites.value / QUOTAS.partitionWrites.value;
  return [
    {
      ...{
        stage: 'record',
        what: 'shards of the stream, for status events',
        perItem: atPeak(publish.seconds),
      },
      ...{ unit: ' shards', kind: 'quota', given: shards, from: 'partitions of a new table' },
      raise: 'shards follow the partitions of the table; until then events come later, and none is lost',
    },
    {
      ...{ stage: 'record', what: 'calls to the event bus', unit: '/s', ...quota('putEvents') },
      perItem: atPeak(mean(recorded, 'EventBridge event')) / ENTRIES,
    },
  ];
}

/** What is full at so many items a day and was not at `before`, first what is met first. */
export function exceeded(limits: readonly Limit[], perDay: number, before = 0): Limit[] {
  const full = ({ perItem, given }: Limit, items: number) => perItem * items > given;
  return limits.filter((limit) => full(limit, perDay) && !full(limit, before));
}

/** People who decide, if each has the hours that `DECIDING` says. */
export const peopleFor = ({ shares }: Pick<Recorded, 'shares'>, perDay: number): number =>
  (perDay * shares.asked * DECIDING.seconds) / (DECIDING.hours * 3600);

/** Into how many parts the work has to go for a bound that nobody raises. */
export function partsOf(limits: readonly Limit[], perDay: number): number {
  const split = exceeded(limits, perDay).filter(({ kind }) => kind === 'split');
  return Math.max(1, ...split.map((limit) => Math.ceil((limit.perItem * perDay) / limit.given)));
}
