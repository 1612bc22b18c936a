/*
 * Kinds of resources that hold what cannot be made again. A test holds both tables against the list that `cdk diff` goes by.
 */

export interface Kept {
  /** What it is, for people. */
  what: string;
  /** A change of one makes another resource in its place. */
  replacedBy: readonly string[];
  /** A change of one makes its content anew. */
  emptiedBy?: readonly string[];
  /** What it was protected by: where one of these was on, it stays on. Paths of properties. */
  protectedBy?: readonly string[];
}

const TABLE_GUARDS = [
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled',
];

/** Those of the house, and their next of kin. */
export const KEPT: Readonly<Record<string, Kept>> = {
  'AWS::ApiGatewayV2::Api': { what: 'API', replacedBy: ['ProtocolType'] },
  'AWS::Cognito::UserPool': { what: 'user pool', replacedBy: [] },
  'AWS::DynamoDB::GlobalTable': {
    what: 'global table',
    replacedBy: ['KeySchema', 'LocalSecondaryIndexes', 'TableName'],
  },
  'AWS::DynamoDB::Table': {
    what: 'table',
    replacedBy: ['ImportSourceSpecification', 'KeySchema', 'TableName'],
    protectedBy: TABLE_GUARDS,
  },
  'AWS::Events::EventBus': { what: 'event bus', replacedBy: ['EventSourceName', 'Name'] },
  'AWS::KMS::Key': {
    what: 'key',
    replacedBy: [],
    emptiedBy: ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  },
  'AWS::S3::Bucket': {
    what: 'bucket',
    replacedBy: ['BucketName', 'BucketNamePrefix', 'BucketNamespace', 'ObjectLockEnabled'],
    protectedBy: ['VersioningConfiguration.Status', 'ObjectLockConfiguration.ObjectLockEnabled'],
  },
  'AWS::SQS::Queue': { what: 'queue', replacedBy: ['FifoQueue', 'QueueName'] },
  'AWS::SecretsManager::Secret': {
    what: 'secret',
    replacedBy: ['Name'],
    emptiedBy: ['GenerateSecretString', 'SecretString'],
  },
  // Its runs end with it, and some of them wait for a person.
  'AWS::StepFunctions::StateMachine': {
    what: 'state machine',
    replacedBy: ['StateMachineName', 'StateMachineType'],
  },
};

/**
 * Others that AWS calls stateful. Which of their properties replace them is not known here, so each change of one is called out. Logs
 * are not among them: they are kept for their days only.
 */
export const OTHERS: ReadonlySet<string> = new Set([
  'AWS::Backup::BackupVault',
  'AWS::DocDB::DBCluster',
  'AWS::DocDB::DBInstance',
  'AWS::EC2::Volume',
  'AWS::EFS::FileSystem',
  'AWS::EMR::Cluster',
  'AWS::ElastiCache::CacheCluster',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::Elasticsearch::Domain',
  'AWS::FSx::FileSystem',
  'AWS::Kinesis::Stream',
  'AWS::Neptune::DBCluster',
  'AWS::Neptune::DBInstance',
  'AWS::OpenSearchService::Domain',
  'AWS::Organizations::Account',
  'AWS::QLDB::Ledger',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
  'AWS::SDB::Domain',
]);

/** A template within a template: what it holds is not looked at. */
export const NESTED = 'AWS::CloudFormation::Stack';
const LOGS = 'AWS::Logs::LogGroup';

/** Of a kind that is not in `KEPT` and holds something all the same: by AWS's word, or by that of who keeps it when its stack goes. */
export function holdsUnknown(type: string, deletionPolicy: string | undefined): boolean {
  if (type in KEPT || type === LOGS) return false;
  return OTHERS.has(type) || stays(deletionPolicy);
}

/** `Retain`, `RetainExceptOnCreate`, and `Snapshot`. */
export const stays = (policy: string | undefined): boolean =>
  policy !== undefined && /^(?:Retain|Snapshot)/.test(policy);
