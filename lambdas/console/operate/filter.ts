import { ERROR_NAMES, type ErrorName } from '../../contract/item/row.ts';
import { type ItemStatus, STAGES, STATUSES, type Stage } from '../../contract/item/status.ts';
import { clock } from '../../kit/clock.ts';
import { placeIn } from '../months.ts';

/** What an operator looks at first: it rests because something was wrong. */
export const STUCK: readonly ItemStatus[] = ['parked', 'quarantined'];

/** Work that goes on by itself: where it stands long, something keeps it waiting. */
export const UNDER_WAY: readonly ItemStatus[] = ['received', 'processing', 'acting'];

/** How old an item may be, in hours. */
const AGES = { '1h': 1, '24h': 24, '7d': 168 } as const;
export const AGE_WORDS: Record<keyof typeof AGES, string> = {
  '1h': 'the last hour',
  '24h': 'the last 24 hours',
  '7d': 'the last 7 days',
};

/** What a search is about; the text of a key is its client's name, a space, and the key. */
export const SEARCHES = ['number', 'reference', 'key'] as const;
export type Search = (typeof SEARCHES)[number];

export const SEVERAL = ['stuck', 'under-way', 'any'] as const;

/** The reader's filter of the items, as it stands in the address; an empty text matches everything. */
export interface ItemFilter {
  automation: string;
  /** One status, or several by one word. */
  status: (typeof SEVERAL)[number] | ItemStatus;
  class: ErrorName | '';
  stage: Stage | '';
  label: string;
  age: keyof typeof AGES | '';
  /** Received then or later (ISO 8601): the age, once somebody has looked. */
  since: string;
  by: Search;
  search: string;
  /** Where the page before ended. */
  before: string;
}

/** Automations whose items are listed together: one read for each, within what a page may read. */
export const MOST_TOGETHER = 9;

type Query = (name: string) => string | undefined;

const MOST_TEXT = 300;

/** A filter from an address or a form; values that are not understood are ignored. */
export function readFilter(query: Query, automations: readonly string[]): ItemFilter {
  const status = query('status');
  const age = (Object.keys(AGES) as (keyof typeof AGES)[]).find((it) => it === query('age')) ?? '';
  return {
    automation:
      automations.find((it) => it === query('automation')) ??
      (automations.length > MOST_TOGETHER ? (automations[0] ?? '') : ''),
    status: [...STATUSES, ...SEVERAL].find((it) => it === status) ?? 'stuck',
    class: ERROR_NAMES.find((it) => it === query('class')) ?? '',
    stage: STAGES.find((it) => it === query('stage')) ?? '',
    label: (query('label') ?? '').slice(0, MOST_TEXT),
    age,
    since: timeIn(query('since')) || sinceOf(age),
    by: SEARCHES.find((it) => it === query('by')) ?? 'number',
    search: (query('search') ?? '').trim().slice(0, MOST_TEXT),
    before: placeIn(query('before')),
  };
}

function timeIn(text = ''): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
}

function sinceOf(age: ItemFilter['age']): string {
  return age === '' ? '' : new Date(clock.now() - AGES[age] * 3_600_000).toISOString();
}

/** The filter as an address says it: a page of an older list keeps its first moment. */
export function inAddress({ age, since, ...filter }: ItemFilter): Record<string, string> {
  return { ...filter, age, ...(filter.before ? { since } : {}) };
}

/** The statuses asked for; undefined for any. An error is what only stuck items have. */
export function statusesOf({
  status,
  class: kind,
  stage,
}: Pick<ItemFilter, 'status' | 'class' | 'stage'>): readonly ItemStatus[] | undefined {
  if (status === 'stuck') return STUCK;
  if (status === 'under-way') return UNDER_WAY;
  if (status !== 'any') return [status];
  return kind || stage ? STUCK : undefined;
}
