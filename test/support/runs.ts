import { type ExecutionInput, NOT_APPROVED } from '../../lambdas/tables/items/runs.ts';
import type { Outcome } from './asl.ts';

export const ASK: ExecutionInput = { itemId: 'item-7', generation: 3 };

export const WRITTEN: Outcome = { result: {} };
/** Whoever approved has sent the action, or has not: so do versions that knew nothing of it. */
export const APPROVED: Outcome = { result: { decision: 'approve', sent: true } };
export const UNSENT: Outcome = { result: { decision: 'approve' } };
export const REJECTED: Outcome = { error: 'Rejected', cause: 'decided' };
export const AGAIN: Outcome = { error: 'SentBack', cause: 'decided' };
export const EXPIRED: Outcome = { error: 'Expired', cause: 'decided' };
export const SENT: Outcome = { result: { MessageId: 'm-1' } };
export const TIMEOUT: Outcome = { error: 'States.Timeout' };
export const LOST_RACE: Outcome = {
  error: 'DynamoDb.ConditionalCheckFailedException',
  cause: 'The conditional request failed',
};

export interface Run {
  name: string;
  tasks: Record<string, Outcome[]>;
  entered: string[];
  status: string;
  error?: { class: string; message: string };
}

export const failure = (error: string, cause?: string): Outcome[] => [
  cause === undefined ? { error } : { error, cause },
];
const QUESTION_LOST = { class: 'SystemError', message: 'the question could not be put to a person' };
const ACTION_LOST = { class: 'SystemError', message: 'the action could not be queued' };
const UNCLEAR = { class: 'SystemError', message: 'the run has no known decision' };

/** What a run writes itself. */
export const RUNS: Run[] = [
  {
    name: 'a rejection',
    tasks: { Approve: [REJECTED] },
    entered: ['Approve', 'Record'],
    status: 'rejected',
  },
  {
    name: 'a question that the desk closed without an answer',
    tasks: { Approve: [EXPIRED] },
    entered: ['Approve', 'Record'],
    status: 'expired',
  },
  {
    name: 'a question that nobody closed, not even the desk',
    tasks: { Approve: [TIMEOUT], Expire: [WRITTEN] },
    entered: ['Approve', 'Expire', 'Record'],
    status: 'expired',
  },
  {
    name: 'a decision that does not exist',
    tasks: {
      ...{ Approve: [TIMEOUT], Expire: [LOST_RACE] },
      Reread: [{ result: { Item: { decision: { S: 'perhaps' }, status: { S: 'decided' } } } }],
    },
    entered: ['Approve', 'Expire', 'Reread', 'Follow', 'Unclear', 'Record'],
    status: 'parked',
    error: UNCLEAR,
  },
  {
    name: 'an approvals queue that stays unreachable',
    tasks: { Approve: failure('SQS.SdkClientException') },
    entered: ['Approve', 'Record'],
    status: 'parked',
    error: QUESTION_LOST,
  },
  ...(['InputError', 'TransientError', 'ProcessingError', 'SystemError'] as const).map(
    (error): Run => ({
      name: `a question that could not be put: ${error}`,
      tasks: { Approve: failure(error, 'nobody could be mailed') },
      entered: ['Approve', 'Record'],
      status: 'parked',
      error: { class: error, message: 'nobody could be mailed' },
    }),
  ),
  {
    name: 'a question that could not be put, without a word',
    tasks: { Approve: failure('SystemError') },
    entered: ['Approve', 'Record'],
    status: 'parked',
    error: { class: 'SystemError', message: 'no reason was given' },
  },
  {
    name: 'an approval whose action cannot be queued',
    tasks: { Approve: [UNSENT], Act: failure('SQS.SdkClientException') },
    entered: ['Approve', 'Act', 'Record'],
    status: 'parked',
    error: ACTION_LOST,
  },
];

const ACTION = { QueueUrl: 'action-queue', MessageBody: { itemId: 'item-7', generation: 3 } };
const late = (decision: string) => ({
  ...{ Approve: [TIMEOUT], Expire: [LOST_RACE] },
  Reread: [{ result: { Item: { decision: { S: decision } } } }],
});

/** A run that hands its item on: to its action, or to be thought about again. It ends without a word about the item. */
export const HANDED_ON: (Omit<Run, 'status'> & { sends: object })[] = [
  {
    name: 'an approval whose action nobody has sent',
    tasks: { Approve: [UNSENT], Act: [SENT] },
    entered: ['Approve', 'Act'],
    sends: ACTION,
  },
  {
    name: 'an approval of the last moment',
    tasks: { ...late('approve'), Act: [SENT] },
    entered: ['Approve', 'Expire', 'Reread', 'Follow', 'Act'],
    sends: ACTION,
  },
  {
    name: 'a question that an approver sent back',
    tasks: { Approve: [AGAIN], Again: [SENT] },
    entered: ['Approve', 'Again'],
    sends: { QueueUrl: 'work-queue', MessageBody: { itemId: 'item-7', generation: 3, again: true } },
  },
  {
    name: 'a question sent back in the last moment',
    tasks: { ...late('again'), Again: [SENT] },
    entered: ['Approve', 'Expire', 'Reread', 'Follow', 'Again'],
    sends: { QueueUrl: 'work-queue', MessageBody: { itemId: 'item-7', generation: 3, again: true } },
  },
];

/** What a waiting run is told of a decision, as the test double notes it. */
export const answerTo = (token: string, decision: string, sent = false): object =>
  decision === 'approve'
    ? { token, output: { decision, ...(sent ? { sent } : {}) } }
    : { token, error: NOT_APPROVED[decision as keyof typeof NOT_APPROVED], cause: 'decided' };
