import type { ExecutionInput } from '../../lambdas/tables/items/runs.ts';
import type { Outcome } from './asl.ts';

export const ACT: ExecutionInput = { itemId: 'item-7', generation: 3, verdict: 'act', decision: 'none' };
export const ASK: ExecutionInput = { ...ACT, verdict: 'ask' };

export const WRITTEN: Outcome = { result: {} };
export const APPROVED: Outcome = { result: { decision: 'approve' } };
export const REJECTED: Outcome = { result: { decision: 'reject' } };
export const AGAIN: Outcome = { result: { decision: 'again' } };
export const EXPIRED: Outcome = { result: { decision: 'expired' } };
export const SENT: Outcome = { result: { MessageId: 'm-1' } };
export const ACTED: Outcome = { result: { status: 200, reference: 'r-1' } };
export const TIMEOUT: Outcome = { error: 'States.Timeout' };
export const LOST_RACE: Outcome = {
  error: 'DynamoDb.ConditionalCheckFailedException',
  cause: 'The conditional request failed',
};

export interface Run {
  name: string;
  input: ExecutionInput | Record<string, unknown>;
  tasks: Record<string, Outcome[]>;
  entered: string[];
  status: string;
  error?: { class: string; message: string };
}

export const failure = (error: string, cause?: string): Outcome[] => [
  cause === undefined ? { error } : { error, cause },
];
const QUESTION_LOST = { class: 'SystemError', message: 'the question could not be put to a person' };
const ACTION_LOST = { class: 'SystemError', message: 'no worker answered for the action in time' };
const UNCLEAR = { class: 'SystemError', message: 'the run has no known verdict or decision' };

