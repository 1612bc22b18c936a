import type { ApprovalSettings } from '../../../contract/approval-settings.ts';
import { logger } from '../../../kit/telemetry.ts';
import { apiUrlOf } from './api.ts';

/** Slack waits three seconds for our answer, which comes after this call. */
const TIMEOUT_MS = 2_000;

/**
 * Tells only the person who clicked what came of it. A failure is logged: the decision is recorded anyway.
 */
export async function respond(
  settings: ApprovalSettings,
  url: string | undefined,
  text: string,
): Promise<void> {
  // The address comes with the request. A valid signature is no reason to call just any address.
  if (url === undefined || !URL.canParse(url) || new URL(url).origin !== originOfAnswers(settings)) {
    logger.warn('slack not answered', { reason: 'its answers do not go to this address' });
    return;
  }
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (!response.ok) logger.warn('slack not answered', { reason: `status ${response.status}` });
  } catch (error) {
    logger.warn('slack not answered', { reason: error instanceof Error ? error.name : 'unknown' });
  }
}

/** Slack's own host for answers; a stand-in for Slack takes them itself. */
function originOfAnswers(settings: ApprovalSettings): string {
  const { hostname, origin } = new URL(apiUrlOf(settings));
  return hostname === 'slack.com' ? 'https://hooks.slack.com' : origin;
}
