import { Logger } from '@aws-lambda-powertools/logger';
import type { Stage } from '../../contract/item/status.ts';

/* Apart from what counts (`telemetry.ts`): whoever only logs carries no library for it. */

/** Log facts, never events or bodies: a test plants a card number in every stage and searches the log. */
export const logger = new Logger({ serviceName: process.env.SERVICE ?? 'signalbox' });

/** Whether calls of AWS are told of: only then is it worth putting together what is told. */
export function logsCalls(): boolean {
  return ['TRACE', 'DEBUG'].includes(logger.getLevelName());
}

type Lines = Readonly<Record<'info' | 'warn' | 'error', (message: string, more?: object) => void>>;

/**
 * Writes lines that say which item and stage each is about; safe where ten items run at once. A child of the logger would do the same
 * for five times the CPU of a line.
 */
export function itemLogger(facts: {
  itemId: string;
  automation?: string;
  stage: Stage;
  generation?: number;
}): Lines {
  return {
    info: (message, more) => logger.info(message, { ...facts, ...more }),
    warn: (message, more) => logger.warn(message, { ...facts, ...more }),
    error: (message, more) => logger.error(message, { ...facts, ...more }),
  };
}
