/* The filter of an event source, as Lambda has it: values that are wanted of a field, or that it is there, or not. */

type Rule = string | number | null | { exists: boolean };

export interface Pattern {
  readonly [field: string]: Pattern | readonly Rule[];
}

/** Whether nothing else is asked for. */
export function isKnown(pattern: Pattern): boolean {
  return Object.values(pattern).every((wanted) =>
    isRules(wanted) ? wanted.every(isRule) : wanted !== null && typeof wanted === 'object' && isKnown(wanted),
  );
}

export function fits(value: unknown, pattern: Pattern): boolean {
  const fields = value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  return Object.entries(pattern).every(([field, wanted]) =>
    isRules(wanted) ? wanted.some((rule) => meets(fields[field], rule)) : fits(fields[field], wanted),
  );
}

function meets(value: unknown, rule: Rule): boolean {
  if (rule === null || typeof rule !== 'object') return value === rule;
  return rule.exists === (value !== undefined);
}

function isRules(wanted: Pattern | readonly Rule[]): wanted is readonly Rule[] {
  return Array.isArray(wanted);
}

function isRule(rule: unknown): boolean {
  if (rule === null || typeof rule !== 'object') return true;
  const { exists, ...more } = rule as { exists?: unknown };
  return typeof exists === 'boolean' && Object.keys(more).length === 0;
}
