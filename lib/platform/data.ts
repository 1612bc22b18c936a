import { Duration, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { SHOWN_BY_AUTOMATION, SHOWN_BY_PHASE } from '../../lambdas/tables/indexes.ts';
import { contentOfAll } from '../../lambdas/tables/keys.ts';
import { houseSecret } from '../parts/secret.ts';
import { endingSooner } from '../retention.ts';
import type { Foundation } from './foundation.ts';
import { inboundBucket, mailBucket } from './inbound.ts';
import { neighbourSecrets } from './neighbour-secrets.ts';
import { auditArchive } from './proof/archive.ts';
import { uploadBucket } from './uploads.ts';

/** The index of the items table that lists an automation's items by time. */
export const BY_AUTOMATION = 'byAutomation';

/**
 * The index of the items table that lists a client's items by time: keys alone, so that an item's changes
 * cost nothing there.
 */
export const BY_CLIENT = 'byClient';
export const BY_REFERENCE = 'byReference';
/** Items whose label promises an end that nobody has looked at yet: keys alone. */
export const BY_PROMISE = 'byPromise';
export const BY_WAIT = 'byWait';

/** The index of the idempotency table that lists what was kept of an item's words: keys alone, of the rows that have some. */
export const BY_ITEM = 'byItem';

/** The index of the approvals table that lists open approvals, and the closed ones by month. */
export const BY_PHASE = 'byPhase';

/** The index of the receipts table that lists an automation's chain in its order. The heads of chains are not in it. */
export const BY_CHAIN = 'byChain';

/** Everything that must survive: tables, the content bucket, secrets. */
export class Data extends Construct {
  readonly items: Table;
  readonly idempotency: Table;
  readonly approvals: Table;
  /** Written once, never changed: the record of commands and decisions. */
  readonly audit: Table;
  readonly control: Table;
  /** Which items are about whom, by keyed hashes. */
  readonly subjects: Table;
  /** What became of items: written once, and one after another. */
  readonly receipts: Table;
  /** What leads to an approval: hashes of links, and task tokens. Only the functions of approvals read it. */
  readonly links: Table;
  readonly content: Bucket;
  /** What clients upload, until it is read, and what was refused. */
  readonly uploads: Bucket;
  /** What came by mail, until it is taken in. */
  readonly mails: Bucket;
  /** What others put for an automation, below its name. */
  readonly drops: Bucket;
  /** A copy of each entry of the audit; nothing in it is written twice. */
  readonly auditArchive: Bucket;
  /** By the name in `signalbox.config.ts`. */
  readonly destinationSecrets: Record<string, Secret>;
  readonly endpointSecrets: Record<string, Secret>;
  readonly sourceSecrets: Record<string, Secret>;
  readonly clientsSecret: Secret;
  /** No function reads it but those that make keys of it. */
  readonly rootSecret: Secret;
  /** Hashes the subjects of items. */
  readonly subjectSecret: Secret;
  /** Where the configuration has Slack. */
  readonly slackSecret: Secret | undefined;
  /** Where the configuration has an identity provider. */
  readonly oidcSecret: Secret | undefined;

  constructor(scope: Construct, foundation: Foundation) {
    super(scope, 'data');
    const { config, environment } = foundation;
    const table = (name: string, props: Partial<TableProps> = {}) =>
      new Table(this, name, {
        partitionKey: { name: 'id', type: AttributeType.STRING },
        billingMode: BillingMode.PAY_PER_REQUEST,
        encryption: TableEncryption.AWS_MANAGED,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        timeToLiveAttribute: 'expiresAt',
        removalPolicy: environment.removal,
        deletionProtection: environment.protected,
        ...props,
      });

    this.items = table('items', { stream: StreamViewType.NEW_AND_OLD_IMAGES });
    this.items.addGlobalSecondaryIndex({
      indexName: BY_AUTOMATION,
      partitionKey: { name: 'automation', type: AttributeType.STRING },
      sortKey: { name: 'order', type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...SHOWN_BY_AUTOMATION],
    });
    this.items.addGlobalSecondaryIndex({
      indexName: BY_CLIENT,
      partitionKey: { name: 'client', type: AttributeType.STRING },
      sortKey: { name: 'order', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    // Items of automations without a reference field are not in it.
    this.items.addGlobalSecondaryIndex({
      indexName: BY_REFERENCE,
      partitionKey: { name: 'reference', type: AttributeType.STRING },
      sortKey: { name: 'order', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.items.addGlobalSecondaryIndex({
      indexName: BY_PROMISE,
      partitionKey: { name: 'automation', type: AttributeType.STRING },
      sortKey: { name: 'promisedUntil', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    // Those alone stand in it that wait for a neighbour that is down.
    this.items.addGlobalSecondaryIndex({
      indexName: BY_WAIT,
      partitionKey: { name: 'waitsOn', type: AttributeType.STRING },
      sortKey: { name: 'order', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.idempotency = table('idempotency');
    this.idempotency.addGlobalSecondaryIndex({
      indexName: BY_ITEM,
      partitionKey: { name: 'madeFor', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.subjects = table('subjects', { sortKey: { name: 'item', type: AttributeType.STRING } });
    this.approvals = table('approvals', { stream: StreamViewType.NEW_AND_OLD_IMAGES });
    this.approvals.addGlobalSecondaryIndex({
      indexName: BY_PHASE,
      partitionKey: { name: 'phase', type: AttributeType.STRING },
      sortKey: { name: 'phaseAt', type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...SHOWN_BY_PHASE],
    });
    this.audit = table('audit', {
      partitionKey: { name: 'month', type: AttributeType.STRING },
      sortKey: { name: 'order', type: AttributeType.STRING },
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    this.receipts = table('receipts', { sortKey: { name: 'change', type: AttributeType.STRING } });
    this.receipts.addGlobalSecondaryIndex({
      indexName: BY_CHAIN,
      partitionKey: { name: 'chain', type: AttributeType.STRING },
      sortKey: { name: 'number', type: AttributeType.NUMBER },
      projectionType: ProjectionType.ALL,
    });
    // Of all that changes in it, one thing is read: that a breaker closed.
    this.control = table('control', { stream: StreamViewType.NEW_AND_OLD_IMAGES });
    this.links = table('links');

    this.content = new Bucket(this, 'content', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: environment.removal,
      lifecycleRules: [
        {
          expiration: Duration.days(config.retention.contentDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
        ...endingSooner(foundation.automations, config, (name) => [contentOfAll(name)]),
      ],
    });

    Validations.of(this.content).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'a second bucket of access logs would hold item ids; who reads content is in CloudTrail data events',
    });

    this.uploads = uploadBucket(this, foundation);
    this.mails = mailBucket(this, foundation);
    this.drops = inboundBucket(this, 'drops', foundation);
    this.auditArchive = auditArchive(this, foundation);
    const held = neighbourSecrets(this, foundation);
    this.endpointSecrets = held.endpoint;
    this.sourceSecrets = held.source;
    this.destinationSecrets = held.destination;
    this.clientsSecret = houseSecret(
      this,
      foundation,
      'signalbox/clients',
      '{"clients": […]}: who may post work; fill it',
      { clients: [] },
    );
    this.rootSecret = houseSecret(
      this,
      foundation,
      'signalbox/keys',
      "what the house's own keys are made from, each for one purpose",
      'key',
    );
    this.subjectSecret = houseSecret(
      this,
      foundation,
      'signalbox/subjects',
      'hashes whom items are about',
      'key',
    );
    this.slackSecret =
      config.slack &&
      houseSecret(
        this,
        foundation,
        config.slack.secret,
        '{"botToken","signingSecret"} of the Slack app: fill it',
        {
          botToken: '',
          signingSecret: '',
        },
      );
    const { oidc } = config.console;
    this.oidcSecret =
      oidc &&
      houseSecret(this, foundation, oidc.secret, '{"clientSecret"} at the identity provider: fill it', {
        clientSecret: '',
      });
  }
}
