import { join } from 'node:path';
import { failedFunction } from '../../lambdas/kit/queue/failed-batch.ts';
import { times } from '../../lambdas/reports/words.ts';
import { ROOT } from '../../local/state.ts';
import type { Aws } from '../aws.ts';
import type { Command, Input } from '../command.ts';
import { localOutputs } from '../connect.ts';
import type { Dead } from '../dead-letters/messages.ts';
import type { DeadLetters } from '../dead-letters/queues.ts';
import type { Moved } from '../dead-letters/redrive.ts';
import { NotWell, UsageError } from '../errors.ts';
import { age, count } from '../format.ts';
import { hint } from '../hint.ts';
import { stageOption } from '../stage.ts';
import { type Column, table } from '../table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { safeJson } from '../text.ts';

export const dlq: Command = {
  name: 'dlq',
  summary: 'List, show, move back and delete messages nobody could handle',
  usage: `signalbox dlq [show <queue> | redrive <queue> --reason TEXT |
                      delete <queue> --id ID --reason TEXT] [options]

  <queue>        its name, or a part of it that no other has
  --limit N      show: so many messages at most (default: 10)
  --id ID        delete: the message, as show names it; several with commas
  --reason TEXT  redrive, delete: why, for the audit: 3 to 300 characters
  --dry-run      redrive: tell what would be moved, and move nothing
  --rate N       redrive: at most so many a minute (default: 300)
  --stage S      of which stage (default: dev)
  --local        of the local run
  --config FILE  the stage's configuration (signalbox.config.ts if left out)

show takes nothing away. redrive sends each message to the queue that it came
from, then removes it here: interrupted in between, the message comes twice,
which does nothing twice, so the command may be repeated. Remove the cause
first. Changes of a table stay: the runbook says what to do. delete removes
messages for good. With the AWS credentials at hand; the
console's Operate, Dead letters, and GET /v1/dead-letters need none.`,
  example: ['dlq', 'redrive', 'refund-request', '--reason', 'the fix is deployed'],
  arguments: ['verb?', 'queue?'],
  options: {
    ...{
      limit: 'text',
      id: 'text',
      reason: 'text',
      'dry-run': 'flag',
      rate: 'text',
      stage: 'text',
      local: 'flag',
      config: 'text',
    },
  },
  async run(input, terminal) {
    const verb = input.argument(0);
    const typed = input.argument(1);
    if (verb !== undefined && !['show', 'redrive', 'delete'].includes(verb))
      throw new UsageError(`'${verb}' is not a verb of dlq: type`, ['dlq', '--help']);
    if (verb !== undefined && typed === undefined)
      throw new UsageError('say which queue; all of them are listed by', ['dlq']);
    const reason = input.option('reason');
    if (
      (verb === 'delete' || (verb === 'redrive' && !input.flag('dry-run'))) &&
      (reason === undefined || !/^.{3,300}$/u.test(reason.trim()))
    )
      throw new UsageError('--reason is missing, or not of 3 to 300 characters: say why, for the audit');
    const ids = (input.option('id') ?? '').split(',').filter(Boolean);
    if (verb === 'delete' && ids.length === 0)
      throw new UsageError('--id is missing: say which message; show names them', [
        'dlq',
        'show',
        typed ?? '',
      ]);
    // Loaded here: the other commands need no AWS clients.
    const [{ Aws, AwsRefusal }, { deadLettersAmong, namedQueue, queuesOf }] = await Promise.all([
      import('../aws.ts'),
      import('../dead-letters/queues.ts'),
    ]);
    const carriedOut = async () => {
      const local = input.flag('local') ? await localOutputs() : undefined;
      const stage = local ? 'local' : stageOption(input);
      const aws = local
        ? Aws.local(local)
        : await Aws.open(terminal.env.AWS_ENDPOINT_URL, withoutAws(input, terminal));
      const all = deadLettersAmong(await queuesOf(aws, stage));
      if (all.length === 0) throw new NotWell(`there is no stage '${stage}' in ${aws.region}`);
      if (verb === undefined) return list(aws, all, input, terminal);
      const dead = namedQueue(all, typed ?? '');
      if (verb === 'show') return show(aws, dead, input, terminal);
      if (input.flag('dry-run')) return foretell(aws, dead, input, terminal);
      const wish = { stage, dead, reason: reason?.trim() ?? '' };
      if (verb === 'delete') return deleteSome(aws, { ...wish, ids }, input, terminal);
      await redriveAll(aws, wish, input, terminal);
    };
    await carriedOut().catch((error: unknown) => {
      if (!(error instanceof AwsRefusal)) throw error;
      throw new NotWell(`${error.message}; nothing is lost: repeat the command once AWS lets you`);
    });
  },
};

/** Most people have none at hand, and operators of a local run never. */
function withoutAws(input: Input, terminal: Terminal): string {
  const page = 'the console shows the same without them: Operate, Dead letters';
  return input.option('stage') === undefined
    ? `${page}; of a local run: ${hint(terminal, 'dlq', '--local')}`
    : page;
}

