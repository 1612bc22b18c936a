/*
 * Quotas of AWS that a deployment can meet, in an account with the defaults. `npm run capacity` reckons with them and
 * `docs/capacity.md` shows each. AWS changes them: what an account really has stands in Service Quotas.
 */

/**
 * How a value is known. `page`: read in a stored copy of the page that `url` names. `old`: the copy is some years old, or of an unknown day. `check`: known
 * without a page to show for it. Only `page` is worth relying on without a look.
 */
export type Known = 'page' | 'old' | 'check';

export interface Quota {
  service: string;
  what: string;
  value: number;
  unit: string;
  /** Whether AWS raises it on request; `scales`: it rises by itself with use. */
  adjustable: 'yes' | 'no' | 'scales';
  /** What to do where it is too little. */
  raise: string;
  url: string;
  known: Known;
}

/** The day on which all of them were looked up. */
export const READ_AT = '2026-11-29';

const DOCS = 'https://docs.aws.amazon.com';
const SERVICE_QUOTAS = 'Service Quotas';
const NOT = 'not possible';
const DYNAMO = 'https://repost.aws/knowledge-center/on-demand-table-throttling-dynamodb';
const FUNCTIONS = `${DOCS}/lambda/latest/dg/gettingstarted-limits.html`;
const RUNS = `${DOCS}/step-functions/latest/dg/service-quotas.html`;
const API = `${DOCS}/apigateway/latest/developerguide/http-api-quotas.html`;
const STACKS = `${DOCS}/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html`;
const BUS = `${DOCS}/eventbridge/latest/userguide/eb-quota.html`;

/** A quota that only another kind of request, account or region gets around. */
const fixed = { adjustable: 'no', raise: NOT } as const;
const asked = { adjustable: 'yes', raise: SERVICE_QUOTAS } as const;

