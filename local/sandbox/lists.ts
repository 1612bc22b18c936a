import { isObject } from './brain-schema.ts';

/** Whether a value is a list of objects with these texts. */
export function isListOf<T>(value: unknown, ...names: Extract<keyof T, string>[]): value is T[] {
  return (
    Array.isArray(value) &&
    value.every((one) => isObject(one) && names.every((name) => typeof one[name] === 'string'))
  );
}
