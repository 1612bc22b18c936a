import type { CfnResource, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Automation } from '../../lambdas/contract/automation.ts';
import {
  earlierWebhookSecret,
  WEBHOOKS_METADATA,
  webhookSecret,
} from '../../lambdas/contract/intake/webhooks.ts';
import { secretName } from '../../lambdas/contract/names.ts';
import { behindKey, clientKey, itemIds, kindOf, laneKey, slice, waitKey } from '../../lambdas/tables/keys.ts';
import { Handler } from '../parts/handler.ts';
import { houseSecret } from '../parts/secret.ts';
import { content, type UploadRights, uploads } from '../parts/uses/files.ts';
import { nothing, queue, rows, secret, table, webhookSecrets } from '../parts/uses.ts';
import { addRoutes } from '../platform/api.ts';
import type { Foundation } from '../platform/foundation.ts';
import { retentionOf } from '../retention.ts';
import type { Slot } from './reader.ts';

/** What an automation's intake needs, by whichever door work comes. */
export type Intake = Slot & { reads: Queue | undefined };

/** Takes an automation's work in by its API, and announces its documents where it takes some. */
export function intakeOf(stack: Stack, slot: Intake): void {
  const { automation, platform, folder } = slot;
  const { foundation, data, api } = platform;
  const { name, documents, doors: { webhooks = {} } = {} } = automation;
  const { config, environment } = foundation;
  const signed = Object.keys(webhooks);
  const secrets = signed.length > 0 ? [webhookSecretOf(stack, foundation, name, signed)] : [];
  const intake = new Handler(stack, 'intake/intake', {
    ...{ foundation, folder, warm: config.warm.automations[name]?.intake },
    description: `takes in items of ${name}`,
    uses: [
      ...accepting(slot),
      // Reading is for `Prefer: wait`, which answers with the finished item.
      table(data, 'APPROVAL_TABLE', rows([slice(name)], 'GetItem')),
      table(
        data,
        'CONTROL_TABLE',
        ...givesWay(automation),
        // Posts of each client today, and slots to wait: clients and accounts span automations.
        rows([clientKey('*', '*'), waitKey('*')], 'UpdateItem'),
      ),
      webhookSecrets(
        secrets,
        signed.map((webhook) => secretName(environment.name, earlierWebhookSecret(name, webhook))),
      ),
    ],
    tells: {
      STAGE: environment.name,
      ITEM_DAYS: String(retentionOf(automation, config).itemDays),
      WAITS_AT_MOST: String(config.api.waitsAtMost),
    },
  });
  addRoutes(stack, api, intake, name, [
    ...(documents ? [] : (['upload'] as const)),
    ...(signed.length > 0 ? [] : (['webhook'] as const)),
  ]);
}

/**
 * One for all webhooks of an automation: each costs by the month. What CloudFormation is told of it stays the same whatever webhooks
 * come and go, so that it never writes over what a person has filled in.
 */
function webhookSecretOf(stack: Stack, foundation: Foundation, name: string, webhooks: string[]) {
  const about = `{"<webhook>": ["…"]}: what calls of each webhook of ${name} are signed with; fill it`;
  const secret = houseSecret(stack, foundation, webhookSecret(name), about, {});
  (secret.node.defaultChild as CfnResource).addMetadata(WEBHOOKS_METADATA, webhooks);
  return secret;
}

/** To know whether approvers, queue or budget are behind, and when what is deferred comes back. */
export function givesWay({ name, promise }: Automation) {
  const promised = promise ? [kindOf(name, 'budget'), laneKey(name, 'late')] : [];
  return [
    rows([behindKey(name), ...promised], 'GetItem'),
    rows([laneKey(name, 'slots')], 'UpdateItem'),
  ] as const;
}

/** What is done with uploads where an automation takes documents: who uploads a file puts it there with the function's own right. */
const UPLOADS = { uploads: ['GetObject', 'PutObject'], documents: ['PutObject'] } as const;

/** What a door needs beside. */
export interface Beside {
  /** Further rights in the bucket of uploads. */
  files?: UploadRights | undefined;
  /** It takes objects in and removes them. @default false */
  removes?: boolean;
}

/** To take an item in: its claim, its content, its documents, the item, and its message. */
export function accepting(
  { automation, platform, work, urgent, reads }: Intake,
  { files, removes = false }: Beside = {},
) {
  const { data } = platform;
  const { name, documents } = automation;
  return [
    table(data, 'ITEM_TABLE', rows([itemIds(name)], 'GetItem', 'PutItem')),
    table(
      data,
      'IDEMPOTENCY_TABLE',
      // What an action came to is no request.
      rows([kindOf(name, 'request')], 'GetItem', 'PutItem'),
      documents ? rows([kindOf(name, 'upload')], 'GetItem', 'PutItem', 'UpdateItem') : nothing,
      removes ? rows([kindOf(name, 'arrival')], 'GetItem', 'PutItem') : nothing,
    ),
    content(data, slice(name), 'GetObject', 'PutObject'),
    // Whom it is about, as a keyed hash.
    table(data, 'SUBJECT_TABLE', rows([kindOf(name, 'subject')], 'PutItem')),
    secret('SUBJECT_SECRET', data.subjectSecret),
    queue('WORK_QUEUE_URL', work, 'SendMessage'),
    queue('URGENT_QUEUE_URL', urgent, 'SendMessage'),
    queue('READ_QUEUE_URL', reads, 'SendMessage'),
    uploads(documents || files ? data : undefined, name, { ...(documents ? UPLOADS : {}), ...files }),
  ] as const;
}
