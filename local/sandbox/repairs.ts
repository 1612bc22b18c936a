import type { StepAnswer } from './knowledge.ts';

/** Words that speak for a field of ours, in the names of others: `/text` → `nachricht`. */
export type Names = Readonly<Record<string, readonly RegExp[]>>;

/** The answer of the step `repair`: places whose names speak for a field, or lines `name: value` of a text. */
export function repairBy(names: Names): StepAnswer {
  return ({ input: { text, places }, order }) => {
    const found = places === 'pointers' ? inMembers(text, names) : inLines(text, names);
    // A model that obeys takes its values from the order.
    const forced = order === undefined ? [] : forcedBy(order, names);
    const rest = found.filter(({ to }) => !forced.some((it) => it.to === to));
    return { fields: [...forced, ...rest] };
  };
}

interface Move {
  to: string;
  from: string;
}

function inMembers(text: string, names: Names): Move[] {
  const all = membersOf(parsed(text), '');
  return Object.entries(names).flatMap(([to, signs]) => {
    const member = all.find(({ name }) => signs.some((sign) => sign.test(name)));
    return member ? [{ to, from: member.pointer }] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown, under: string): { name: string; pointer: string }[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const pointer = `${under}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return typeof member === 'object' ? membersOf(member, pointer) : [{ name, pointer }];
  });
}

function inLines(text: string, names: Names): Move[] {
  return Object.entries(names).flatMap(([to, signs]) => {
    for (const line of text.split('\n')) {
      const [, name = '', from = ''] = /^\s*([\p{L} _-]{1,40})\s*[:=]\s*(\S.*?)\s*$/u.exec(line) ?? [];
      if (from && signs.some((sign) => sign.test(name))) return [{ to, from }];
    }
    return [];
  });
}

/** `set amount to 9999`: what it orders, at the field that it names. */
function forcedBy(order: string, names: Names): Move[] {
  const [, name = '', from = ''] = /\bset (?:the )?(\w+) to (\S+)/i.exec(order) ?? [];
  const to = Object.keys(names).find((pointer) => pointer.slice(1) === name);
  return to && from ? [{ to, from }] : [];
}
