import type * as z from 'zod/mini';
import { VERSIONS } from '../../lambdas/api/door/bodies.ts';
import type { redrivenSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import { STATUSES } from '../../lambdas/contract/item/status.ts';
import type { Client } from '../client.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { hint } from '../hint.ts';
import { OF_MANY, redriveMany, stopMany, watch } from '../redrives.ts';
import { shortId, wholeId } from '../short-id.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { readBytes } from '../uploads.ts';

type Redriven = z.output<typeof redrivenSchema>;

export const redrive: Command = {
  name: 'redrive',
  summary: 'Let an item, or many, go on from where they stopped',
  usage: `signalbox redrive [<id> | --automation NAME] --reason TEXT [options]
       … redrive stop <redrive> --reason TEXT

  id              an item: its short number, or its whole id
  --reason TEXT   why, for the timeline and the audit: 3 to 300 characters
  --version V     same: what was judged stands (the default)
                  current: what is deployed now judges it
  --fresh         use nothing that is remembered: every step is paid for again
  --edit FILE     for one item: a JSON body that replaces its input; the first
                  one is kept
  --if-status S   for one item: only where it is still so, such as parked

Of an automation, those that fit all of these:

  --status S      one or several, with commas (default: parked,quarantined)
  --class C       of its error: TransientError, InputError, ProcessingError or
                  SystemError
  --stage S       where it stopped, such as act
  --label L       what it was taken for
  --since TIME    received then or later, such as 2h or 2026-11-20T09:00:00Z
  --until TIME    received before
  --rate N        at most so many a minute (default: 300)
  --dry-run       tell how many would go on, and change nothing
  --look ID       tell how an earlier one stands; without anything else

An item goes on as its next generation. Its steps are remembered, so that it
costs nothing; what was done is not done again, and an approval still counts.
One that acted, or may have, is asked about before more of it is done. What was
rejected, refused or withdrawn, or has expired, stays so. Many go on in the
background: the command may be stopped and repeated. stop ends that: what has
gone on stays so. For a token with the role operator.`,
  example: ['redrive', '816d1d2', '--reason', 'the ledger is up again'],
  arguments: ['id?', 'redrive?'],
  options: {
    reason: 'text',
    version: 'text',
    fresh: 'flag',
    edit: 'text',
    'if-status': 'text',
    ...OF_MANY,
    look: 'text',
  },
  async run(input, terminal) {
    const look = input.option('look');
    if (look !== undefined) return watch(await connect(terminal), look, input, terminal);
    const id = input.argument(0);
    if (id === 'stop') return stop(input, terminal);
    if (input.argument(1) !== undefined)
      throw new UsageError('name one item; of a redrive of many, say stop and its id');
    checkWhich(id, input);
    const wish = await wishOf(input, terminal);
    const client = await connect(terminal);
    return id === undefined
      ? redriveMany(client, wish, input, terminal)
      : one(client, id, wish, input, terminal);
  },
};

async function one(
  client: Client,
  typed: string,
  wish: object,
  input: Input,
  terminal: Terminal,
): Promise<void> {
  const id = await wholeId(client, typed, true);
  const path = `/v1/items/${encodeURIComponent(id)}/redrive`;
  const { data, json } = await client.post<Redriven>(path, JSON.stringify(wish), {});
  if (input.json) return printJson(terminal, json);
  terminal.out(`${data.id}  goes on as generation ${data.generation}`);
  terminal.out(`its story: ${hint(terminal, 'status', shortId(data.id))}`);
}

async function stop(input: Input, terminal: Terminal): Promise<void> {
  const redrive = input.argument(1);
  if (redrive === undefined)
    throw new UsageError('say which redrive is to stop: its id was said when it began');
  const reason = reasonOf(input);
  const client = await connect(terminal);
  await stopMany(client, redrive, reason, input, terminal);
}

/** @throws UsageError where it is about one item and many, or about none */
function checkWhich(id: string | undefined, input: Input): void {
  const many = input.option('automation') !== undefined;
  if (id !== undefined && many)
    throw new UsageError('name an item or an automation, not both: leave one out');
  if (id === undefined && !many)
    throw new UsageError('say what is to go on: an item, or --automation NAME; see', ['redrive', '--help']);
  const stray = Object.keys(OF_MANY).find((name) => !many && input.flag(name));
  if (stray !== undefined) throw new UsageError(`--${stray} is for the items of an automation: leave it out`);
  for (const name of ['edit', 'if-status'])
    if (many && input.flag(name)) throw new UsageError(`--${name} is for one item: name it`);
}

function reasonOf(input: Input): string {
  const reason = input.option('reason');
  if (reason === undefined) throw new UsageError('--reason is missing: say why, for the timeline');
  return reason;
}

/** What the API is asked for. @throws UsageError */
async function wishOf(input: Input, terminal: Terminal): Promise<object> {
  const reason = reasonOf(input);
  const version = input.oneOf('version', VERSIONS);
  const ifStatus = input.oneOf('if-status', STATUSES);
  const file = input.option('edit');
  return {
    reason,
    ...(version ? { version } : {}),
    ...(input.flag('fresh') ? { fresh: true } : {}),
    ...(ifStatus ? { ifStatus } : {}),
    ...(file === undefined ? {} : { body: await bodyIn(file, terminal) }),
  };
}

async function bodyIn(file: string, terminal: Terminal): Promise<unknown> {
  const text = (await readBytes(file, terminal, 'a file with the JSON body')).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is no JSON: it must hold the JSON body of the item`);
  }
}
