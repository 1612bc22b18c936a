/** Names without what people write in different ways: case, `_`, `-`, blanks, points. */
export function bare(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_.-]/g, '');
}

/**
 * Which unknown name may mean which field: by a name that the automation lists, by the same name in another spelling, by one slip in
 * a name of five letters or more, two from nine on. Two names for one field, or one for two, mean none of them.
 * @returns pairs, and the names that may mean something and cannot be told apart
 */
export function matched(
  unknown: readonly string[],
  fields: readonly string[],
  also: (field: string) => readonly string[],
): { pairs: Map<string, string>; unclear: ReadonlySet<string> } {
  const pairs = new Map<string, string>();
  const unclear = new Set<string>();
  const tests: ((name: string, field: string) => boolean)[] = [
    (name, field) => [field, ...also(field)].some((it) => bare(it) === bare(name)),
    (name, field) => isSlip(bare(name), bare(field)),
  ];
  for (const means of tests) {
    const names = unknown.filter((name) => !pairs.has(name) && !unclear.has(name));
    const free = fields.filter((field) => ![...pairs.values()].includes(field));
    const all = names.flatMap((name) =>
      free.filter((field) => means(name, field)).map((field) => ({ name, field })),
    );
    for (const { name, field } of all) {
      const alone = all.filter((it) => it.name === name || it.field === field).length === 1;
      if (alone) pairs.set(name, field);
      else unclear.add(name);
    }
  }
  return { pairs, unclear };
}

function isSlip(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length);
  const most = shorter >= 9 ? 2 : shorter >= 5 ? 1 : 0;
  return most > 0 && Math.abs(one.length - other.length) <= most && distance(one, other) <= most;
}

/** Letters to change, add, remove or swap with the next. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1];
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}
