import type { Automation } from '../automation.ts';

/*
 * Stands where the bundler puts an automation's declaration (`@automation/declaration`), so that one entry file serves every
 * automation and no function carries another's code.
 */
export declare const automation: Automation;
