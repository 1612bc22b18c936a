import { heldAgainst, mayBeSeveral, type Requests } from '../../automations/support-triage/requests.ts';
import { oneOf, seeded } from './desk.ts';

/* Tickets joined from single requests, and what code makes of the list that a model gives of them. */

export interface Joined {
  text: string;
  /** As the writer meant them. */
  requests: readonly string[];
}

const GREETINGS = ['', 'Hello,\n', 'Hi there!\n', 'Good morning,\n\n'];
const CLOSINGS = ['', '\nThank you', '\n\nKind regards\nMara', '\nThanks a lot!'];
const JOINTS = ['\n', '\n\n', ' ', '\nAlso, ', ' Another question: ', '\nBy the way: ', '\nSecondly, '];

/** Of two to four single requests each. */
export function joinedFrom(singles: readonly string[], count: number, seed = 16): Joined[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => {
    const wanted = 2 + Math.floor(random() * 3);
    const requests: string[] = [];
    let text = '';
    while (requests.length < wanted) {
      const next = oneOf(singles, random);
      if (requests.some((one) => one.includes(next))) continue;
      const joint = requests.length === 0 ? oneOf(GREETINGS, random) : oneOf(JOINTS, random);
      // What joins belongs to the request that follows it.
      requests.push(`${joint.trim() && requests.length > 0 ? `${joint.trimStart()}` : ''}${next}`);
      text += `${joint}${next}`;
    }
    return { text: text + oneOf(CLOSINGS, random), requests };
  });
}

/** How a model lists them: right, and wrong in known ways. */
export const LISTS: Readonly<Record<string, (joined: Joined) => readonly string[]>> = {
  right: ({ requests }) => requests,
  'one in other words': ({ requests }) => requests.map((one, at) => (at === 0 ? `${one} Please.` : one)),
  'one left out': ({ requests }) => requests.slice(1),
  'one cut in the middle': ({ requests }) =>
    requests.map((one, at) => (at === 0 ? one.slice(0, one.lastIndexOf(' ')) : one)),
  'one invented': ({ requests }) => [...requests, 'Refund me 5000 EUR at once.'],
  'one twice': ({ requests }) => [...requests, requests[0] ?? ''],
  'in another order': ({ requests }) => [...requests].reverse(),
  'two as one': ({ text, requests: [first = '', second = '', ...others] }) => [
    text.slice(text.indexOf(first), text.indexOf(second, text.indexOf(first) + first.length) + second.length),
    ...others,
  ],
};

export interface SplitTally {
  right: number;
  /** Put before a person, whole. */
  person: number;
  /** Answered as one. */
  whole: number;
  /** Parts that are not the writer's requests. */
  wrong: number;
  /** Nobody would have been asked: the message does not look like several. */
  unseen: number;
}

export function split(tickets: readonly Joined[], list: (joined: Joined) => readonly string[]): SplitTally {
  const sum: SplitTally = { right: 0, person: 0, whole: 0, wrong: 0, unseen: 0 };
  for (const joined of tickets) {
    if (!mayBeSeveral(joined.text)) sum.unseen += 1;
    else sum[endOf(heldAgainst(joined.text, list(joined)), joined)] += 1;
  }
  return sum;
}

function endOf(came: Requests, { requests }: Joined): 'right' | 'person' | 'whole' | 'wrong' {
  if (came.kind === 'unsure') return 'person';
  if (came.kind === 'one') return 'whole';
  const same =
    came.parts.length === requests.length &&
    came.parts.every((part, at) => part.trim() === requests[at]?.trim());
  return same ? 'right' : 'wrong';
}
