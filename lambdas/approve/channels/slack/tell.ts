import type { ApprovalRow } from '../../../contract/approval.ts';
import type { ApprovalSettings } from '../../../contract/approval-settings.ts';
import { errorFacts } from '../../../kit/errors.ts';
import { logger } from '../../../kit/telemetry.ts';
import { isOpen } from '../../decision/decide.ts';
import { slackApi, updateMessage } from './api.ts';
import { closedMessage } from './messages.ts';

/**
 * Takes the buttons away from everybody who was asked in Slack, and says what came of the question. It may be done again.
 * @throws the fault of one message, once all the others were tried: a temporary one first
 */
export async function tellSlack(
  env: { SLACK_SECRET: string },
  settings: ApprovalSettings,
  row: ApprovalRow,
): Promise<void> {
  // Its buttons are good as long as nobody has decided; after an undo they are gone already.
  if (isOpen(row) && !row.trail.some(({ event }) => event === 'undone')) return;
  const posted = Object.values(row.asked).flatMap(({ slack }) => (slack ? [slack] : []));
  const api = posted.length > 0 ? await slackApi(env, settings) : undefined;
  if (!api) return;
  const message = closedMessage(row);
  const results = await Promise.allSettled(posted.map((it) => updateMessage(api, it, message)));
  const faults: unknown[] = results.flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
  const changed = results.filter((it) => it.status === 'fulfilled' && it.value).length;
  logger.info('slack told', { approval: row.id, messages: posted.length, changed });
  const first = faults.find((it) => errorFacts(it).class === 'TransientError') ?? faults[0];
  if (first) throw first;
}
