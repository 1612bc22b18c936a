import '#start';

/*
 * What few instances ask a model in. One module: each part of a bundle that is loaded by itself divides what the function reads at
 * its start into more files, and a file costs as much as five kB.
 */

export { inBatch, wasAnswered } from '../batch/ask.ts';
export { embedder } from '../embed.ts';
export { answeredAlike } from '../similar/similar.ts';
export { orAsk } from '../surrogate/answer.ts';
export { lookAt } from '../vision/vision.ts';
export { runAgent } from './agent.ts';
