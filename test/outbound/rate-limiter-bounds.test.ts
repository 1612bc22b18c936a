import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { PRIORITIES } from '../../lambdas/contract/item/status.ts';
import { takePermit } from '../../lambdas/outbound/permit.ts';
import { LONGEST_WAIT_MS } from '../../lambdas/outbound/waiting-time.ts';
import { time, world } from '../support/world.ts';
import { ask, endpointWith, instances } from './permit-world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));

describe('in any interval', () => {
  const step = fc.record({
    pauseMs: fc.integer({ min: 0, max: 1500 }),
    tokens: fc.integer({ min: 1, max: 3000 }),
    priority: fc.constantFrom(...PRIORITIES),
    /** Workers that ask at this moment, each another instance. */
    crowd: fc.integer({ min: 1, max: 6 }),
  });

  it('no more permits and tokens are given than the limit allows, whoever asks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20, max: 3000 }),
        fc.integer({ min: 20_000, max: 200_000 }),
        fc.array(step, { minLength: 5, maxLength: 40 }),
        async (requestsPerMinute, tokensPerMinute, steps) => {
          world.reset();
          time.freeze();
          const tables = instances(6);
          const endpoint = endpointWith({ requestsPerMinute, tokensPerMinute });
          const given: { at: number; tokens: number }[] = [];
          for (const { pauseMs, tokens, priority, crowd } of steps) {
            time.at += pauseMs;
            const asked = tables
              .slice(0, crowd)
              .map((table) => takePermit(table, endpoint, ask(tokens, priority)));
            for (const permit of await Promise.all(asked)) {
              if ('refused' in permit) continue;
              expect(permit.waitMs).toBeLessThanOrEqual(LONGEST_WAIT_MS[priority]);
              given.push({ at: permit.at, tokens });
            }
          }
          given.sort((a, b) => a.at - b.at);
          const perMs = requestsPerMinute / 60_000;
          const tokensPerMs = tokensPerMinute / 60_000;
          for (let from = 0; from < given.length; from += 1) {
            let sum = 0;
            let largest = 0;
            for (let to = from; to < given.length; to += 1) {
              const span = (given[to]?.at ?? 0) - (given[from]?.at ?? 0);
              sum += given[to]?.tokens ?? 0;
              const burst = Math.max(1, Math.floor(perMs * 0.95 * 1000));
              expect(to - from + 1).toBeLessThanOrEqual(burst + span * perMs * 0.95 + 1e-3);
              // A call larger than a second's worth cannot be divided: it is the only excess there is.
              largest = Math.max(largest, given[to]?.tokens ?? 0);
              const burstMs = Math.max(1000, 1 / (perMs * 0.95));
              expect(sum - largest).toBeLessThanOrEqual((burstMs + span) * tokensPerMs * 0.95 + 1);
            }
          }
        },
      ),
      { numRuns: 80 },
    );
  });
});
