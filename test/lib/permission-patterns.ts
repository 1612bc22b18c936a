import { automations } from '../support/automations.ts';

/** The name of any automation, in a pattern. */
export const ANY = `(?:${automations.map(({ name }) => name).join('|')})`;

export const RUN_ACTIONS = [
  'states:SendTaskSuccess',
  'states:SendTaskFailure',
  'states:DescribeExecution',
  'states:StartExecution',
];

/** Every resource that is a pattern: who may do what with it, and why it cannot be narrower. */
export const WILDCARDS = [
  {
    reason: 'X-Ray has no resources to name',
    who: /./,
    resource: /^\*$/,
    actions: [
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
    ],
  },
  {
    reason: 'neither a list of queues nor a metric has a resource to name',
    who: /operate--redrives/,
    resource: /^\*$/,
    actions: ['sqs:ListQueues', 'cloudwatch:GetMetricStatistics'],
  },
  {
    reason: 'the clock looks at the queues of automations that are deployed after it',
    who: /operate--redrives/,
    resource: /:sqs:.*:[Ss]ignalbox-prod-\*$/,
    actions: ['sqs:GetQueueAttributes'],
  },
  {
    reason: 'the streams of a table have no name to list them by',
    who: /approve--on-change|operate--redrives|record--(?:publish|outcomes|archive)/,
    resource: /^\*$/,
    actions: ['dynamodb:ListStreams'],
  },
  {
    reason: 'the delivery of logs is set up by Step Functions and has no resources to name',
    who: /\/item\/Role/,
    resource: /^\*$/,
    actions: [
      ...[
        'logs:CreateLogDelivery',
        'logs:GetLogDelivery',
        'logs:UpdateLogDelivery',
        'logs:DeleteLogDelivery',
      ],
      ...[
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
      ],
    ],
  },
  {
    reason: 'in the SES sandbox the recipient is an identity too; a condition holds the sender',
    who: /approve--ask|act--act|operate--(?:report|redrives|alarms)/,
    resource: /:ses:.*:identity\/\*$/,
    actions: ['ses:SendEmail'],
  },
  {
    reason: 'one object per item, and items are not known before they are posted',
    who: /(?:approve--page|approve--timekeeper|console--console)/,
    resource: /datacontent\w+(?:\.Arn)?>\/items\/\*$/,
    actions: ['s3:GetObject', 's3:PutObject'],
  },
  {
    reason: 'the same, of the items of one automation',
    who: /Signalbox-prod-([\w-]+)\/(?:intake--(?:intake|doors|forward)|process--process|read--read|operate--surrogates)/,
    resource: new RegExp(`datacontent\\w+(?:\\.Arn)?>/items/${ANY}_(?:\\*|surrogate-\\*/\\*\\.json)$`),
    actions: ['s3:GetObject', 's3:PutObject'],
  },
  {
    reason: 'an operator may replace the input of any item, beside what it came with',
    who: /operate--commands/,
    resource: /datacontent\w+(?:\.Arn)?>\/items\/\*\/body-\*\.json$/,
    actions: ['s3:PutObject'],
  },
  {
    reason: 'whose content is to be removed is known only when somebody asks for it',
    who: /erasing\/operate--erase/,
    resource:
      /data(?:content\w+(?:\.Arn)?>\/items|uploads\w+(?:\.Arn)?>\/(?:documents|quarantine|inbound|uploads))\/\*$/,
    actions: ['s3:DeleteObject'],
  },
  {
    reason: 'one file per upload, announced before it is there',
    who: /Signalbox-prod-([\w-]+)\/intake--(?:intake|doors)/,
    resource: new RegExp(`datauploads\\w+(?:\\.Arn)?>/uploads/${ANY}_\\*$`),
    actions: ['s3:GetObject', 's3:PutObject'],
  },
  {
    reason: 'each synchronisation of a collection has a file of its own',
    who: /Signalbox-prod-[\w-]+\/process--process/,
    resource: /datauploads\w+(?:\.Arn)?>\/collections\/[a-z0-9-]+\/\*$/,
    actions: ['s3:GetObject'],
  },
  {
    reason: 'the copy that is its item’s own',
    who: /Signalbox-prod-([\w-]+)\/intake--(?:intake|doors)/,
    resource: new RegExp(`datauploads\\w+(?:\\.Arn)?>/documents/${ANY}_\\*$`),
    actions: ['s3:PutObject'],
  },
  {
    reason: 'who reads an item’s documents removes what is left of them elsewhere',
    who: /Signalbox-prod-([\w-]+)\/read--read/,
    resource: new RegExp(`datauploads\\w+(?:\\.Arn)?>/documents/${ANY}_\\*$`),
    actions: ['s3:GetObject', 's3:DeleteObject'],
  },
  {
    reason: 'the same, of uploads',
    who: /Signalbox-prod-([\w-]+)\/read--read/,
    resource: new RegExp(`datauploads\\w+(?:\\.Arn)?>/uploads/${ANY}_\\*$`),
    actions: ['s3:DeleteObject'],
  },
  {
    reason: 'refused documents, which nobody may read',
    who: /Signalbox-prod-([\w-]+)\/(?:read--read|intake--doors)/,
    resource: new RegExp(`datauploads\\w+(?:\\.Arn)?>/quarantine/${ANY}_\\*$`),
    actions: ['s3:PutObject'],
  },
  {
    reason: 'a mail as it came, beside its item',
    who: /Signalbox-prod-([\w-]+)\/intake--doors/,
    resource: new RegExp(`datauploads\\w+(?:\\.Arn)?>/inbound/${ANY}_\\*$`),
    actions: ['s3:PutObject'],
  },
  {
    reason: 'mails and dropped files have names of others; what is taken in is removed',
    who: /Signalbox-prod-([\w-]+)\/intake--doors/,
    resource: new RegExp(`data(?:mails|drops)\\w+(?:\\.Arn)?>/${ANY}/\\*$`),
    actions: ['s3:GetObject', 's3:DeleteObject'],
  },
  {
    reason:
      'items that a budget held back, or an operator lets go on, are sent to the queue of their automation, and to no other kind',
    who: /operate--(?:commands|redrives)/,
    resource: /:sqs:.*:signalbox-prod-\*-work(?:-urgent)?$/,
    actions: ['sqs:GetQueueUrl', 'sqs:SendMessage'],
  },
  {
    reason: 'operators look at the dead letters of every automation, and remove them',
    who: /operate--commands/,
    resource: /:sqs:.*:signalbox-prod-\*-dead-letters$/,
    actions: [
      ...['sqs:GetQueueUrl', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      ...['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'],
    ],
  },
  {
    reason: 'a dead letter goes back to the queue that it came from: any of the stacks of the environment',
    who: /operate--commands/,
    resource: /:sqs:.*:Signalbox-prod-\*$/,
    actions: ['sqs:GetQueueUrl', 'sqs:SendMessage'],
  },
  {
    reason: 'what people approved goes to the action queue of any automation, which is made after them',
    who: /approve--(?:on-change|ask)/,
    resource: /:sqs:.*:Signalbox-prod-\*$/,
    actions: ['sqs:SendMessage'],
  },
  {
    reason: 'one object per entry of the audit, and its bucket takes nothing twice',
    who: /record--archive/,
    resource: /dataauditarchive\w+(?:\.Arn)?>\/audit\/\*$/,
    actions: ['s3:PutObject'],
  },
  {
    reason: 'one root a day, in the same bucket: made by one, and read by who compares chains with it',
    who: /record--outcomes/,
    resource: /dataauditarchive\w+(?:\.Arn)?>\/roots\/\*\.json$/,
    actions: ['s3:GetObject', 's3:PutObject'],
  },
  {
    reason: 'the same',
    who: /operate--verify/,
    resource: /dataauditarchive\w+(?:\.Arn)?>\/roots\/\*\.json$/,
    actions: ['s3:GetObject'],
  },
  {
    reason: 'the salt of any item’s receipts, and no other content',
    who: /record--outcomes/,
    resource: /datacontent\w+(?:\.Arn)?>\/items\/\*\/receipt-salt\.json$/,
    actions: ['s3:PutObject'],
  },
  {
    reason: 'documents of any item, to compare them with its receipt',
    who: /operate--verify/,
    resource: /datauploads\w+(?:\.Arn)?>\/documents\/\*\/\*$/,
    actions: ['s3:GetObject'],
  },
  {
    reason: 'the same, for those who only read',
    who: /approve--(?:ask|slack)|api--api|operate--(?:commands|verify)|record--outcomes/,
    resource: /datacontent\w+(?:\.Arn)?>\/items\/\*$/,
    actions: ['s3:GetObject'],
  },
  {
    reason: 'the same, of the items of one automation',
    who: /act--act/,
    resource: new RegExp(`datacontent\\w+(?:\\.Arn)?>/items/${ANY}_\\*$`),
    actions: ['s3:GetObject'],
  },
  {
    reason:
      'approve carries decisions to the runs of every automation of its environment, and of no other state machine',
    who: /approve--(?:on-change|ask)/,
    resource: /:stateMachine:signalbox-prod-\*$|:execution:signalbox-prod-\*:\*$/,
    actions: RUN_ACTIONS,
  },
];
