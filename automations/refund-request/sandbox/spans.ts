const NUMBERS: Readonly<Record<string, number>> = {
  a: 1, an: 1, one: 1, two: 2, couple: 2, three: 3, few: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10,
  eleven: 11, twelve: 12, last: 1,
}; // biome-ignore format: a table reads better in rows
const UNITS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, year: 365 };

/**
 * Every span of time a text speaks of, in days; rules it quotes ("within 30 days", "60-day policy") are left
 * out.
 */
export function spansInDays(text: string): number[] {
  const number = '\\d+|' + Object.keys(NUMBERS).join('|');
  const span = new RegExp(
    `(within |under )?\\b(${number})(?: of)?[\\s-]+(?:full |whole |business |working )?(day|week|month|year)s?\\b(?! (?:policy|window|limit|warranty|guarantee|trial|return))`,
    'gi',
  );
  const days = [...text.matchAll(span)]
    .filter((match) => match[1] === undefined)
    .map((match) => {
      const count = (match[2] ?? '').toLowerCase();
      return (NUMBERS[count] ?? Number(count)) * (UNITS[(match[3] ?? '').toLowerCase()] ?? 1);
    });
  return /\byesterday\b/i.test(text)
    ? [...days, 1]
    : /\b(today|this morning)\b/i.test(text)
      ? [...days, 0]
      : days;
}
