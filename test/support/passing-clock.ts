import { vi } from 'vitest';
import type * as Known from '../../lambdas/kit/clock.ts';

/* Stands where `lambdas/kit/clock.ts` does: whoever waits finds the time passed at once. */

const known = await vi.importActual<typeof Known>('../../lambdas/kit/clock.ts');

export const { clock, DAY_SECONDS, epochSeconds, isoNow } = known;

export async function sleep(milliseconds: number): Promise<void> {
  const now = clock.now();
  clock.now = () => now + milliseconds;
}
