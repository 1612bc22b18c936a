/** An upper limit: of actions, of money per currency (a decimal: `99.99`), or both. */
export interface Limit {
  count?: number;
  amount?: string;
}

export interface SubjectLimit<Body = unknown> extends Limit {
  key(parameters: Readonly<Record<string, unknown>>, body: Body): string | undefined;
  days: number;
  /** Money that this subject can get at most, where that is less than `amount`: what is left of an order. @default `amount` alone */
  most?(parameters: Readonly<Record<string, unknown>>, body: Body): string | undefined;
}

/** How much may happen without a person. Everything that acted counts, alone or approved. Days are UTC. */
export interface Limits<Body = unknown> {
  /** For each value of `key`, such as an order, today and on the days before: `days` in all. */
  perSubject?: SubjectLimit<Body>;
  /**
   * The same for further subjects, by their names: `{ customer: { key, amount: '300.00', days: 90 } }`. Without a key it does not count
   * there.
   */
  per?: Readonly<Record<string, SubjectLimit<Body>>>;
  /** For the whole automation, on one day. */
  perDay?: Limit;
  /** For each value of the action's `recipient`. @default days 1 */
  perRecipient?: { count: number; days?: number };
}
