import type { SignInCommand } from '../../contract/item/messages.ts';
import { clock } from '../../kit/clock.ts';
import { sha256 } from '../../kit/digest.ts';
import { send } from '../../kit/queue/send.ts';
import { logger } from '../../kit/telemetry.ts';
import { networkOf } from '../../outbound/address.ts';
import { countRequest } from '../../tables/sign-in/requests.ts';

/* The page only queues the request: neither its text nor its timing reveals who has a role. */

/** Requests per source and hour, and of all sources per minute: the queue is shared with the approvals. */
const PER_SOURCE_AND_HOUR = 20;
const PER_MINUTE = 60;

/** Puts a request into the queue, unless its source, or all together, have asked too often. */
export async function askForLink(
  env: { CONTROL_TABLE: string; APPROVALS_QUEUE_URL: string },
  { email, next, source }: { email: string; next: string; source: string },
): Promise<void> {
  const hour = Math.floor(clock.now() / 3_600_000);
  const minute = Math.floor(clock.now() / 60_000);
  const from = sha256(networkOf(source)).slice(0, 32);
  const allowed =
    (await countRequest(env.CONTROL_TABLE, from, hour, PER_SOURCE_AND_HOUR)) &&
    (await countRequest(env.CONTROL_TABLE, 'all', minute, PER_MINUTE));
  if (!allowed) return logger.warn('sign-in refused', { reason: 'asked too often' });
  const command: SignInCommand = { command: 'sign in', email, next };
  await send(env.APPROVALS_QUEUE_URL, command);
}
