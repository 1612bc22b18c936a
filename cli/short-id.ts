import type { Client, Page } from './client.ts';
import { ApiProblem } from './errors.ts';

/*
 * The short number of an item: the last digits of its id, as mails and pages show them (`60e4257-g1` is the
 * approval of `…60e4257` in its first generation). Ids are random, and the table is not sorted by them, so a
 * number is looked up among the newest items.
 */

/** As many digits as mails show before `-g1`. */
const DIGITS = 7;
/** Fewer would fit too many. */
const FEWEST = 4;
const PAGE = 100;
/** Pages read for one number: an answer within seconds, and a bounded load. */
const MOST_PAGES = 50;
const MOST_NAMED = 5;

const WHOLE = /^([a-z][a-z\d-]{0,39}_[\da-f]{32})(?:-g\d+)?$/;
const SHORT = new RegExp(`^(?:([a-z][a-z\\d-]{0,39})_)?([\\da-f]{${FEWEST},32})(?:-g\\d+)?$`);

/** The same of an approval, as its mail names it: `60e4257-g1`. */
export function shortApproval(id: string): string {
  const [, item, generation] = /^(.+)(-g\d+)$/.exec(id) ?? [];
  return item && generation ? shortId(item) + generation : id;
}

/**
 * Which of these items is meant by a short number or an id.
 * @throws ApiProblem 404 where none fits, 409 where several do
 */
export function pickId(ids: readonly string[], typed: string): string {
  const given = typed
    .trim()
    .replace(/^#/, '')
    .replace(/-g\d+$/, '')
    .toLowerCase();
  const [, automation, digits] = SHORT.exec(given) ?? [];
  const found = [...new Set(ids)].filter(
    (id) =>
      id === given ||
      (digits !== undefined && fits(id, digits) && (!automation || id.startsWith(`${automation}_`))),
  );
  const [only, ...others] = found;
  if (only === undefined) throw problem(404, 'Not found', `nothing here is about an item '${typed}'`);
  if (others.length > 0) throw several(typed, found);
  return only;
}

/** The short number of each item, long enough to tell it from the others. */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const all = [...new Set(ids)];
  let digits = DIGITS;
  const alike = () => new Set(all.map((id) => id.slice(-digits))).size < all.length;
  while (digits < 32 && alike()) digits += 1;
  return (id) => (WHOLE.test(id) ? id.slice(-digits) : id);
}

export function shortId(id: string): string {
  return shortIds([id])(id);
}

/**
 * The item that was meant: by its id, by that of its approval, or by the beginning or the end of its digits,
 * with or without its automation before them.
 * @param careful looks at all of the newest even where one fits that has enough digits to be the only one
 * @throws ApiProblem 404 where none of the newest items fits, 409 where several do, or might
 */
export async function wholeId(client: Client, typed: string, careful = false): Promise<string> {
  const given = typed.trim().replace(/^#/, '');
  const [, whole] = WHOLE.exec(given) ?? [];
  if (whole) return whole;
  const [, automation, digits] = SHORT.exec(given.toLowerCase()) ?? [];
  // What can be no number goes to the API as it is, whose answer says so.
  if (digits === undefined) return typed;
  const { found, searched } = await search(client, { automation, digits, careful });
  const [only, ...others] = found;
  if (only === undefined) throw none(given, searched);
  if (others.length > 0) throw several(given, found);
  // So few digits fit one item of some thousands by chance.
  if (careful && searched !== undefined && digits.length < DIGITS) throw perhapsOlder(given, searched);
  return only;
}

async function search(
  client: Client,
  { automation, digits, careful }: { automation: string | undefined; digits: string; careful: boolean },
) {
  const sure = !careful && digits.length >= DIGITS;
  const found: string[] = [];
  let searched = 0;
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { data } = await client.get<Page>('/v1/items', { automation, limit: PAGE, cursor });
    searched += data.items.length;
    found.push(...data.items.map(({ id }) => id).filter((id) => fits(id, digits)));
    cursor = data.cursor;
    if (cursor === undefined || (sure && found.length > 0)) return { found, searched: undefined };
  }
  return { found, searched };
}

function fits(id: string, digits: string): boolean {
  const own = id.slice(id.lastIndexOf('_') + 1);
  return own.endsWith(digits) || own.startsWith(digits);
}

/** @param searched undefined where all were looked at */
function none(typed: string, searched: number | undefined): ApiProblem {
  if (searched === undefined) return problem(404, 'Not found', `no item has the number '${typed}'`);
  const detail = `none of the newest ${searched} items has the number '${typed}': type its whole id`;
  return problem(404, 'Not found', detail);
}

function perhapsOlder(typed: string, searched: number): ApiProblem {
  const detail = `'${typed}' fits an item of the newest ${searched}, and may fit an older one: type more of it`;
  return problem(409, 'Ambiguous', detail);
}

function several(typed: string, found: readonly string[]): ApiProblem {
  const named = found.slice(0, MOST_NAMED).join(', ');
  const more = found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : '';
  return problem(409, 'Ambiguous', `'${typed}' fits ${named}${more}: type more of it`);
}

function problem(status: number, title: string, detail: string): ApiProblem {
  const data = { type: 'about:blank', title, status, detail };
  return new ApiProblem(status, { data, json: data }, undefined);
}
