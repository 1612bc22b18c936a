import type { HandlerName } from '../contract/env.ts';
import * as bodies from './door/bodies.ts';
import { DEAD_LETTERS } from './door/dead-letters.ts';
import * as queries from './door/queries.ts';
import { RELEASE_ROUTES } from './door/releases.ts';
import { command, gives, machines, NONE, people, type Route, read, verifying } from './door/route.ts';
import { SIMILAR_ROUTES } from './door/similar.ts';
import { SURROGATE_ROUTES } from './door/surrogates.ts';

export type { Gives, Open, Route, Who } from './door/route.ts';

/*
 * The one table of the API. From it are made API Gateway's routes (`lib/`), the dispatch in each function, the description in
 * `/openapi.json`, and their tests. It loads no client of AWS: the synth reads it too.
 */

const SIGNED_IN = people('people have no token: the console asks them to sign in');

export const ROUTES = {
  description: {
    at: 'GET /openapi.json',
    fn: 'api/api',
    who: machines('the description of the API is public, like the repository it is made from'),
  },
  post: { at: 'POST /v1/automations/{automation}/items', fn: 'intake/intake', who: 'client' },
  upload: { at: 'POST /v1/automations/{automation}/uploads', fn: 'intake/intake', who: 'client' },
  webhook: {
    at: 'POST /v1/automations/{automation}/webhooks/{name}',
    fn: 'intake/intake',
    who: machines(
      'its senders cannot set a token: they sign each call, and the function checks the signature',
    ),
  },
  item: {
    ...read('client', 'GET /v1/items/{id}', queries.itemQuery),
    says: 'One item: its whole story',
    ...{ gives: gives('The item', 'Item'), refuses: NONE },
  },
  withdraw: {
    at: 'DELETE /v1/items/{id}',
    fn: 'operate/commands',
    who: 'client',
    query: queries.noQuery,
    body: bodies.withdrawBody,
    says: 'Take an item back, until it acts',
    gives: gives('The item, withdrawn; its open approval is closed', 'Item'),
    refuses: { ...NONE, 409: 'The item acts, has acted or may have, or is at its end: see itemStatus' },
  },
  items: {
    ...read('client', 'GET /v1/items', queries.listQuery),
    says: 'Items, newest first',
    ...{ gives: gives('A page', 'Page'), refuses: NONE },
  },
  receipt: {
    ...verifying('client', 'GET /v1/items/{id}/receipt', queries.noQuery),
    says: "An item's receipt in the chain of its automation",
    gives: gives('The receipt of its last outcome', 'Receipt'),
  },
  verification: {
    ...verifying('auditor', 'GET /v1/items/{id}/verification', queries.noQuery),
    says: 'Whether an item is what its receipts say, for operators and auditors',
    gives: gives('What differs, by name', 'Verified'),
  },
  exported: {
    ...verifying('operator', 'GET /v1/items/{id}/export', queries.noQuery),
    says: 'Everything about one item, content included, for operators',
    gives: gives('The item, its receipts, its content and its entries of the audit', 'Export'),
  },
  verifiedDay: {
    ...verifying('auditor', 'GET /v1/receipts/{day}', queries.dayQuery),
    says: 'Whether the chains of a day are whole, for operators and auditors',
    gives: gives('What differs, by name; with a cursor there is more: ask again with it', 'VerifiedDay'),
  },
  automations: {
    ...read('client', 'GET /v1/automations', queries.noQuery),
    says: 'The registry',
    gives: gives('Every automation this token may use', { list: 'automations', of: 'Automation' }),
  },
  automation: {
    ...read('client', 'GET /v1/automations/{name}', queries.noQuery),
    says: 'One automation',
    ...{ gives: gives('The automation', 'Automation'), refuses: NONE },
  },
  outcomes: {
    ...read('client', 'GET /v1/automations/{name}/statistics', queries.outcomesQuery),
    says: "What became of an automation's items, by hour or by day",
    gives: gives('Counts, times, money and rates; other clients for operators and auditors', 'Outcomes'),
    refuses: NONE,
  },
  audits: {
    ...read('auditor', 'GET /v1/automations/{name}/audits', queries.auditsQuery),
    says: 'What people found who looked at a share of what ended alone, for operators and auditors',
    gives: gives('Precision and recall by label with bounds, agreement, and what waits', 'Audits'),
    refuses: NONE,
  },
  drift: {
    ...read('auditor', 'GET /v1/automations/{name}/drift', queries.noQuery),
    says: 'How the last week differs from the weeks before it, for operators and auditors',
    gives: gives('What shifted, since when and what to do, and all that was compared', 'Drift'),
    refuses: NONE,
  },
  judged: {
    ...read('operator', 'GET /v1/automations/{name}/judged', queries.judgedQuery),
    says: 'What the gate was given of its items, oldest first, for operators',
    gives: gives('Facts that another policy can be asked about; with a cursor there are more', 'Judged'),
    refuses: NONE,
  },
  audit: {
    ...read('auditor', 'GET /v1/audit', queries.auditQuery),
    says: 'The audit of approvals and commands, for operators and auditors',
    ...{ gives: { ...gives('What happened, in the order of time', 'Audit'), or: 'text/csv' }, refuses: NONE },
  },
  statistics: {
    ...read('auditor', 'GET /v1/statistics', queries.statisticsQuery),
    says: 'Approvals in numbers, for operators and auditors',
    gives: gives('The statistics of the last days', 'Statistics'),
  },
  report: {
    ...read('auditor', 'GET /v1/reports/{week}', queries.noQuery),
    says: 'The report of a week, for operators and auditors',
    ...{ gives: gives('Figures, what broke, what was learnt and what to decide', 'Report'), refuses: NONE },
  },
  cases: {
    ...read('operator', 'GET /v1/cases', queries.casesQuery),
    says: 'Cases out of decisions, for operators',
    ...{ gives: gives('Where people knew better than the automation', 'Cases'), refuses: NONE },
  },
  suspend: {
    ...command('POST /v1/automations/{name}/suspend', bodies.suspendBody),
    says: 'Hold an automation, or these of its actions, until it is resumed, for operators',
    gives: gives('What is held now', 'Held'),
  },
  drain: {
    ...command('POST /v1/automations/{name}/drain', bodies.drainBody),
    says: 'Finish what is begun and begin nothing new until it is resumed, for operators',
    gives: gives('What is held now', 'Held'),
  },
  resume: {
    ...command('POST /v1/automations/{name}/resume', bodies.resumeBody),
    says: "End what is held, allow more for today, and resume the automation's suspended items, for operators",
    gives: gives('What is held still, the budget of today, and how many items were resumed', 'Resumed'),
    refuses: { ...NONE, 409: 'The automation is not deployed' },
  },
  redrive: {
    ...command('POST /v1/items/{id}/redrive', bodies.redriveBody),
    says: 'Let an item go on as its next generation, for operators',
    gives: { ...gives('It goes on', 'Redriven'), status: 202 },
    refuses: { ...NONE, 409: 'The item is at its end, is in hand at this moment, or is being taken back' },
  },
  redrives: {
    ...command('POST /v1/automations/{name}/redrives', bodies.redrivesBody),
    says: "Let many of an automation's items go on, at a pace, for operators",
    gives: { ...gives('How many fit; they go on in the background', 'Redrives'), status: 202 },
    refuses: {
      ...NONE,
      409: 'A status of the filter is an end, or the automation is not deployed',
      503: 'There is too much to look at',
    },
  },
  redriveState: {
    ...{ at: 'GET /v1/redrives/{id}', fn: 'operate/commands', who: 'operator', query: queries.noQuery },
    says: 'How a redrive of many items stands, for operators',
    ...{ gives: gives('How far it has come', 'RedriveState'), refuses: NONE },
  },
  redrivesRunning: {
    ...{ at: 'GET /v1/redrives', fn: 'operate/commands', who: 'operator', query: queries.noQuery },
    says: 'The redrives of many items that run now, for operators',
    gives: gives('In the order in which they began', { list: 'redrives', of: 'RedriveState' }),
  },
  redriveStop: {
    ...{ at: 'DELETE /v1/redrives/{id}', fn: 'operate/commands', who: 'operator' },
    ...{ query: queries.noQuery, body: bodies.stopBody },
    says: 'Stop a redrive of many items, for operators',
    gives: gives('How far it has come; what has gone on stays so', 'RedriveState'),
    refuses: { ...NONE, 409: 'It has come to its end' },
  },
  compensate: {
    ...command('POST /v1/items/{id}/compensate', bodies.compensateBody),
    says: 'Ask people to take back an action that is done, for operators',
    gives: gives('The item that takes it back', 'Item'),
    refuses: { ...NONE, 409: 'The action is not done, cannot be taken back, or is being or was taken back' },
  },
  caution: {
    ...command('POST /v1/automations/{name}/caution', bodies.cautionBody),
    says: 'Let everything, or these actions or labels, that would act alone ask a person, for operators',
    gives: gives('What asks a person now', 'Cautioned'),
  },
  ...SIMILAR_ROUTES,
  reference: {
    ...command('POST /v1/automations/{name}/drift', bodies.referenceBody),
    says: 'Pin the four weeks that drift is held against, or unpin them, for operators',
    gives: gives('The reference from the next judgement on', 'Reference'),
  },
  review: {
    ...command('POST /v1/automations/{name}/review', bodies.reviewBody),
    says: 'Record that an automation was reviewed, for operators',
    gives: gives('When it was reviewed, and is due again', 'Reviewed'),
  },
  ...RELEASE_ROUTES,
  ...SURROGATE_ROUTES,
  calibrate: {
    ...command('POST /v1/automations/{name}/calibrate', bodies.calibrateBody),
    says: "Learn from people's decisions how much a step's confidence is worth, for operators",
    gives: gives('What was learned, and what there is too little of', 'Calibrated'),
  },
  erase: {
    ...{ at: 'POST /v1/erasures', fn: 'operate/erase', who: 'operator', everywhere: true },
    body: bodies.eraseBody,
    says: "Remove what is kept of a person's items, for operators",
    gives: gives('What was removed; with a cursor there is more: ask again with it', 'Erasure'),
  },
  endpoints: {
    ...{ at: 'GET /v1/endpoints', fn: 'operate/probe', who: 'operator', query: queries.noQuery },
    says: 'The model endpoints, and what a probe found of them, for operators',
    gives: gives('In the order of the configuration', 'Endpoints'),
  },
  probe: {
    at: 'POST /v1/endpoints/probe',
    fn: 'operate/probe',
    who: 'operator',
    everywhere: true,
    body: bodies.probeBody,
    says: 'Ask the model endpoints what they support, for operators',
    ...{ gives: gives('What was found, and what is wrong', 'Endpoints'), refuses: NONE },
  },
  breakers: {
    ...read('operator', 'GET /v1/breakers', queries.noQuery),
    says: 'The breakers of endpoints and destinations, for operators',
    gives: gives('In the order of the configuration', 'Breakers'),
  },
  force: {
    ...command('POST /v1/breakers/{endpoint}', bodies.forceBody),
    everywhere: true,
    says: 'Hold a breaker open or closed, or give it back to itself, for operators',
    gives: gives('The breaker as it is now', 'Breaker'),
  },
  ...DEAD_LETTERS,
  // Any method: whatever is no POST is told so with 405.
  mcp: { at: 'ANY /mcp', fn: 'api/mcp', who: 'client' },
  page: {
    at: 'ANY /approvals/{id}',
    fn: 'approve/page',
    who: people(
      'approvers have no token: each link carries 256 random bits, and without them the page shows nothing',
    ),
  },
  pagePicture: {
    at: 'GET /approvals/{id}/pages/{ref}/{n}',
    fn: 'approve/page',
    who: people('the pictures are part of the page: its link carries the same 256 random bits'),
  },
  console: { at: 'ANY /console', fn: 'console/console', who: SIGNED_IN },
  consolePages: { at: 'ANY /console/{proxy+}', fn: 'console/console', who: SIGNED_IN },
  slack: {
    at: 'POST /slack/interactions',
    fn: 'approve/slack',
    who: people('Slack has no token of ours: it signs each request, and the function checks the signature'),
  },
  anythingElse: { at: 'ANY /{proxy+}', fn: 'api/api', who: 'client' },
} as const satisfies Readonly<Record<string, Route>>;

export type Operation = keyof typeof ROUTES;

/** The rows of one function, in the order of the table. */
export function routesOf(fn: HandlerName): (Route & { operation: Operation })[] {
  return Object.entries(ROUTES as Readonly<Record<string, Route>>)
    .filter(([, route]) => route.fn === fn)
    .map(([operation, route]) => ({ ...route, operation: operation as Operation }));
}

/** Method and path apart. */
export function partsOf({ at }: Pick<Route, 'at'>): { method: string; path: string } {
  const [method = '', path = ''] = at.split(' ');
  return { method, path };
}
