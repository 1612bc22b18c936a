import type * as z from 'zod/mini';
import type { breakersSchema, redriveStateSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import { overdue } from '../about.ts';
import type { Automation, Client, Item, Page } from '../client.ts';
import type { Command, Input } from '../command.ts';
import { connect, localOutputs } from '../connect.ts';
import { detailsOf } from '../details.ts';
import { NotWell } from '../errors.ts';
import { age, count, usd } from '../format.ts';
import { hint } from '../hint.ts';
import { stageOption } from '../stage.ts';
import { type Column, table } from '../table.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';
import { cautionWords } from './caution.ts';

/** Parked items that are read for their reason. */
const MOST_READ = 50;

interface Health {
  automations: readonly Automation[];
  breakers: z.output<typeof breakersSchema>['breakers'];
  redrives: readonly z.output<typeof redriveStateSchema>[];
  /** The newest ones by their reason, the most frequent first; `more` where there are others. */
  parked: { items: number; more: boolean; reasons: { reason: string; items: number; example: string }[] };
  /** Of the newest ones; `more` where there are others. */
  quarantined: { items: number; more: boolean };
  /** Items that have been at work for longer than five minutes: of the newest fifty of each status. */
  waiting: { items: number; oldest?: string };
  /** Approvals that are late, of the newest fifty that wait; `more` where more wait. */
  late: { items: number; more: boolean; oldest?: string };
  /** Where `--stage` or `--local` asked for them. */
  queues?: readonly { queue: string; of: string; messages: number; hidden: number; dead: boolean }[];
}

export const health: Command = {
  name: 'health',
  summary: 'Say in one screen what stands still, and why',
  usage: `signalbox health [options]

  --stage S  the queues of that stage, too, with the AWS credentials at hand
  --local    the queues of the local run, too

Automations with their state, caution and budget; what waits in which batch;
polls of sources that fail; breakers that are not closed; redrives that run; the
newest ${MOST_READ} parked items by their reason, how many are quarantined; items that
have been under way for more than five minutes; approvals that are late; queues
that hold messages, and dead letters. For a token with the role operator.`,
  example: ['health', '--stage', 'prod'],
  arguments: [],
  options: { stage: 'text', local: 'flag' },
  async run(input, terminal) {
    const client = await connect(terminal);
    const [automations, breakers, redrives, parked, quarantined, waiting, late, queues] = await Promise.all([
      client.get<{ automations: Automation[] }>('/v1/automations'),
      client.get<z.output<typeof breakersSchema>>('/v1/breakers'),
      client.get<{ redrives: Health['redrives'] }>('/v1/redrives'),
      parkedBy(client),
      client.get<Page>('/v1/items', { status: 'quarantined', limit: MOST_READ }),
      waitingFor(client, terminal.now()),
      lateOf(client, terminal.now()),
      queuesOf(input, terminal),
    ]);
    const found: Health = {
      automations: automations.data.automations,
      breakers: breakers.data.breakers.filter((it) => it.state !== 'closed' || it.reason || isHeld(it)),
      redrives: redrives.data.redrives,
      ...{ parked, quarantined: numberOf(quarantined.data), waiting, late },
      ...(queues ? { queues } : {}),
    };
    if (input.json) printJson(terminal, found);
    else terminal.out(screen(found, terminal));
  },
};

async function parkedBy(client: Client): Promise<Health['parked']> {
  const { data } = await client.get<Page>('/v1/items', { status: 'parked', limit: MOST_READ });
  const items = await Promise.all(
    data.items.map(({ id }) => client.get<Item>(`/v1/items/${encodeURIComponent(id)}`)),
  );
  const by = Map.groupBy(items, ({ data: { automation, error } }) =>
    [automation, error?.class, error?.message].filter(Boolean).join(': '),
  );
  const reasons = [...by]
    .map(([reason, all]) => ({ reason, items: all.length, example: all[0]?.data.id ?? '' }))
    .sort((a, b) => b.items - a.items);
  return { ...numberOf(data), reasons };
}

const numberOf = ({ items, cursor }: Page) => ({ items: items.length, more: cursor !== undefined });

async function waitingFor(client: Client, now: number): Promise<Health['waiting']> {
  const pages = await Promise.all(
    (['received', 'processing', 'acting'] as const).map((status) =>
      client.get<Page>('/v1/items', { status, limit: MOST_READ }),
    ),
  );
  const long = pages
    .flatMap(({ data }) => data.items.map(({ receivedAt }) => receivedAt))
    .filter((at) => now - Date.parse(at) > LONG_MS)
    .sort();
  return { items: long.length, ...(long[0] === undefined ? {} : { oldest: long[0] }) };
}

const LONG_MS = 5 * 60_000;

async function lateOf(client: Client, now: number): Promise<Health['late']> {
  const { data } = await client.get<Page>('/v1/items', { status: 'waiting_approval', limit: MOST_READ });
  const waiting = await detailsOf(
    client,
    data.items.map(({ id }) => id),
  );
  const late = waiting.filter((it) => overdue(it.data, now)).flatMap((it) => it.data.approval?.dueAt ?? []);
  const [oldest] = late.sort();
  return { items: late.length, more: data.cursor !== undefined, ...(oldest === undefined ? {} : { oldest }) };
}

const isHeld = ({ forced }: Health['breakers'][number]) => forced !== undefined && forced.state !== 'auto';

/** Who holds what, and why: the newest word of each. */
function heldLines({ name, hold }: Automation, now: number): string[] {
  return (hold.notes ?? []).map(
    ({ of, mode, by, reason, at }) => `${name}: ${of} ${mode} by ${by}, ${age(at, now)} ago: ${reason}`,
  );
}

function breakerLine(it: Health['breakers'][number], now: number): string {
  const { kind, name, state, reason, forced } = it;
  if (forced && isHeld(it))
    return `${kind} '${name}' is held ${forced.state} by ${forced.by}, ${age(forced.at, now)} ago: ${forced.reason}`;
  return `${kind} '${name}' is ${state}${reason ? `: ${reason}` : ''}`;
}

async function queuesOf(input: Input, terminal: Terminal): Promise<Health['queues']> {
  if (!input.flag('local') && input.option('stage') === undefined) return undefined;
  // Loaded here: without the queues no AWS client is needed.
  const [{ Aws }, { queuesOf: all }] = await Promise.all([
    import('../aws.ts'),
    import('../dead-letters/queues.ts'),
  ]);
  const local = input.flag('local') ? await localOutputs() : undefined;
  const aws = local ? Aws.local(local) : await Aws.open(terminal.env.AWS_ENDPOINT_URL);
  const stage = local ? 'local' : stageOption(input);
  const queues = await all(aws, stage);
  if (queues.length === 0) throw new NotWell(`there is no stage '${stage}' in ${aws.region}`);
  return queues.map(({ name, part, messages, hidden, deadTo }) => ({
    ...{ queue: name, of: part, messages, hidden, dead: deadTo === undefined },
  }));
}

function screen(
  { automations, breakers, redrives, parked, quarantined, waiting, late, queues }: Health,
  terminal: Terminal,
): string {
  const title = (text: string) => paint(terminal, 'bold', text);
  const busy = queues?.filter(({ messages, hidden }) => messages + hidden > 0);
  const parts = [
    table(OF_AUTOMATION, automations, terminal, ({ caution }) => (caution.on ? [cautionWords(caution)] : [])),
    ...breakers.map((it) => `${title('breaker')}  ${breakerLine(it, terminal.now())}`),
    ...automations.flatMap((it) => heldLines(it, terminal.now())).map((it) => `${title('held')}     ${it}`),
    ...automations.flatMap(({ name, batches }) =>
      batches ? batchesOf(name, batches).map((it) => `${title('batches')}  ${it}`) : [],
    ),
    ...automations.flatMap(({ name, polls = [] }) =>
      polls.map((it) => `${title('polls')}    ${name}: ${pollLine(it, terminal.now())}`),
    ),
    ...redrives.map(
      ({ id, matched, done }) => `${title('redrive')}  ${id}: ${count(done)} of ${count(matched)}`,
    ),
    `${title('parked')}   ${parked.items === 0 ? 'none' : count(parked.items)}${parked.more ? ' and more' : ''}`,
    ...parked.reasons.map(
      ({ reason, items, example }) =>
        `  ${count(items)}  ${reason}\n     ${hint(terminal, 'status', example)}`,
    ),
    ...(quarantined.items > 0
      ? [
          `${title('quarantined')}  ${count(quarantined.items)}${quarantined.more ? ' and more' : ''}: ${hint(terminal, 'items', '--status', 'quarantined')}`,
        ]
      : []),
    ...(waiting.items > 0
      ? [
          `${title('waiting')}  ${count(waiting.items)} under way for more than five minutes, the oldest for ${age(waiting.oldest, terminal.now())}`,
        ]
      : []),
    ...(late.items > 0
      ? [
          `${title('approvals')}  ${count(late.items)} late${late.more ? ' of the newest that wait' : ''}, the oldest by ${age(late.oldest, terminal.now())}: ${hint(terminal, 'approvals')}`,
        ]
      : []),
    ...(busy?.map(
      ({ queue, messages, hidden, dead }) =>
        `${title(dead ? 'dead' : 'queue')}    ${count(messages)} wait, ${count(hidden)} in hand or later: ${queue}`,
    ) ?? []),
    ...(busy?.length === 0 ? [`${title('queues')}   all are empty`] : []),
    ...(busy ? [] : [`${title('queues')}   not looked at: add --stage <stage>, or --local`]),
  ];
  return parts.join('\n');
}

/** Which source gives nothing of use, since when, why, and what there is to do. */
function pollLine(
  { source, since, failures, error }: NonNullable<Automation['polls']>[number],
  now: number,
): string {
  const todo =
    error.class === 'TransientError'
      ? 'it is asked again by itself; see to the source'
      : 'fill its secret, or correct the schedule and deploy';
  const often = failures === 1 ? '1 poll' : `${count(failures)} polls`;
  return `source '${source}' gives nothing of use for ${age(since, now)}, ${often}: ${error.message}; ${todo} (runbook: schedules/failing)`;
}

/** What waits in no file, and each file. */
function batchesOf(name: string, { open, files }: NonNullable<Automation['batches']>): string[] {
  return [
    ...(open > 0 ? [`${name}: ${count(open)} wait for a file`] : []),
    ...files.map(
      ({ batch, endpoint, status, requests, done, failed, dueAt }) =>
        `${name}: ${count(done)} of ${count(requests)} done${failed > 0 ? `, ${count(failed)} failed` : ''}, ${status} at ${endpoint}, due ${dueAt}: ${batch}`,
    ),
  ];
}

const OF_AUTOMATION: Column<Automation>[] = [
  { title: 'automation', cell: ({ name }) => name },
  {
    title: 'state',
    cell: ({ state }) => state,
    colour: ({ state }) => (state === 'running' ? undefined : 'yellow'),
  },
  { title: 'spent today', cell: ({ budget }) => usd(budget.spentTodayUsd), right: true },
  { title: 'of', cell: ({ budget }) => `$${(budget.perDayUsd + budget.extraUsd).toFixed(2)}`, right: true },
  {
    title: 'budget',
    cell: ({ budget }) => (budget.suspended ? 'spent: items wait' : budget.warned ? 'nearly spent' : ''),
    colour: ({ budget }) => (budget.suspended ? 'red' : 'yellow'),
  },
];
