import { vi } from 'vitest';
import type * as Known from '../../lambdas/kit/clock.ts';

/* Stands where `lambdas/kit/clock.ts` does: nobody waits. */

const known = await vi.importActual<typeof Known>('../../lambdas/kit/clock.ts');

export const { clock, DAY_SECONDS, epochSeconds, isoNow } = known;

export async function sleep(): Promise<void> {}
