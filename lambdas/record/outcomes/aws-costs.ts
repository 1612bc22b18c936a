/*
 * What AWS takes for what happens to an item. Prices are AWS's list prices; what is done so many times was counted by `npm run bench:cost`,
 * which prints the sum for each of its paths beside what it counts: docs/costs.md tells how far they differ.
 */

/** Of us-east-1 without the free tier, in US dollars, as `bench/prices.ts` has them: a test holds them together. */
export const AWS_PRICES = {
  knownAt: '2026-11-20',
  usd: {
    'DynamoDB write unit (on demand)': 0.625 / 1e6,
    'Lambda GB-second (arm64)': 0.0000133334,
    'S3 PUT': 5 / 1e6,
    'SES mail': 100 / 1e6,
    'Step Functions transition': 25 / 1e6,
  },
} as const;

/** Memory of the functions that wait for models and sources, and that read documents, as `lib/parts/handler.ts` gives it. */
export const MEMORY_MB = { thinking: 384, reading: 3008 } as const;

/** Billionths of a dollar, beside the item's own row: counted on 2026-11-29, one item at a time, so that none shares a batch. */
export const COUNTED = {
  /** API, its authorizer, intake, and the queue. */
  received: 12_700,
  /** A worker takes it up; it reads the body, and keeps what it proposes. */
  processing: 6_500,
  /** Each call of a model, without its time: a budget asked and told, an answer remembered. */
  model: 2_900,
  source: 1_100,
  /** Of what asks: the run, and the document that people are shown. */
  ask: 5_500,
  /** The limits of each action, and its call. */
  acting: 7_200,
  /** The approval, its links, and its run without transitions. */
  waitingApproval: 15_800,
  /** Two requests of the approver, the page, and what tells the run. */
  decided: 14_800,
  /** Each status that is published. */
  status: 1_150,
  /** The receipt and the statistics of an outcome. */
  outcome: 5_100,
  /** What an item made came to rest. */
  child: 3_500,
  /** A document, beside its pages and its time. */
  document: 16_800,
} as const;

/** Bytes of an item's row after so many events and calls, about: before anything is found out, and what each adds. */
export const ROW = { least: 1024, before: -550, event: 250, call: 310 } as const;
