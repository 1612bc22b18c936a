/* Who gets a message: the lines of work behind the desk. */

export const LINES = ['refund-request', 'support-triage', 'sales-lead'] as const;
export type Line = (typeof LINES)[number];

/** Lines that a label may lead to without a person. */
export const LINES_OF: Readonly<Record<string, readonly Line[]>> = {
  Billing: ['refund-request', 'support-triage'],
  Technical: ['support-triage'],
  Sales: ['sales-lead'],
};

/** Who takes what nobody has sorted: its desk answers, or gives it to a team. */
export const DESK: Line = 'support-triage';

export const ORDER = /^#?[\w-]{1,40}$/;
/** More than nothing, as `cents` reads it. */
export const AMOUNT = /^(?:[1-9]\d{0,8}(?:\.\d{1,2})?|0\.(?:0[1-9]|[1-9]\d?))$/;

export const isLine = (value: unknown): value is Line => LINES.some((line) => line === value);
