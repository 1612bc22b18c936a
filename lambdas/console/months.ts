import { clock, DAY_SECONDS } from '../kit/clock.ts';

/** The months of which the record may hold something, newest first: `2026-12`, `2026-11` … */
export function monthsKept(itemDays: number): string[] {
  const months: string[] = [];
  const oldest = new Date(clock.now() - itemDays * DAY_SECONDS * 1000).toISOString().slice(0, 7);
  const at = new Date(`${new Date(clock.now()).toISOString().slice(0, 7)}-01T00:00:00.000Z`);
  for (; at.toISOString().slice(0, 7) >= oldest; at.setUTCMonth(at.getUTCMonth() - 1)) {
    months.push(at.toISOString().slice(0, 7));
  }
  return months;
}

/** Of a place in a list that is in the order of time: an address may hold anything. Empty for what is none. */
export function placeIn(text = ''): string {
  return /^\d{4}-(?:0[1-9]|1[0-2])-\d\dT[\w:.#-]{0,300}$/.test(text) ? text : '';
}

/** A month of which something may be kept: whoever names an earlier or a later one gets the nearest. */
export function keptMonth(month: string, itemDays: number): string {
  const kept = monthsKept(itemDays);
  const [newest = month, oldest = month] = [kept[0], kept.at(-1)];
  return month > newest ? newest : month < oldest ? oldest : month;
}

export function isMonth(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-(?:0[1-9]|1[0-2])$/.test(text);
}

/** The first moment of a month, and of the next one. */
export function boundsOf(month: string): { from: string; to: string } {
  const from = new Date(`${month}-01T00:00:00.000Z`);
  const to = new Date(from);
  to.setUTCMonth(to.getUTCMonth() + 1);
  return { from: from.toISOString(), to: to.toISOString() };
}

export function monthWords(month: string): string {
  return new Date(`${month}-01T00:00:00.000Z`).toLocaleDateString('en-GB', {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}
