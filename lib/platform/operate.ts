import { Duration, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { FilterCriteria, FilterRule, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { driftKey, kindOf, probeKey, redrivesKey, toldAlarmsKey } from '../../lambdas/tables/keys.ts';
import { pollsByItself } from '../parts/environment.ts';
import { Handler, LIGHT } from '../parts/handler.ts';
import { BREAKERS } from '../parts/neighbours.ts';
import { alarmTopics, looksAtQueues } from '../parts/uses/alarms.ts';
import { content, editedBodies } from '../parts/uses/files.ts';
import {
  changes,
  deadLetters,
  endpointKeys,
  every,
  index,
  mail,
  rows,
  secret,
  sharedKeys,
  TELLS_OF_ALL,
  table,
  workQueues,
} from '../parts/uses.ts';
import { type Api, addRoutes } from './api.ts';
import { BY_AUTOMATION, BY_WAIT, type Data } from './data.ts';
import type { Foundation } from './foundation.ts';
import { WAITING_ALARMS } from './outgoing/alarm-digest.ts';

/*
 * The attributes that a withdrawal changes; neither a verdict nor a decision can be written with these.
 * `approvalId` is in its condition, and `act` believes an approval by its seal, whatever points to it.
 */
export const OF_ITEM = [
  ...['id', 'generation', 'status', 'updatedAt', 'timeline', 'wait', 'waitsOn', 'error'],
  'deferredUntil',
  ...['action', 'approvalId', 'leaseUntil', 'leaseBy', 'leaseAlone'],
];
/** Beside these, what an item goes on with as its next generation: nothing that was judged. */
const OF_REDRIVE = [
  ...['rethinks', 'remembers', 'reading', 'ticket', 'executionArn'],
  ...['bodyKey', 'reference', 'unfit', 'refused'],
];
/** Beside these, what an item begins with that takes something back, and what tells of it: no verdict and no ledger either. */
const OF_COMPENSATION = [
  ...['compensations', 'compensates', 'erasedAt', 'automation', 'client', 'priority', 'receivedAt', 'order'],
  ...['expiresAt', 'ancestors', 'private'],
];
export const OF_APPROVAL = ['id', 'status', 'phase', 'phaseAt', 'version', 'trail', 'claim'];

/** A breaker closes, or an operator closes it or gives it back: nothing else ends an opening without a further one. */
const CLOSES = {
  eventName: FilterRule.isEqual('MODIFY'),
  dynamodb: {
    OldImage: { openUntil: { N: FilterRule.exists() } },
    NewImage: { openUntil: { N: FilterRule.notExists() } },
  },
};

/** How far redrives of many items have come. */
const OF_REDRIVES = rows([kindOf('*', 'redrive'), redrivesKey()], 'GetItem', 'UpdateItem');

/** What operators do to the running house by hand, and clients to their own items. */
export class Operate extends Construct {
  readonly commands: IFunction;

  constructor(scope: Construct, foundation: Foundation, data: Data, api: Api) {
    super(scope, 'operate');
    const days = { ITEM_DAYS: String(foundation.config.retention.itemDays) };
    const probe = new Handler(this, 'operate/probe', {
      foundation,
      description: 'tells of the model endpoints, and asks them what they support',
      // The caller hears nothing after thirty seconds, but what was found out and paid for is still stored.
      timeout: Duration.minutes(2),
      uses: [
        table(data, 'CONTROL_TABLE', rows([probeKey('*')], 'GetItem', 'PutItem')),
        table(data, 'AUDIT_TABLE', every('PartiQLInsert')),
        endpointKeys(data),
      ],
      tells: days,
    });
    addRoutes(this, api, probe);

    const commands = new Handler(this, 'operate/commands', {
      foundation,
      description: 'carries out the commands of operators, and withdrawals of clients',
      uses: [
        workQueues(foundation.environment),
        deadLetters(foundation.environment),
        table(
          data,
          'ITEM_TABLE',
          every('GetItem'),
          index(BY_AUTOMATION),
          changes([...OF_ITEM, ...OF_REDRIVE, ...OF_COMPENSATION]),
        ),
        table(data, 'APPROVAL_TABLE', every('GetItem'), changes(OF_APPROVAL)),
        // Each command is put on record before it is carried out; calibrations are learned from the record.
        table(data, 'AUDIT_TABLE', every('Query', 'PartiQLInsert')),
        table(
          data,
          'CONTROL_TABLE',
          rows([kindOf('*', 'budget')], 'GetItem', 'UpdateItem'),
          rows(BREAKERS, 'UpdateItem'),
          rows([kindOf('*', 'caution')], 'UpdateItem'),
          // What was learnt of similar questions, and whether their answers are used.
          rows([kindOf('*', 'similar')], 'GetItem', 'UpdateItem'),
          rows([kindOf('*', 'hold')], 'GetItem', 'UpdateItem', 'PutItem'),
          rows([kindOf('*', 'calibration'), kindOf('*', 'review'), driftKey('*', 'pinned')], 'PutItem'),
          // Which release runs, and what is counted of it.
          rows([kindOf('*', 'release')], 'GetItem', 'PutItem'),
          rows([kindOf('*', 'shadow')], 'GetItem'),
          // What answers in a model's place.
          rows([kindOf('*', 'surrogate')], 'GetItem', 'PutItem'),
          rows([kindOf('*', 'statistics'), kindOf('*', 'sample')], 'BatchGetItem'),
          OF_REDRIVES,
        ),
        // The answer to a withdrawal is the whole item.
        content(data, '*', 'GetObject'),
        // An input that replaces another one, and whom it is about.
        editedBodies(data),
        table(data, 'SUBJECT_TABLE', rows([kindOf('*', 'subject')], 'PutItem')),
        secret('SUBJECT_SECRET', data.subjectSecret),
        sharedKeys('CURSOR_KEYS', foundation.environment),
      ],
      tells: days,
    });
    this.#redrives(foundation, data, api, days);
    // Where `api/api` had them: API Gateway takes no second route of the same name while the first is there.
    addRoutes(Stack.of(this), api, commands);
    this.commands = commands;
  }

  /** Goes on with what an operator wants of many items, for as long as that takes. */
  #redrives(foundation: Foundation, data: Data, api: Api, days: { ITEM_DAYS: string }): void {
    const redrives = new Handler(this, 'operate/redrives', {
      ...{ foundation, memorySize: LIGHT, watched: 'clock', ticks: true },
      description: 'the clock of operators: goes on with redrives, judges what is an alarm',
      timeout: Duration.minutes(1),
      uses: [
        workQueues(foundation.environment),
        table(
          data,
          'ITEM_TABLE',
          every('GetItem'),
          index(BY_AUTOMATION),
          index(BY_WAIT),
          changes([...OF_ITEM, ...OF_REDRIVE]),
        ),
        table(data, 'APPROVAL_TABLE', every('GetItem'), changes(OF_APPROVAL)),
        table(
          data,
          'CONTROL_TABLE',
          OF_REDRIVES,
          // What is parked for a neighbour goes on once that one is well.
          rows([redrivesKey('parked')], 'GetItem', 'UpdateItem'),
          rows(BREAKERS, 'GetItem'),
          // How far it has looked for what stands still, and how late work is.
          rows([redrivesKey('walk')], 'GetItem', 'PutItem'),
          rows([kindOf('*', 'lane')], 'GetItem'),
          // Whether an automation that drains is drained, and whether one has to suspend itself.
          rows([kindOf('*', 'hold')], 'GetItem', 'UpdateItem'),
          rows([kindOf('*', 'statistics'), kindOf('*', 'sample')], 'BatchGetItem'),
          // Whether a candidate is worse than what it is to replace.
          rows([kindOf('*', 'release')], 'GetItem', 'PutItem'),
          rows([kindOf('*', 'shadow')], 'GetItem'),
          WAITING_ALARMS,
          // What may be an alarm, and which it has raised.
          TELLS_OF_ALL,
          rows([toldAlarmsKey('*')], 'BatchGetItem'),
          rows([redrivesKey('watch')], 'GetItem', 'PutItem'),
        ),
        table(data, 'AUDIT_TABLE', every('PartiQLInsert')),
        // Alarms that can wait go out together.
        mail(foundation.config.sender),
        looksAtQueues(foundation.environment),
        alarmTopics(foundation.alarmTopics),
      ],
      tells: {
        ...{ ...days, BASE_URL: api.url },
        PARKED_PER_MINUTE: String(foundation.config.parkedPerMinute),
      },
    });
    redrives.addEventSource(
      new DynamoEventSource(data.control as ITable, {
        startingPosition: StartingPosition.LATEST,
        enabled: pollsByItself(foundation.environment),
        filters: [FilterCriteria.filter(CLOSES)],
        // What is not woken looks again by itself within half a minute: nothing is lost with a batch, and no queue keeps it.
        ...{ batchSize: 10, retryAttempts: 3, maxRecordAge: Duration.minutes(2) },
      }),
    );
    new Rule(this, 'each minute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(redrives, { retryAttempts: 0 })],
    });
  }
}