async function list(aws: Aws, all: readonly DeadLetters[], input: Input, terminal: Terminal): Promise<void> {
  const { peek } = await import('../dead-letters/messages.ts');
  const rows = await Promise.all(
    all.map(async ({ name, part, messages, hidden, url, sources }) => {
      // SQS tells the age of none: the oldest of a few stands for it.
      const some = messages > 0 ? await peek(aws, url, 10) : [];
      const oldest = some.flatMap(({ sentAt }) => sentAt ?? []).sort()[0];
      return {
        queue: name,
        of: part,
        messages,
        hidden,
        ...(oldest ? { oldest } : {}),
        sources: sources.map((it) => it.name),
      };
    }),
  );
  if (input.json) return printJson(terminal, { queues: rows });
  const columns: Column<(typeof rows)[number]>[] = [
    { title: 'of', cell: ({ of }) => of },
    {
      title: 'messages',
      right: true,
      cell: ({ messages }) => count(messages),
      colour: ({ messages }) => (messages > 0 ? 'red' : undefined),
    },
    { title: 'oldest', cell: ({ oldest }) => age(oldest, terminal.now()) },
    { title: 'queue', cell: ({ queue }) => queue },
  ];
  terminal.out(table(columns, rows, terminal));
  const first = rows.find(({ messages }) => messages > 0);
  if (first)
    terminal.out(`What is in it: ${hint(terminal, 'dlq', 'show', first.queue, ...stageWords(input))}`);
}

/** The stage as it was typed: a command to go on with is about the same. */
function stageWords(input: Input): string[] {
  const stage = input.option('stage');
  return input.flag('local') ? ['--local'] : stage === undefined ? [] : ['--stage', stage];
}

async function show(aws: Aws, dead: DeadLetters, input: Input, terminal: Terminal): Promise<void> {
  const { peek } = await import('../dead-letters/messages.ts');
  const most = input.number('limit', 1, 1000) ?? 10;
  const messages = (await peek(aws, dead.url, most)).map((it) => shown(it));
  if (input.json) return printJson(terminal, { queue: dead.name, messages });
  if (messages.length === 0) return terminal.out(`${dead.name} is empty`);
  for (const { id, sentAt, receives, source, message, text } of messages) {
    terminal.out(
      `${id}  ${age(sentAt, terminal.now())} ago, received ${times(receives)}${source ? `, of ${source}` : ''}`,
    );
    terminal.out(`  ${text === undefined ? safeJson(message, 0) : `no JSON: ${safeJson(text, 0)}`}`);
  }
}

/** Decoded; what is no JSON is there as it is, and harmless once it is printed. */
function shown({ id, sentAt, receives, source, body }: Dead) {
  const from = source?.split(':').at(-1);
  const facts = (known = from) => ({ id, sentAt, receives, ...(known ? { source: known } : {}) });
  try {
    const message: unknown = JSON.parse(body);
    return { ...facts(from ?? failedFunction(message)), message, text: undefined };
  } catch {
    return { ...facts(), message: undefined, text: body };
  }
}

async function foretell(aws: Aws, dead: DeadLetters, input: Input, terminal: Terminal): Promise<void> {
  const [{ peek }, { sourceOf }] = await Promise.all([
    import('../dead-letters/messages.ts'),
    import('../dead-letters/redrive.ts'),
  ]);
  const moved: Record<string, number> = {};
  let left = 0;
  for (const { source } of await peek(aws, dead.url, Math.max(1, dead.messages))) {
    const name = sourceOf(dead, source)?.name;
    if (name) moved[name] = (moved[name] ?? 0) + 1;
    else left += 1;
  }
  told({ queue: dead.name, moved, left }, 'would go back', input, terminal);
}

async function redriveAll(
  aws: Aws,
  { stage, dead, reason }: { stage: string; dead: DeadLetters; reason: string },
  input: Input,
  terminal: Terminal,
): Promise<void> {
  const rate = input.number('rate', 1, 6000) ?? 300;
  const { moveAll, record } = await import('../dead-letters/redrive.ts');
  await record(aws, { stage, dead, reason, verb: 'redrive', days: await daysOf(input) });
  const moved = await moveAll(aws, dead, () => terminal.pause(60_000 / rate));
  told(moved, 'went back', input, terminal);
  if (moved.left > 0) throw new NotWell(`${count(moved.left)} of no queue of this stage are left`);
}

async function deleteSome(
  aws: Aws,
  { stage, dead, reason, ids }: { stage: string; dead: DeadLetters; reason: string; ids: string[] },
  input: Input,
  terminal: Terminal,
): Promise<void> {
  const { record, removeSome } = await import('../dead-letters/redrive.ts');
  await record(aws, { stage, dead, reason, verb: 'delete', ids, days: await daysOf(input) });
  const deleted = await removeSome(aws, dead, new Set(ids));
  if (input.json) printJson(terminal, { queue: dead.name, deleted, left: ids.length - deleted });
  else terminal.out(`${count(deleted)} deleted from ${dead.name}`);
  if (deleted < ids.length) throw new NotWell(`${count(ids.length - deleted)} were not found`);
}

/** For how long the audit keeps an entry. A local run keeps it as the root's configuration says; its own one is of `npm start`. */
async function daysOf(input: Input): Promise<number> {
  const { loadConfig } = await import('../../lib/config.ts');
  const file = input.option('config') ?? join(ROOT, 'signalbox.config.ts');
  return (await loadConfig(file)).retention.itemDays;
}

function told({ queue, moved, left }: Moved, what: string, input: Input, terminal: Terminal): void {
  const lines = Object.entries(moved).map(([to, number]) => `${count(number)} ${what} to ${to}`);
  if (left > 0) lines.push(`${count(left)} stay: changes of a table, or of a queue that nobody knows`);
  if (input.json) printJson(terminal, { queue, moved, left });
  else terminal.out(lines.length > 0 ? lines.join('\n') : `${queue} is empty`);
}
