import type { Verdict } from '../../contract/item/status.ts';
import type { RegistryEntry } from '../../contract/registry.ts';

/** Longer examples say less than the schema. */
const MOST_EXAMPLE = 400;

const OUTCOMES: Readonly<Record<Verdict, string>> = {
  act: 'is carried out at once',
  ask: 'asks a person',
  refuse: 'is refused',
};

/** What an agent must know of an automation before it calls its tool. */
export function describe(entry: RegistryEntry): string {
  return [
    entry.purpose,
    'Rules decide about each call, not the caller: it is carried out at once, put before a person, or refused.',
    ...entry.actions.map((action) => actionLine(entry, action)),
    ...documentsLine(entry),
    ...exampleLines(entry),
  ].join('\n');
}

function actionLine({ limits }: RegistryEntry, action: RegistryEntry['actions'][number]): string {
  const { name, risk, reversible } = action;
  const undone = reversible ? 'can be undone' : 'cannot be undone';
  const most = limitsOf(limits[name] ?? {});
  const asks = most.length > 0 ? `. Asks a person beyond ${most.join(', ')}` : '';
  return `- Action ${name}: ${risk}, ${undone}${asks}.`;
}

interface Limit {
  count?: number;
  amount?: string;
  days?: number;
}

interface Limits {
  perSubject?: Limit;
  per?: Readonly<Record<string, Limit>>;
  perDay?: Limit;
  perRecipient?: Limit;
}

function limitsOf({ perSubject, per = {}, perDay, perRecipient }: Limits): string[] {
  const within = ({ days = 1 }: Limit) => (days === 1 ? 'a day' : `${days} days`);
  return [
    ...(perSubject ? [`${mostOf(perSubject)} for the same subject in ${within(perSubject)}`] : []),
    ...Object.entries(per).map(([name, one]) => `${mostOf(one)} for the same ${name} in ${within(one)}`),
    ...(perRecipient ? [`${mostOf(perRecipient)} to one recipient in ${within(perRecipient)}`] : []),
    ...(perDay ? [`${mostOf(perDay)} in a day`] : []),
  ];
}

const mostOf = ({ count, amount }: Limit) =>
  [count === undefined ? '' : timesOf(count), amount ?? ''].filter(Boolean).join(' and ');

const timesOf = (count: number) => (count === 1 ? 'once' : `${count} times`);

function documentsLine({ documents }: RegistryEntry): string[] {
  if (!documents) return [];
  const { most, types, mostBytes } = documents;
  return [
    `Takes up to ${most} documents (${types.join(', ')}; at most ${mostBytes / 1e6} MB each): announce each with upload_document.`,
  ];
}

/** The shortest for each outcome. */
function exampleLines({ examples }: RegistryEntry): string[] {
  const all = (examples as { expect: Verdict; body: unknown }[]).map(({ expect, body }) => ({
    ...{ expect, text: JSON.stringify(body) },
  }));
  return (Object.keys(OUTCOMES) as Verdict[]).flatMap((verdict) => {
    const [first] = all
      .filter(({ expect, text }) => expect === verdict && text.length <= MOST_EXAMPLE)
      .sort((a, b) => a.text.length - b.text.length);
    return first ? [`Example that ${OUTCOMES[verdict]}: ${first.text}`] : [];
  });
}
