/**
 * Words that may come from an item, on one line and in their own order: they can neither add lines that look like ours nor turn
 * the direction of what follows.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
