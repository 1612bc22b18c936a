import { ask } from '../../../lambdas/approve/ask/ask.ts';
import type { ApprovalRow } from '../../../lambdas/contract/approval.ts';
import type { ApprovalSettings } from '../../../lambdas/contract/approval-settings.ts';
import { ENV, ID, SETTINGS } from '../../support/fixtures.ts';
import { world } from '../../support/world.ts';

/* A run that puts its question to people. */

export const put = (taskToken = 'token-1', settings: ApprovalSettings = SETTINGS) =>
  ask({ itemId: ID, generation: 1, taskToken }, { env: ENV, settings });

export const approval = () => world.tables.row<ApprovalRow>('approvals', `${ID}-g1`) as ApprovalRow;