export const RUNS: Run[] = [
  {
    name: 'the verdict act',
    input: ACT,
    tasks: { Act: [ACTED] },
    entered: ['Follow', 'Act', 'Record'],
    status: 'done',
  },
  {
    name: 'the verdict refuse',
    input: { ...ACT, verdict: 'refuse' },
    tasks: {},
    entered: ['Follow', 'Record'],
    status: 'refused',
  },
  {
    name: 'an approval',
    input: ASK,
    tasks: { Approve: [APPROVED], Act: [ACTED] },
    entered: ['Follow', 'Approve', 'Follow', 'Act', 'Record'],
    status: 'done',
  },
  {
    name: 'a rejection',
    input: ASK,
    tasks: { Approve: [REJECTED] },
    entered: ['Follow', 'Approve', 'Follow', 'Record'],
    status: 'rejected',
  },
  {
    name: 'a question that the desk closed without an answer',
    input: ASK,
    tasks: { Approve: [EXPIRED] },
    entered: ['Follow', 'Approve', 'Follow', 'Record'],
    status: 'expired',
  },
  {
    name: 'a question that nobody closed, not even the desk',
    input: ASK,
    tasks: { Approve: [TIMEOUT], Expire: [WRITTEN] },
    entered: ['Follow', 'Approve', 'Expire', 'Record'],
    status: 'expired',
  },
  {
    name: 'a run resumed after an approval',
    input: { ...ASK, decision: 'approve' },
    tasks: { Act: [ACTED] },
    entered: ['Follow', 'Act', 'Record'],
    status: 'done',
  },
  {
    name: 'a run resumed after a rejection',
    input: { ...ASK, decision: 'reject' },
    tasks: {},
    entered: ['Follow', 'Record'],
    status: 'rejected',
  },
  {
    name: 'a run resumed after an expiry',
    input: { ...ASK, decision: 'expired' },
    tasks: {},
    entered: ['Follow', 'Record'],
    status: 'expired',
  },
  {
    name: 'a resumed run with a decision that does not exist',
    input: { ...ASK, decision: 'perhaps' },
    tasks: {},
    entered: ['Follow', 'Unclear', 'Record'],
    status: 'parked',
    error: UNCLEAR,
  },
  {
    name: 'a verdict that does not exist',
    input: { ...ACT, verdict: 'maybe' },
    tasks: {},
    entered: ['Follow', 'Unclear', 'Record'],
    status: 'parked',
    error: UNCLEAR,
  },
  {
    name: 'an input without a verdict',
    input: { itemId: 'item-7', generation: 3 },
    tasks: {},
    entered: ['Follow', 'Unclear', 'Record'],
    status: 'parked',
    error: UNCLEAR,
  },
  {
    name: 'a decision that does not exist',
    input: ASK,
    tasks: { Approve: [{ result: { decision: 'perhaps' } }] },
    entered: ['Follow', 'Approve', 'Follow', 'Unclear', 'Record'],
    status: 'parked',
    error: UNCLEAR,
  },
  {
    name: 'an approvals queue that stays unreachable',
    input: ASK,
    tasks: { Approve: failure('SQS.SdkClientException') },
    entered: ['Follow', 'Approve', 'Record'],
    status: 'parked',
    error: QUESTION_LOST,
  },
  ...(['InputError', 'TransientError', 'ProcessingError', 'SystemError'] as const).map(
    (error): Run => ({
      name: `a question that could not be put: ${error}`,
      input: ASK,
      tasks: { Approve: failure(error, 'nobody could be mailed') },
      entered: ['Follow', 'Approve', 'Record'],
      status: 'parked',
      error: { class: error, message: 'nobody could be mailed' },
    }),
  ),
  {
    name: 'a question that could not be put, without a word',
    input: ASK,
    tasks: { Approve: failure('SystemError') },
    entered: ['Follow', 'Approve', 'Record'],
    status: 'parked',
    error: { class: 'SystemError', message: 'no reason was given' },
  },
  {
    name: 'an action that the destination refused',
    input: ACT,
    tasks: { Act: failure('InputError', "destination 'help-desk' answered 422: it refused the action") },
    entered: ['Follow', 'Act', 'Record'],
    status: 'quarantined',
    error: { class: 'InputError', message: "destination 'help-desk' answered 422: it refused the action" },
  },
  ...(['TransientError', 'ProcessingError', 'SystemError'] as const).map(
    (error): Run => ({
      name: `an action that ended in a ${error}`,
      input: ACT,
      tasks: { Act: failure(error, 'why it ended') },
      entered: ['Follow', 'Act', 'Record'],
      status: 'parked',
      error: { class: error, message: 'why it ended' },
    }),
  ),
  {
    name: 'an action that ended without a word',
    input: ACT,
    tasks: { Act: failure('InputError') },
    entered: ['Follow', 'Act', 'Record'],
    status: 'quarantined',
    error: { class: 'InputError', message: 'no reason was given' },
  },
  {
    name: 'an action that nobody answered for',
    input: ACT,
    tasks: { Act: [TIMEOUT] },
    entered: ['Follow', 'Act', 'Record'],
    status: 'parked',
    error: ACTION_LOST,
  },
];

/**
 * A decision that sends the item back: the run ends without a word about the item, which goes on as another
 * generation.
 */
export const SENT_BACK: Omit<Run, 'status'>[] = [
  {
    name: 'a question that an approver sent back',
    input: ASK,
    tasks: { Approve: [AGAIN], Again: [SENT] },
    entered: ['Follow', 'Approve', 'Follow', 'Again', 'Superseded'],
  },
  {
    name: 'a run resumed after it was sent back',
    input: { ...ASK, decision: 'again' },
    tasks: { Again: [SENT] },
    entered: ['Follow', 'Again', 'Superseded'],
  },
  {
    name: 'a question sent back in the last moment',
    input: ASK,
    tasks: {
      ...{ Approve: [TIMEOUT], Expire: [LOST_RACE], Again: [SENT] },
      Reread: [{ result: { Item: { decision: { S: 'again' } } } }],
    },
    entered: ['Follow', 'Approve', 'Expire', 'Reread', 'Follow', 'Again', 'Superseded'],
  },
];
