/*
 * Keys of tables that many items write: a partition takes so many write units a second, and one key lies in one partition. What an item
 * writes there is counted by `test/local/capacity/hot-rows.test.ts`, which runs a refund that acts alone and fails where it is otherwise:
 * one item by itself, so that none shares a write with others (ADR 0047).
 */

/** Whose items write the key. */
export type Shared = 'automation' | 'client' | 'endpoint' | 'environment';

export interface HotRow {
  /** Table and key, as people find them. */
  key: string;
  /** What it holds. */
  what: string;
  of: Shared;
  /** Write units of an item that acts alone; a write in a transaction takes two. */
  units: number;
}

export const HOT_ROWS = {
  byAutomation: {
    key: 'index `byAutomation` of `items`',
    what: 'the list of an automation’s items: each change of status or label',
    of: 'automation',
    units: 5,
  },
  budget: {
    key: '`<automation>_budget#<day>` of `control`',
    what: 'what models have cost today',
    of: 'automation',
    units: 3,
  },
  dayLimit: {
    key: '`<automation>_limit#<action>#day#<day>` of `control`',
    what: 'what acted alone today, where the action has `limits.perDay`',
    of: 'automation',
    units: 2,
  },
  chain: {
    key: 'index `byChain` of `receipts`',
    what: 'an automation’s receipts in their order',
    of: 'automation',
    units: 2,
  },
  endpoint: {
    key: '`endpoint#<name>` of `control`',
    what: 'rate limiter and breaker of an endpoint, for all automations',
    of: 'endpoint',
    units: 2,
  },
  client: {
    key: '`client#<name>#<day>` of `control`',
    what: 'what a client has posted today',
    of: 'client',
    units: 1,
  },
  audit: {
    key: '`<month>` of `audit`',
    what: 'an entry for each item that acts alone, of all automations',
    of: 'environment',
    units: 1,
  },
} as const satisfies Readonly<Record<string, HotRow>>;

export type HotRowName = keyof typeof HOT_ROWS;
