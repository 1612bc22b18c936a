import { vi } from 'vitest';
import type * as Known from '../../lambdas/shared/clock.ts';

/* Stands where `lambdas/shared/clock.ts` does: nobody waits. */

const known = await vi.importActual<typeof Known>('../../lambdas/shared/clock.ts');

export const { clock, DAY_SECONDS, epochSeconds, isoNow } = known;

export async function sleep(): Promise<void> {}
