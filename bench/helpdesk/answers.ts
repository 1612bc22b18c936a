import { automation } from '../../automations/support-triage/automation.ts';
import { collectionsOf } from '../../local/cases/knowledge.ts';
import type { SourceDocument } from './articles.ts';
import { type Came, came, type Given, seeded } from './desk.ts';

/* What becomes of tickets to the help centre: answered alone, asked, wrong, ungrounded. */

export interface Task {
  user_scenario: { instructions: string };
  evaluation_criteria: { actions: readonly { requestor: string }[] };
  required_documents: readonly string[];
}

export interface Ticket {
  text: string;
  /** Titles of the documents that answer it. */
  titles: ReadonlySet<string>;
  /** Somebody has to do something: no text answers it. */
  needsStaff: boolean;
}

/** The customer of a task writes what they were told to say and to be. */
export function ticketsOf(tasks: readonly Task[], documents: readonly SourceDocument[]): Ticket[] {
  const titles = new Map(documents.map(({ id, title }) => [id, title]));
  return tasks.map(({ user_scenario: told, evaluation_criteria: asked, required_documents: required }) => ({
    text: firstPerson(told.instructions),
    titles: new Set(required.flatMap((id) => titles.get(id) ?? [])),
    needsStaff: asked.actions.some(({ requestor }) => requestor === 'assistant'),
  }));
}

const PERSON: readonly (readonly [RegExp, string])[] = [
  [/\bYou are\b|\bYou're\b/g, 'I am'],
  [/\byou are\b|\byou're\b/g, 'I am'],
  [/\bYour\b/g, 'My'],
  [/\byour\b/g, 'my'],
  [/\b[Yy]ou\b/g, 'I'],
];

function firstPerson(instructions: string): string {
  const said = instructions.replace(/^You are playing the role[^.]*\.\s*/, '');
  const spoken = said.split(/(?<=[.!?])\s+/).filter((one) => !/\brole\b|\bassistant\b|\btool\b/i.test(one));
  return `Hello Rho-Bank,\n${PERSON.reduce((text, [from, to]) => text.replaceAll(from, to), spoken.join(' '))}`;
}

/** A question for every so many sections of the help centre: what the section says it is about. */
export async function questions(every: number): Promise<Ticket[]> {
  const index = await collectionsOf(automation)('help');
  return Array.from({ length: Math.floor(index.size / every) }, (_, at) => {
    const { place, text } = index.passage(at * every);
    const title = place.split(' › ').at(-1) ?? '';
    const about = text.slice(0, text.indexOf(':\n')).replace(' – ', ': ');
    return {
      text: `Good morning, I am a customer of Rho-Bank and would like to know: ${about}.`,
      titles: new Set([title]),
      needsStaff: false,
    };
  });
}

/** A model that is right picks what belongs to the ticket, and leaves to people what needs them. */
const right =
  ({ titles, needsStaff }: Ticket, titleOf: (id: string) => string) =>
  (given: readonly Given[]) =>
    needsStaff ? [] : given.flatMap(({ id }) => (titles.has(titleOf(id)) ? [id] : [])).slice(0, 3);

/** The known ways of a wrong one. */
export const WAYS = {
  'always answers, with the nearest passage': (given: readonly Given[]) =>
    given.slice(0, 1).map(({ id }) => id),
  'always answers, with the farthest passages': (given: readonly Given[]) =>
    given.slice(-2).map(({ id }) => id),
  'invents a passage': (given: readonly Given[]) => [given[0]?.id ?? '', 'help/refund-guarantee.md#1'],
  'picks a procedure for staff': (given: readonly Given[]) => [
    given[0]?.id ?? '',
    'procedures/bank-accounts-bank-accounts-general.md#1',
  ],
} as const;

export interface Tally {
  tickets: number;
  alone: number;
  asked: number;
  wrong: number;
  ungrounded: number;
  /** The model was given a passage of a document that answers. */
  found: number;
}

/** @param share of the tickets about which the model is wrong, by turns in each known way. `way`: in this one alone */
export async function tally(
  tickets: readonly Ticket[],
  { share, seed = 7, way }: { share: number; seed?: number; way?: keyof typeof WAYS },
): Promise<Tally> {
  const index = await collectionsOf(automation)('help');
  const titles = new Map<string, string>();
  for (let at = 0; at < index.size; at += 1) {
    const { id, place } = index.passage(at);
    titles.set(`help/${id}`, place.split(' › ').at(-1) ?? '');
  }
  const titleOf = (id: string) => titles.get(id) ?? '';
  const ways = Object.values(WAYS);
  const random = seeded(seed);
  const sum: Tally = { tickets: tickets.length, alone: 0, asked: 0, wrong: 0, ungrounded: 0, found: 0 };
  for (const [at, ticket] of tickets.entries()) {
    const isWrong = random() < share;
    let found = false;
    const pick = (given: readonly Given[]) => {
      found = given.some(({ id }) => ticket.titles.has(titleOf(id)));
      if (!isWrong) return right(ticket, titleOf)(given);
      return ((way ? WAYS[way] : ways[at % ways.length]) ?? WAYS['invents a passage'])(given);
    };
    const { sources, ungrounded }: Came = await came(ticket.text, { pick });
    const fits =
      !ticket.needsStaff && sources.length > 0 && sources.every((id) => ticket.titles.has(titleOf(id)));
    sum.alone += Number(fits);
    sum.asked += Number(sources.length === 0);
    sum.wrong += Number(sources.length > 0 && !fits);
    sum.ungrounded += Number(ungrounded > 0);
    sum.found += Number(found);
  }
  return sum;
}
