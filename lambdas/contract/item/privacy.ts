/** Kinds of personal data that are found and replaced. The token of a kind is its name in capitals: `[EMAIL_1]`. */
export const PERSONAL_KINDS = [
  'email',
  'phone',
  'card',
  'iban',
  // Account, routing and sort codes.
  'bank',
  // Numbers of tax offices, VAT numbers too.
  'tax',
  // Numbers of social security and national identity.
  'social',
  'health',
  'passport',
  'licence',
  'ip',
  'mac',
  // Addresses of the web that hold a key, a password or a session.
  'url',
  // Keys and passwords.
  'secret',
  'crypto',
  'name',
  'address',
] as const;
export type PersonalKind = (typeof PERSONAL_KINDS)[number];

/** Found by the recogniser of names: its findings are likely, not certain. */
export const OF_NAMES: readonly PersonalKind[] = ['name', 'address'];

/** The step in which a model names them, where the policy says so. The name is the house's own. */
export const NAMES = 'names';

/** Who is shown the values again, besides the destination. */
export const READERS = ['approvers', 'client'] as const;
export type Reader = (typeof READERS)[number];

/** What of an item no model outside may read. */
export interface PrivacyPolicy {
  /** Replaced by tokens before a model is asked. `'all'` is every kind, names and addresses too. */
  tokens: readonly PersonalKind[] | 'all';
  /** Residencies whose endpoints are not checked again on the way out. @default none */
  residency?: readonly string[];
  /** Who finds names and addresses besides the recogniser: a model inside `residency`, asked before any other. @default nobody */
  names?: 'model';
  /** Who else sees the values: approvers on the page and in the mail, the item's client in its answer. @default both */
  shownTo?: readonly Reader[];
}

/** Replaces the personal data of one item by tokens, and puts it back. */
export interface Hides {
  /** The same value has the same token, wherever it stands. */
  hide<T>(value: T): T;
  back<T>(value: T): T;
  readonly book: TokenBook;
  readonly policy: PrivacyPolicy;
}

/** What a document that holds tokens says of them. */
export interface TokensOf {
  /** Of the book, in the content bucket, and its digest. */
  key: string;
  digest: string;
  shownTo: readonly Reader[];
}

/** One value and what stands for it. */
export interface Token {
  /** `EMAIL`, `CARD`; `TEXT` for what only looks like a token. */
  kind: string;
  /** From 1, within its kind. */
  number: number;
  /** As it was written; a number where JSON had one. */
  value: string | number;
}

/** All values of an item, in the order in which they were found; in the content bucket. */
export interface TokenBook {
  itemId: string;
  tokens: readonly Token[];
}

/** The kinds that a policy replaces. */
export function kindsOf({ tokens }: PrivacyPolicy): readonly PersonalKind[] {
  return tokens === 'all' ? PERSONAL_KINDS : tokens;
}
