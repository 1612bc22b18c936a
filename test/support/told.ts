/** Values beside how a title tells them: on one line, and cut. For `it.each`. */
export function told<T>(values: readonly T[]): [title: string, value: T][] {
  return values.map((value) => {
    const text = JSON.stringify(value) ?? 'undefined';
    return [text.length > 60 ? `${text.slice(0, 59)}…` : text, value];
  });
}
