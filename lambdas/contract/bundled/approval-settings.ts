import type { ApprovalSettings } from '../approval-settings.ts';

/* Stands where the bundler puts what `lib/parts/approval-settings.ts` wrote at synth. */
export declare const settings: ApprovalSettings;
