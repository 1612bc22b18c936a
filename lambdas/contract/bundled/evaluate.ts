import type { Implementation } from '../automation.ts';

/* Stands where the bundler puts an automation's thinking (`@automation/evaluate`). */
export declare const implementation: Implementation;
