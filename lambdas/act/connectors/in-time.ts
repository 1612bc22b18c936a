import type { Destination } from '../../contract/outside/destination.ts';
import { clock } from '../../kit/clock.ts';
import { TransientError } from '../../kit/errors.ts';

/**
 * Right before a call: a worker that was frozen since its intent may not call any more, as another delivery may be at it.
 * @param until milliseconds since 1970
 * @throws TransientError when an answer could come too late
 */
export function inTime({ name, timeoutSeconds }: Destination, until: number): void {
  if (clock.now() + timeoutSeconds * 1000 > until)
    throw new TransientError(`destination '${name}': this worker is too late to call it`);
}
