import type { ExecutionInput } from '../../lambdas/shared/execution.ts';
import type { Outcome } from './asl.ts';

export const ACT: ExecutionInput = { itemId: 'item-7', generation: 3, verdict: 'act', decision: 'none' };
export const ASK: ExecutionInput = { ...ACT, verdict: 'ask' };

export const WRITTEN: Outcome = { result: {} };
export const APPROVED: Outcome = { result: { decision: 'approve' } };
export const REJECTED: Outcome = { result: { decision: 'reject' } };
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
    entered: ['Gate', 'Act', 'Record'],
    status: 'done',
  },
  {
    name: 'the verdict refuse',
    input: { ...ACT, verdict: 'refuse' },
    tasks: {},
    entered: ['Gate', 'Record'],
    status: 'refused',
  },
  {
    name: 'an approval',
    input: ASK,
    tasks: { Approve: [APPROVED], Act: [ACTED] },
    entered: ['Gate', 'Approve', 'Decided', 'Act', 'Record'],
    status: 'done',
  },
  {
    name: 'a rejection',
    input: ASK,
    tasks: { Approve: [REJECTED] },
    entered: ['Gate', 'Approve', 'Decided', 'Record'],
    status: 'rejected',
  },
  {
    name: 'an approval by the second group',
    input: ASK,
    tasks: { Approve: [TIMEOUT], Escalate: [APPROVED], Act: [ACTED] },
    entered: ['Gate', 'Approve', 'Escalate', 'Decided', 'Act', 'Record'],
    status: 'done',
  },
  {
    name: 'a rejection by the second group',
    input: ASK,
    tasks: { Approve: [TIMEOUT], Escalate: [REJECTED] },
    entered: ['Gate', 'Approve', 'Escalate', 'Decided', 'Record'],
    status: 'rejected',
  },
  {
    name: 'no answer at all',
    input: ASK,
    tasks: { Approve: [TIMEOUT], Escalate: [TIMEOUT], Expire: [WRITTEN] },
    entered: ['Gate', 'Approve', 'Escalate', 'Expire', 'Record'],
    status: 'expired',
  },
  {
    name: 'a run resumed after an approval',
    input: { ...ASK, decision: 'approve' },
    tasks: { Act: [ACTED] },
    entered: ['Gate', 'Act', 'Record'],
    status: 'done',
  },
  {
    name: 'a run resumed after a rejection',
    input: { ...ASK, decision: 'reject' },
    tasks: {},
    entered: ['Gate', 'Record'],
    status: 'rejected',
  },
  {
    name: 'a verdict that does not exist',
    input: { ...ACT, verdict: 'maybe' },
    tasks: {},
    entered: ['Gate', 'Unclear', 'Record'],
    status: 'parked',
    error: UNCLEAR,
  },
  {
    name: 'an input without a verdict',
    input: { itemId: 'item-7', generation: 3 },
    tasks: {},
    entered: ['Gate', 'Unclear', 'Record'],
    status: 'parked',
    error: UNCLEAR,
  },
  {
    name: 'a decision that does not exist',
    input: ASK,
    tasks: { Approve: [{ result: { decision: 'perhaps' } }] },
    entered: ['Gate', 'Approve', 'Decided', 'Unclear', 'Record'],
    status: 'parked',
    error: UNCLEAR,
  },
  {
    name: 'an approvals queue that stays unreachable',
    input: ASK,
    tasks: { Approve: failure('SQS.SdkClientException') },
    entered: ['Gate', 'Approve', 'Record'],
    status: 'parked',
    error: QUESTION_LOST,
  },
  {
    name: 'an approvals queue that is unreachable at the escalation',
    input: ASK,
    tasks: { Approve: [TIMEOUT], Escalate: failure('SQS.SdkClientException') },
    entered: ['Gate', 'Approve', 'Escalate', 'Record'],
    status: 'parked',
    error: QUESTION_LOST,
  },
  {
    name: 'an action that the destination refused',
    input: ACT,
    tasks: { Act: failure('InputError', "destination 'help-desk' answered 422: it refused the action") },
    entered: ['Gate', 'Act', 'Record'],
    status: 'quarantined',
    error: { class: 'InputError', message: "destination 'help-desk' answered 422: it refused the action" },
  },
  ...(['TransientError', 'ProcessingError', 'SystemError'] as const).map(
    (error): Run => ({
      name: `an action that ended in a ${error}`,
      input: ACT,
      tasks: { Act: failure(error, 'why it ended') },
      entered: ['Gate', 'Act', 'Record'],
      status: 'parked',
      error: { class: error, message: 'why it ended' },
    }),
  ),
  {
    name: 'an action that ended without a word',
    input: ACT,
    tasks: { Act: failure('InputError') },
    entered: ['Gate', 'Act', 'Record'],
    status: 'quarantined',
    error: { class: 'InputError', message: 'no reason was given' },
  },
  {
    name: 'an action that nobody answered for',
    input: ACT,
    tasks: { Act: [TIMEOUT] },
    entered: ['Gate', 'Act', 'Record'],
    status: 'parked',
    error: ACTION_LOST,
  },
];
