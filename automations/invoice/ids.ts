/** An identifier without blanks and the signs that people group it with, in capitals. */
export function compactOf(id: string): string {
  return id.replaceAll(/[\s.-]/g, '').toUpperCase();
}

/** `KOS-2026-0917`, `KOS_2026/0917` and `KOS20260917` are one number: whoever sends a bill twice may write it otherwise. */
export function sameNumber(number: unknown): string {
  const signs = String(number)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '');
  return signs.replaceAll(/(?<!\d)0+(?=\d)/g, '');
}
