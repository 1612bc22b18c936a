import type { Automation } from '../lambdas/shared/automation.ts';
import * as registry from './registry.ts';

/** Every automation of the registry, in the order of their names. */
export const automations: readonly Automation[] = Object.values(registry);
