import type { ApprovalSettings } from '../../../contract/approval-settings.ts';
import { errorFacts } from '../../../kit/errors.ts';
import { logger } from '../../../kit/telemetry.ts';
import { type Posted, postMessage, slackApi } from './api.ts';
import { askMessage, type Question } from './messages.ts';

/**
 * Asks one person in Slack as well, if they have a member id there. The mail is what counts: any fault here
 * is only logged, and neither repeats the mail nor keeps it from being recorded.
 * @returns the address of the message, or undefined if there is none
 */
export async function askInSlack(
  env: { SLACK_SECRET: string },
  settings: ApprovalSettings,
  member: string | undefined,
  question: Question,
): Promise<Posted | undefined> {
  if (!member) return undefined;
  try {
    const api = await slackApi(env, settings);
    return api && (await postMessage(api, member, askMessage(question)));
  } catch (error) {
    const { class: kind, message } = errorFacts(error);
    logger.error('not asked in slack', { approval: question.row.id, error: kind, reason: message });
    return undefined;
  }
}
