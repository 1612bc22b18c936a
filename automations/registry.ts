/* The registry: one line per automation. */
export { automation as refundRequest } from './refund-request/automation.ts';
export { automation as supportTriage } from './support-triage/automation.ts';