export const QUOTAS = {
  apiRequests: {
    ...{ service: 'API Gateway', what: 'requests, all APIs of a region', value: 10_000, unit: '/s' },
    ...{ ...asked, raise: `${SERVICE_QUOTAS}; 2,500 in some regions` },
    ...{ url: `${DOCS}/apigateway/latest/developerguide/limits.html`, known: 'page' },
  },
  apiRoutes: {
    ...{ service: 'API Gateway', what: 'routes of an API', value: 300, unit: '' },
    ...{ ...asked, url: API, known: 'page' },
  },
  apiIntegrations: {
    ...{ service: 'API Gateway', what: 'integrations of an API', value: 300, unit: '' },
    ...{ ...fixed, url: API, known: 'page' },
  },
  concurrency: {
    ...{ service: 'Lambda', what: 'concurrent executions, all functions of a region', value: 1000, unit: '' },
    ...{ ...asked, raise: `${SERVICE_QUOTAS}; a new account has fewer, and \`preflight\` says how many` },
    ...{ url: FUNCTIONS, known: 'page' },
  },
  mappingConcurrency: {
    ...{ service: 'Lambda', what: 'batches of one queue at a time', value: 1000, unit: '' },
    ...{ ...fixed, url: `${DOCS}/lambda/latest/dg/API_ScalingConfig.html`, known: 'page' },
  },
  environmentBytes: {
    ...{ service: 'Lambda', what: 'variables of a function', value: 4096, unit: ' bytes' },
    ...{ ...fixed, url: FUNCTIONS, known: 'old' },
  },
  functionPolicyBytes: {
    ...{ service: 'Lambda', what: 'resource policy of a function', value: 20_480, unit: ' bytes' },
    ...{ ...fixed, url: FUNCTIONS, known: 'old' },
  },
  inFlight: {
    ...{ service: 'SQS', what: 'messages in work, of one queue', value: 120_000, unit: '' },
    ...{ adjustable: 'no', raise: 'about so many, as the page says; more queues, so more automations' },
    ...{
      url: `${DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html`,
      known: 'page',
    },
  },
  tableWrites: {
    ...{ service: 'DynamoDB', what: 'write units of a table, on demand', value: 40_000, unit: '/s' },
    ...{ ...asked, url: `${DOCS}/amazondynamodb/latest/developerguide/ServiceQuotas.html`, known: 'page' },
  },
  newTableWrites: {
    ...{ service: 'DynamoDB', what: 'write units of a new table, at once', value: 4000, unit: '/s' },
    ...{
      adjustable: 'scales',
      raise: 'at most twice the former peak within 30 minutes; let load grow, or warm the table first',
    },
    ...{ url: DYNAMO, known: 'page' },
  },
  partitionWrites: {
    ...{ service: 'DynamoDB', what: 'write units of a partition, so of one key', value: 1000, unit: '/s' },
    ...{ ...fixed, url: DYNAMO, known: 'page' },
  },
  runStarts: {
    ...{ service: 'Step Functions', what: 'starts of runs', value: 150, unit: '/s' },
    ...{ ...asked, raise: `${SERVICE_QUOTAS}; 300 in us-east-1, us-west-2 and eu-west-1` },
    ...{ url: RUNS, known: 'old' },
  },
  transitions: {
    ...{ service: 'Step Functions', what: 'state transitions', value: 500, unit: '/s' },
    ...{ ...asked, raise: `${SERVICE_QUOTAS}; 1,500 in those three regions, fewer in a new account` },
    ...{ url: RUNS, known: 'old' },
  },
  openRuns: {
    ...{ service: 'Step Functions', what: 'open runs', value: 1_000_000, unit: '' },
    ...{ ...asked, url: RUNS, known: 'old' },
  },
  putEvents: {
    ...{ service: 'EventBridge', what: 'calls of PutEvents', value: 400, unit: '/s' },
    ...{ ...asked, raise: `${SERVICE_QUOTAS}; 400 in the smallest regions, 10,000 in the largest` },
    ...{ url: BUS, known: 'page' },
  },
  eventRules: {
    ...{ service: 'EventBridge', what: 'rules of a bus', value: 300, unit: '' },
    ...{ ...asked, url: BUS, known: 'page' },
  },
  objectPuts: {
    ...{ service: 'S3', what: 'writes below one prefix', value: 3500, unit: '/s' },
    ...{ adjustable: 'scales', raise: 'S3 splits a prefix by itself, in 30 to 60 minutes' },
    ...{ url: `${DOCS}/AmazonS3/latest/userguide/optimizing-performance.html`, known: 'page' },
  },
  mailsPerDay: {
    ...{ service: 'SES', what: 'mails of an account in the sandbox', value: 200, unit: ' a day' },
    ...{ ...asked, raise: 'ask for production access; AWS publishes no number for after that' },
    ...{ url: `${DOCS}/ses/latest/dg/quotas.html`, known: 'page' },
  },
  stackResources: {
    ...{ service: 'CloudFormation', what: 'resources of a stack', value: 500, unit: '' },
    ...{ ...fixed, url: STACKS, known: 'page' },
  },
  stackOutputs: {
    ...{ service: 'CloudFormation', what: 'outputs of a stack', value: 200, unit: '' },
    ...{ ...fixed, url: STACKS, known: 'page' },
  },
  templateBytes: {
    ...{ service: 'CloudFormation', what: 'template of a stack', value: 1_000_000, unit: ' bytes' },
    ...{ ...fixed, url: STACKS, known: 'page' },
  },
  stacks: {
    ...{ service: 'CloudFormation', what: 'stacks of a region', value: 2000, unit: '' },
    ...{ ...asked, url: STACKS, known: 'page' },
  },
  rolePolicyCharacters: {
    ...{ service: 'IAM', what: 'inline policies of a role', value: 10_240, unit: ' characters' },
    ...{ ...fixed, url: `${DOCS}/IAM/latest/UserGuide/reference_iam-quotas.html`, known: 'old' },
  },
  roles: {
    ...{ service: 'IAM', what: 'roles of an account', value: 1000, unit: '' },
    ...{ ...asked, raise: `${SERVICE_QUOTAS}, up to 5,000` },
    ...{ url: `${DOCS}/IAM/latest/UserGuide/reference_iam-quotas.html`, known: 'old' },
  },
  alarms: {
    ...{ service: 'CloudWatch', what: 'alarms of a region', value: 5000, unit: '' },
    ...{
      ...asked,
      url: `${DOCS}/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html`,
      known: 'check',
    },
  },
} as const satisfies Readonly<Record<string, Quota>>;

export type QuotaName = keyof typeof QUOTAS;

/**
 * Lambda's runtime that every function has: AWS takes no security updates to it after this day, and some weeks later no new deployment.
 * It follows the end of Node.js 24 itself.
 */
export const RUNTIME = {
  name: 'nodejs24.x',
  endsOn: '2028-04-30',
  url: `${DOCS}/lambda/latest/dg/lambda-runtimes.html`,
} as const;
