import '#start';

/* What few items need. One module, as `models/agent/seldom.ts` says. */
export { clearInput } from '../../lookups/input.ts';
export { compensating } from '../given/compensating.ts';
export { mended } from '../given/repair.ts';
export { toolsOf } from '../given/tools.ts';
export { withVision } from '../given/vision.ts';
export { thinkBeside } from '../versions/shadow.ts';
