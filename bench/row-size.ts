/**
 * Bytes of a row as DynamoDB counts them: names and values, three for each list or map and one for each of its entries. Numbers
 * are taken at their longest.
 */
export function bytesOf(row: Readonly<Record<string, unknown>>): number {
  return Object.entries(row).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0);
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 2;
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Set) return [...value].reduce((sum: number, one) => sum + sizeOf(one), 0);
  if (Array.isArray(value)) return 3 + value.reduce((sum: number, one) => sum + 1 + sizeOf(one), 0);
  if (typeof value === 'object' && value !== null)
    return 3 + Object.keys(value).length + bytesOf(value as Record<string, unknown>);
  return 1;
}
