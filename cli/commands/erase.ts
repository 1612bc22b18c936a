import type * as z from 'zod/mini';
import type { erasureSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { count } from '../format.ts';
import { spellingsOf } from '../phone.ts';
import { printJson, type Terminal } from '../terminal.ts';

type Erasure = z.output<typeof erasureSchema>;

export const erase: Command = {
  name: 'erase',
  summary: 'Remove what is kept of a person: content, documents, answers of models',
  usage: `signalbox erase --subject <who> --reason TEXT [options]

  --subject WHO      an e-mail address, a phone number or the id of a customer
  --reason TEXT      why, for the audit record: 3 to 300 characters, without
                     the subject, which is kept nowhere
  --calling-code N   for a phone number: its country, such as 49. Then
                     0170 1234567 and +49 170 1234567 are one subject
  --dry-run          only count what would be removed
  --automations A,B  look in these as well: automations that are not deployed
                     any more, whose items may still be kept

Items that have not acted are withdrawn first, and their open approvals closed.
Items that act at this moment stay: repeat the command a little later. What
stays of the others are facts: status, times, cost, who decided. Run it with
--dry-run first; what is removed does not come back. For a token with the role
operator, for all automations.`,
  example: ['erase', '--subject', 'zoe@example.com', '--reason', 'asked us to, case 4711', '--dry-run'],
  arguments: [],
  options: {
    ...{ subject: 'text', reason: 'text', 'calling-code': 'text' },
    ...{ 'dry-run': 'flag', automations: 'text' },
  },
  async run(input, terminal) {
    const subject = needed(input, 'subject');
    const reason = needed(input, 'reason');
    const automations = input.option('automations')?.split(',');
    const dryRun = input.flag('dry-run');
    const code = input.option('calling-code');
    const asked = { reason, dryRun, ...(automations ? { automations } : {}) };
    let erased: Erasure | undefined;
    for (const spelling of code === undefined ? [subject] : spellingsOf(subject, code)) {
      const found = await eraseAll(terminal, { subject: spelling, ...asked });
      erased = erased ? together(erased, found) : found;
    }
    if (!erased) return;
    if (input.json) return printJson(terminal, erased);
    for (const line of told(erased)) terminal.out(line);
  },
};

function needed(input: Input, name: string): string {
  const text = input.option(name);
  if (text === undefined) throw new UsageError(`--${name} is missing: see`, ['erase', '--help']);
  return text;
}

/** All answers as one. */
async function eraseAll(terminal: Terminal, asked: object): Promise<Erasure> {
  const client = await connect(terminal);
  let whole: Erasure | undefined;
  for (let cursor: string | undefined; ; ) {
    const body = JSON.stringify(cursor === undefined ? asked : { ...asked, cursor });
    const { data } = await client.post<Erasure>('/v1/erasures', body, {});
    const { cursor: next, ...part } = data;
    whole = whole ? joined(whole, part) : part;
    if (next === undefined) return whole;
    cursor = next;
  }
}

function joined(one: Erasure, other: Erasure): Erasure {
  const kinds = [...new Set([...Object.keys(one.removed), ...Object.keys(other.removed)])] as Kind[];
  const sums = kinds.map((kind) => [kind, (one.removed[kind] ?? 0) + (other.removed[kind] ?? 0)]);
  return { ...one, items: [...one.items, ...other.items], removed: Object.fromEntries(sums) };
}

/** What is known of two spellings of one subject: an item that both find is one. */
function together(one: Erasure, other: Erasure): Erasure {
  const known = new Set(one.items.map(({ id }) => id));
  const whole = joined(one, { ...other, items: other.items.filter(({ id }) => !known.has(id)) });
  return { ...whole, subject: `${one.subject} and ${other.subject}` };
}

type Kind = keyof Erasure['removed'];

/** What each kind is called where it is counted. */
const CALLED: Readonly<Record<Kind, string>> = {
  content: 'bodies, proposals and names of documents',
  files: 'documents and mails as they came',
  readings: 'readings and pictures of pages',
  answers: 'answers of models, kept answers and vectors',
  uploads: 'announced uploads',
  limits: 'ties to counts of limits',
  approvals: 'approvals with words',
};

function told({ items, removed, dryRun, subject }: Erasure): string[] {
  const of = (outcome: Erasure['items'][number]['outcome']) => items.filter((it) => it.outcome === outcome);
  const done = of('erased').length + of('unsettled').length;
  const sums = Object.entries(removed).map(([kind, sum = 0]) => `  ${count(sum)} ${CALLED[kind as Kind]}`);
  const acting = of('acts').map(({ id }) => `  ${id} acts at this moment and was not touched`);
  const later = of('unsettled')
    .map(({ againAt = '' }) => againAt)
    .sort()
    .at(-1);
  return [
    dryRun
      ? `${plural(of('found').length)} would be erased`
      : `${plural(done)} erased; the audit names the subject ${subject}`,
    ...sums,
    ...acting,
    ...(acting.length > 0 ? ['repeat the command in a few minutes'] : []),
    ...(later
      ? [`${plural(of('unsettled').length)} may have been in work: repeat the command after ${later}`]
      : []),
  ];
}

const plural = (items: number) => `${count(items)} ${items === 1 ? 'item' : 'items'}`;
