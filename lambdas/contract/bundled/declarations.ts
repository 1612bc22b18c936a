import type { Automation } from '../automation.ts';

/* Stands where the bundler puts the declarations of all automations: the desk asks their gates about an approver's edits. */
export declare const automations: readonly Automation[];
