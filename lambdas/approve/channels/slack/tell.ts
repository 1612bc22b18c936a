import type { ApprovalRow } from '../../../contract/approval.ts';
import type { ApprovalSettings } from '../../../contract/approval-settings.ts';
import { errorFacts } from '../../../kit/errors.ts';
import { logger } from '../../../kit/telemetry.ts';
import type { Became } from '../../decision/became.ts';
import { isOpen } from '../../decision/decide.ts';
import { slackApi, updateMessage } from './api.ts';
import { closedMessage } from './messages.ts';

/**
 * Removes the buttons from all Slack messages of an approval, and says what came of it, and of what was approved. It may be repeated.
 * @throws the fault of one message after all others were tried: a temporary one first
 */
export async function tellSlack(
  env: { SLACK_SECRET: string },
  settings: ApprovalSettings,
  row: ApprovalRow,
  became?: Became,
): Promise<void> {
  // The buttons are valid until somebody decides; after an undo they are gone already.
  if (isOpen(row) && !row.trail.some(({ event }) => event === 'undone')) return;
  const posted = Object.values(row.asked).flatMap(({ slack }) => (slack ? [slack] : []));
  const api = posted.length > 0 ? await slackApi(env, settings) : undefined;
  if (!api) return;
  const message = closedMessage(row, became);
  const results = await Promise.allSettled(posted.map((it) => updateMessage(api, it, message)));
  const faults: unknown[] = results.flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
  const changed = results.filter((it) => it.status === 'fulfilled' && it.value).length;
  logger.info('slack told', { approval: row.id, messages: posted.length, changed });
  const first = faults.find((it) => errorFacts(it).class === 'TransientError') ?? faults[0];
  if (first) throw first;
}
