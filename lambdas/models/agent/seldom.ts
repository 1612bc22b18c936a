/*
 * What few instances ask a model in. One module: each part of a bundle that is loaded by itself divides what the function reads at
 * its start into more files, and a file costs as much as five kB.
 */

export { embedder } from '../embed.ts';
export { lookAt } from '../vision/vision.ts';
export { runAgent } from './agent.ts';
