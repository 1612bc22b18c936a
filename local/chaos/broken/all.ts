import type { Edit } from '../edits.ts';
import type { InvariantName } from '../invariants/check.ts';
import type { Broken } from './broken.ts';

/* Each is one thing that somebody could have forgotten. A checker that does not catch them proves nothing of the application. */

const edit = (file: string, from: string, to: string): Edit => ({ file: `lambdas/${file}`, from, to });

const broken = (
  name: string,
  says: string,
  fault: string,
  by: readonly InvariantName[],
  ...edits: readonly Edit[]
): Broken => ({ name, says, fault, by, edits });

const LEDGER = 'tables/items/ledger.ts';
const LEASE = 'tables/items/lease.ts';
const HOURS = 'tables/statistics/hours.ts';
const RECEIPTS = 'record/receipts/outcomes.ts';
const ON_CHANGE = 'approve/on-change.ts';

export const BROKEN: readonly Broken[] = [
  broken(
    'idempotency-off',
    'a request that comes again is another item',
    'message-again',
    ['accepted-is-kept'],
    edit(
      'tables/idempotency/requests.ts',
      'requestId(automation, sha256(',
      'requestId(automation, Math.random() + sha256(',
    ),
  ),
  broken(
    'intent-removed',
    'no intent is written before a destination is called',
    'kill-act',
    ['never-repeated-blindly', 'timeline-is-whole'],
    edit(LEDGER, 'const begun = await this.#write(OPEN, {', 'const begun = { ...OPEN } && Boolean({'),
  ),
  broken(
    'doubt-ignored',
    'a destination that takes no key is called again after an unknown outcome',
    'kill-act-called',
    ['never-repeated-blindly'],
    edit(LEDGER, "return this.#repeatable ? undefined : { state: 'unknown' };", 'return undefined;'),
  ),
  broken(
    'key-of-each-try',
    'each try of an action has a key of its own',
    'destination-answer-lost',
    ['acted-at-most-once', 'done-is-done'],
    edit(LEDGER, 'this.key = ', 'this.key = Date.now() + '),
  ),
  broken(
    'lease-ignored',
    'two deliveries of one message think about the same item at once',
    'deliver-twice',
    ['paid-once'],
    edit(LEASE, 'return Math.max(0, leaseUntil - clock.now());', 'return 0 * leaseUntil;'),
    edit(LEASE, "atMost('leaseUntil', clock.now())", "atMost('leaseUntil', clock.now() + 1e9)"),
  ),
  broken(
    'memory-off',
    'what a paid step answered is not remembered',
    'source-down',
    ['paid-once'],
    edit(
      'tables/idempotency/memo.ts',
      "return row?.state === 'done' && !(row.expiresAt < epochSeconds()) ? row : undefined;",
      'return row && undefined;',
    ),
  ),
  broken(
    'version-dropped',
    'a decision is written whatever was written since the page was read',
    'opposite-decisions',
    ['one-decision', 'audit-is-whole', 'said-counts', 'decision-is-carried'],
    edit('tables/approvals/approvals.ts', "when: is('version', version),", "when: is('id', id),"),
  ),
  broken(
    'decision-not-carried',
    'nobody tells the run how people decided',
    'message-again',
    ['decision-is-carried', 'ended-or-operable'],
    edit(ON_CHANGE, 'await carry(row, env);', 'void carry;'),
  ),
  broken(
    'audit-forgotten',
    'decisions of people are not copied to the audit',
    'stream-repeated',
    ['audit-is-whole'],
    edit(
      ON_CHANGE,
      'await putAudits(env.AUDIT_TABLE, auditEntries(row, before?.trail?.length ?? 0));',
      'void [putAudits, auditEntries, before];',
    ),
  ),
  broken(
    'outbox-removed',
    'what the gate lets act is not sent to its action queue',
    'message-again',
    ['ended-or-operable'],
    edit('process/finish.ts', 'return send(env.ACTION_QUEUE_URL, message);', 'return void [send, message];'),
  ),
  broken(
    'publish-forgotten',
    'one status change is told to nobody',
    'message-again',
    ['status-is-told'],
    edit(
      'record/publish.ts',
      '.filter(({ url }) => url)',
      ".filter(({ url, change }) => url && change.status !== 'acting')",
    ),
  ),
  broken(
    'person-not-asked',
    'what a person is to decide is sent to its action, and act believes the message',
    'message-again',
    ['never-unasked'],
    edit('process/finish.ts', "if (verdict === 'act') {", "if (verdict !== 'refuse') {"),
    edit('act/permission.ts', "if (row.verdict === 'act') return alone", 'if (row.verdict) return alone'),
    edit('act/permission.ts', 'person !== undefined || steps', 'steps'),
  ),
  broken(
    'end-not-told',
    'an item that is done says so in its status alone',
    'message-again',
    ['timeline-is-whole'],
    edit(LEDGER, "...(this.isLast ? [event('done')] : [])", '...[]'),
  ),
  broken(
    'failure-swallowed',
    'a message whose work failed is deleted like any other',
    'source-down',
    ['ended-or-operable'],
    edit('process/process.ts', 'throw error;', 'return;'),
  ),
  broken(
    'counted-again',
    'a change that comes again counts again',
    'stream-repeated',
    ['counted-once'],
    edit(HOURS, 'BigInt(sequence) > position', 'BigInt(sequence) > position - position'),
  ),
  broken(
    'receipt-forgotten',
    'what is refused has no receipt',
    'message-again',
    ['receipts-are-right'],
    edit(
      RECEIPTS,
      '!isIn(OUTCOMES, status)) return',
      "!isIn(OUTCOMES, status) || status === 'refused') return",
    ),
  ),
  // The last: what the day knows is wrong from then on.
  broken(
    'budget-released-twice',
    'what a call did not cost is given back to the day twice',
    'message-again',
    ['spend-within-cap'],
    edit(
      'tables/control/budgets.ts',
      'add: { spentMicroUsd: more.microUsd, spentTokens: more.tokens },',
      'add: { spentMicroUsd: 2 * more.microUsd, spentTokens: more.tokens },',
    ),
  ),
];

/** @throws Error that names the ones there are */
export function brokenNamed(name: string): Broken {
  const found = BROKEN.find((one) => one.name === name);
  if (!found)
    throw new Error(
      `there is no broken copy '${name}'; there are: all, ${BROKEN.map((one) => one.name).join(', ')}`,
    );
  return found;
}
