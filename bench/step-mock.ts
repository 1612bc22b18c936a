import { startMockEndpoint } from './mock-endpoint.ts';

/* The endpoint of `bench:step`, in a process of its own: its time is not ours. */

const mock = await startMockEndpoint({ perSecond: 1_000_000, burst: 1_000_000, latencyMs: 0 });
process.send?.(mock.url);
