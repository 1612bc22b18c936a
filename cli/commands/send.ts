import { PRIORITIES } from '../../lambdas/contract/item/status.ts';
import {
  type Accepted,
  type Automation,
  type Client,
  type Item,
  isSettled,
  MOST_WAIT_SECONDS,
  REQUEST_WAIT_SECONDS,
} from '../client.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { type Answer, UsageError } from '../errors.ts';
import { at } from '../format.ts';
import { hint } from '../hint.ts';
import { shortId } from '../short-id.ts';
import { story } from '../story.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { readBytes, withDocuments } from '../uploads.ts';

export const send: Command = {
  name: 'send',
  summary: 'Post one item to an automation',
  usage: `signalbox send <automation> [file.json|JSON|-] [options]

  file.json       the body; - reads it from standard input; what begins with {
                  or [ is the body itself
  --example NAME  send one of the automation's own examples instead of a file
  --document F,G  upload these files and send them; the body may be left out
  --key K         idempotency key: the same key and body again is the same item
  --wait N        wait up to N seconds, then show the item
  --priority P    ${PRIORITIES.join(', ')}

Without --key, the same body within ten minutes is the same item; with files it
is another one, for they are uploaded anew. Low-priority
work that is deferred, as it gives way, is not an error.`,
  example: ['send', 'refund-request', '--example', 'a small double charge', '--wait', '20'],
  arguments: ['automation', 'file.json|JSON?'],
  options: { example: 'text', document: 'text', key: 'text', wait: 'text', priority: 'text' },
  async run(input, terminal) {
    const automation = input.argument(0) ?? '';
    const seconds = input.number('wait', 0, MOST_WAIT_SECONDS) ?? 0;
    const headers = readHeaders(input, seconds);
    checkSource(input);
    // Read before the client is made, so that a missing file is reported even if nothing runs.
    const file = await readBody(input.argument(1), terminal);
    const client = await connect(terminal);
    const example = input.option('example');
    const plain = file ?? (example === undefined ? '{}' : await exampleBody(client, automation, example));
    const documents = input.option('document');
    const body =
      documents === undefined
        ? plain
        : await withDocuments({ client, automation, terminal }, plain, documents);
    const until = terminal.now() + seconds * 1000;
    const path = `/v1/automations/${encodeURIComponent(automation)}/items`;
    let answer: Answer<Accepted | Item> = await client.post<Accepted | Item>(path, body, headers);
    const left = Math.ceil((until - terminal.now()) / 1000);
    if (left > 0 && !isSettled(answer.data.status)) answer = await client.item(answer.data.id, left);
    if (input.json) return printJson(terminal, answer.json);
    // What waits for a person answers before its story is told: who is asked, and until when, stands there.
    if (seconds > 0 && answer.data.status === 'waiting_approval' && !('timeline' in answer.data))
      answer = await client.item(answer.data.id);
    terminal.out(report(answer.data, seconds, terminal));
  },
};

function readHeaders(input: Input, seconds: number): Record<string, string> {
  const key = input.option('key');
  if (key !== undefined && !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new UsageError('--key must be 1 to 255 printable ASCII characters without spaces');
  }
  const priority = input.oneOf('priority', PRIORITIES);
  return {
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...(priority === undefined ? {} : { 'signalbox-priority': priority }),
    ...(seconds > 0 ? { prefer: `wait=${Math.min(seconds, REQUEST_WAIT_SECONDS)}` } : {}),
  };
}

function checkSource(input: Input): void {
  const file = input.argument(1) !== undefined;
  const example = input.option('example') !== undefined;
  if (file && example) throw new UsageError('send a file or an example, not both: leave one out');
  if (!file && !example && input.option('document') === undefined) {
    throw new UsageError(
      'say what to send: a file, its JSON, - for standard input, --document FILE, or --example NAME; the examples are in',
      ['automations', input.argument(0) ?? ''],
    );
  }
}

async function readBody(source: string | undefined, terminal: Terminal): Promise<string | undefined> {
  if (source === undefined) return undefined;
  // As typed in a shell. A file that is called so is named as ./{…
  if (/^\s*[{[]/.test(source)) return source;
  const text = source === '-' ? await terminal.readStdin() : await readSource(source, terminal);
  if (text.trim() !== '') return text;
  throw new UsageError(
    `${source === '-' ? 'standard input' : source} is empty: it must hold the JSON body of the item`,
  );
}

async function readSource(path: string, terminal: Terminal): Promise<string> {
  return (await readBytes(path, terminal, 'a file with the JSON body')).toString('utf8');
}

async function exampleBody(client: Client, automation: string, name: string): Promise<string> {
  const answer = await client.get<Automation>(`/v1/automations/${encodeURIComponent(automation)}`);
  // As received: the body sent must equal the example, character by character.
  const { examples } = answer.json as Automation;
  const example = examples.find((candidate) => candidate.name === name);
  if (example) return JSON.stringify(example.body);
  const names = answer.data.examples.map((candidate) => `'${candidate.name}'`);
  throw new UsageError(`${automation} has no example '${name}'; there are: ${names.join(', ')}`);
}

function report(item: Accepted | Item, seconds: number, terminal: Terminal): string {
  const again = 'duplicate' in item && item.duplicate ? 'this was sent before: it is the same item\n' : '';
  if ('timeline' in item) return again + story(item as Item, terminal);
  const lines = [`its story: ${hint(terminal, 'status', shortId(item.id))}`];
  if (item.status === 'deferred' && item.deferredUntil) {
    const next = at(item.deferredUntil, terminal.now());
    lines.unshift(`deferred, as it gives way to other work: checked next ${next}, and resumes by itself`);
  }
  // Waiting for a person is not a timeout.
  const late = seconds > 0 && !isSettled(item.status) ? ` after ${seconds} s` : '';
  return `${again}${item.id}  ${item.automation}  ${item.status}${late}\n${lines.join('\n')}`;
}
