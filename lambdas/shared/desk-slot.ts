import type { DeskSettings } from './desk.ts';

/* Stands where the bundler puts what `lib/desk-settings.ts` wrote at synth. */
export declare const settings: DeskSettings;
