import { deadDeleteBody, deadRedriveBody } from './bodies.ts';
import { command, gives, looking } from './route.ts';

/** Rows of the table of routes: messages that nobody could handle. */
export const DEAD_LETTERS = {
  deadLetters: {
    ...looking('GET /v1/dead-letters'),
    says: 'How many messages nobody could handle, for operators',
    gives: gives('By automation, and of the platform', 'DeadLetterQueues'),
  },
  deadLettersOf: {
    ...looking('GET /v1/dead-letters/{queue}'),
    says: 'Messages of an automation or of the platform that nobody could handle, for operators',
    gives: gives('Some of them, the oldest first', 'DeadLetters'),
  },
  deadLettersRedrive: {
    ...command('POST /v1/dead-letters/{queue}/redrive', deadRedriveBody),
    everywhere: true,
    says: 'Move dead letters back to the queues that they came from, for operators',
    gives: gives('How many went back', 'DeadLettersMoved'),
  },
  deadLettersDelete: {
    ...command('POST /v1/dead-letters/{queue}/delete', deadDeleteBody),
    everywhere: true,
    says: 'Remove dead letters for good, for operators',
    gives: gives('How many were removed', 'DeadLettersDeleted'),
  },
} as const;
