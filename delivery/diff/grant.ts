/** One thing that is allowed: one action on one resource, of one principal where it is a policy of a resource. */
export interface Grant {
  stack: string;
  who: string;
  action: string;
  resource: string;
  /** Of a policy of a resource, or of who may take a role. */
  principal?: string;
  /** Under which it holds; empty where always. */
  condition: string;
}

export type Found = Omit<Grant, 'stack'>;

/** A role without one: it may what its policies say, and a boundary may be less. */
export const UNBOUND = 'without a boundary';
/** Whoever knows the address, without any proof. */
export const EVERYBODY = 'everybody';
/** Of a role of the same template, whose rights are told there. */
export const ACTS_AS = 'acts as the role ';

export const list = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
