import type { Operation, Route, Who } from '../routes.ts';

/* What generators and readers group and name operations by. */

export const TAGS = [
  { name: 'Items', description: 'Post work, read back what was decided and done, take it back.' },
  { name: 'Automations', description: 'What runs here, and its state, budget, caution and confidence.' },
  {
    name: 'Neighbours',
    description: 'Model endpoints and destinations: what they can do, and their breakers.',
  },
  { name: 'Oversight', description: 'The audit, statistics, reports and cases of decisions.' },
  { name: 'People', description: 'Pages of approvers and the console, and what Slack calls.' },
  { name: 'Description', description: 'This document.' },
] as const;
type Tag = (typeof TAGS)[number]['name'];

/** By the beginning of the path; the first that fits. */
const UNDER: readonly (readonly [string, Tag])[] = [
  ['/v1/items', 'Items'],
  ['/v1/endpoints', 'Neighbours'],
  ['/v1/breakers', 'Neighbours'],
  ['/v1/automations', 'Automations'],
  ['/v1/redrives', 'Automations'],
  ['/v1/dead-letters', 'Automations'],
  ['/v1/', 'Oversight'],
  ['/mcp', 'Items'],
  ['/openapi.json', 'Description'],
  ['/', 'People'],
];

export function tagOf(path: string): Tag {
  return UNDER.find(([beginning]) => path.startsWith(beginning))?.[1] ?? 'People';
}

/** Names of methods in a generated client. @default the operation's own name in the table */
const NAMES: Partial<Record<Operation, string>> = {
  item: 'getItem',
  withdraw: 'withdrawItem',
  items: 'listItems',
  automations: 'listAutomations',
  automation: 'getAutomation',
  audit: 'getAudit',
  audits: 'getAudits',
  drift: 'getDrift',
  judged: 'getJudged',
  statistics: 'getStatistics',
  outcomes: 'getOutcomes',
  cases: 'getCases',
  report: 'getReport',
  redrive: 'redriveItem',
  redrives: 'redriveItems',
  redriveState: 'getRedrive',
  suspend: 'suspendAutomation',
  drain: 'drainAutomation',
  resume: 'resumeAutomation',
  caution: 'cautionAutomation',
  similarLearnt: 'getSimilar',
  similar: 'switchSimilar',
  reference: 'pinReference',
  review: 'reviewAutomation',
  releases: 'getReleases',
  surrogate: 'getSurrogate',
  surrogateSwitch: 'switchSurrogate',
  release: 'beginRelease',
  promote: 'promoteRelease',
  rollback: 'rollBackRelease',
  rehearsal: 'keepRehearsal',
  calibrate: 'calibrateStep',
  erase: 'eraseSubject',
  receipt: 'getReceipt',
  verification: 'verifyItem',
  exported: 'exportItem',
  verifiedDay: 'verifyDay',
  endpoints: 'listEndpoints',
  probe: 'probeEndpoints',
  breakers: 'listBreakers',
  force: 'forceBreaker',
  deadLetters: 'listDeadLetterQueues',
  deadLettersOf: 'listDeadLetters',
  deadLettersRedrive: 'redriveDeadLetters',
  deadLettersDelete: 'deleteDeadLetters',
  description: 'getDescription',
  slack: 'receiveSlackClick',
  mcp: 'sendMcpMessage',
};

export function operationIdOf(operation: Operation, method: string): string {
  const named = NAMES[operation];
  if (named) return named;
  // A page is read and posted to.
  return operation === 'page' || operation === 'console'
    ? `${method}${operation === 'page' ? 'ApprovalPage' : 'Console'}`
    : operation;
}

const MAY: Readonly<Record<Extract<Who, string>, string>> = {
  client:
    'For every token. A client finds what is its own, an operator everything of the automations of its token.',
  auditor: "For an auditor's or an operator's token.",
  operator: "For an operator's token.",
};

/** Who may call it. */
export function mayCall({ who, everywhere }: Pick<Route, 'who' | 'everywhere'>): string {
  if (typeof who === 'object') return `Without a token: ${who.reason}.`;
  return everywhere ? `${MAY[who]} The token must be for all automations.` : MAY[who];
}
