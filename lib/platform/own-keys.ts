import { Construct } from 'constructs';
import { keysFunction, secretName } from '../../lambdas/contract/names.ts';
import { Handler, LIGHT } from '../parts/handler.ts';
import { earlier, secret } from '../parts/uses.ts';
import type { Data } from './data.ts';
import type { Foundation } from './foundation.ts';

/** What is made for all automations: what signs forms, what seals cursors, and what signs decisions. */
const SHARED = ['approvals', 'cursors', 'decisions'] as const;

/** A function for each purpose, known by its name. */
export function sharedKeysOf(scope: Construct, foundation: Foundation, data: Data): void {
  for (const purpose of SHARED) {
    const functionName = keysFunction(foundation.environment.name, purpose);
    keysFor(new Construct(scope, `keys of ${purpose}`), { foundation, data, purpose, functionName });
  }
}

interface Purpose {
  foundation: Foundation;
  data: Data;
  /** What the secret of these keys was called in an earlier version. */
  purpose: string;
  functionName?: string;
}

/**
 * The function that makes the keys of one purpose. Who may call it has them: to two purposes belong two functions, and nobody but
 * these reads what the keys are made from (ADR 0115).
 */
export function keysFor(scope: Construct, { foundation, data, purpose, functionName }: Purpose) {
  const before = secretName(foundation.environment.name, `signalbox/${purpose}`);
  return new Handler(scope, 'keys/derive', {
    ...{ foundation, memorySize: LIGHT, ...(functionName ? { functionName } : {}) },
    description: `makes the keys of ${purpose}`,
    uses: [secret('ROOT_SECRET', data.rootSecret), earlier(before)],
    tells: { PURPOSE: purpose },
  });
}
