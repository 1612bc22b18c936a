import type { Automation } from '../lambdas/shared/automation.ts';
import { automation as refundRequest } from './refund-request/automation.ts';
import { automation as supportTriage } from './support-triage/automation.ts';

/** The registry: one line per automation. */
export const automations: readonly Automation[] = [supportTriage, refundRequest];
