import type * as z from 'zod/mini';
import type { redriveStateSchema, redrivesSchema } from '../lambdas/api/openapi/operator-schemas.ts';
import { ERROR_NAMES } from '../lambdas/contract/item/row.ts';
import { STAGES, STATUSES } from '../lambdas/contract/item/status.ts';
import type { Client } from './client.ts';
import type { Input } from './command.ts';
import { NotWell, UsageError } from './errors.ts';
import { follow } from './follow.ts';
import { count } from './format.ts';
import { hint } from './hint.ts';
import { printJson, type Terminal } from './terminal.ts';

/* A redrive of many items: it runs in the house, and is watched from here. */

type Redrives = z.output<typeof redrivesSchema>;
type State = z.output<typeof redriveStateSchema>;

/** Those that go with an automation, and not with an item. */
export const OF_MANY = {
  automation: 'text',
  status: 'text',
  class: 'text',
  stage: 'text',
  label: 'text',
  since: 'text',
  until: 'text',
  rate: 'text',
  'dry-run': 'flag',
} as const;

/** Asks for it, and tells how it goes on until it is over or somebody leaves. @throws NotWell where some failed */
export async function redriveMany(
  client: Client,
  wish: object,
  input: Input,
  terminal: Terminal,
): Promise<void> {
  const automation = input.option('automation') ?? '';
  const dryRun = input.flag('dry-run');
  const rate = input.number('rate', 1, 6000);
  const asked = {
    ...wish,
    filter: filterOf(input, terminal),
    ...(dryRun ? { dryRun } : {}),
    ...(rate === undefined ? {} : { ratePerMinute: rate }),
  };
  const path = `/v1/automations/${encodeURIComponent(automation)}/redrives`;
  const { data } = await client.post<Redrives>(path, JSON.stringify(asked), {});
  if (!input.json)
    terminal.out(`${automation}: ${items(data.matched)} ${data.matched === 1 ? 'fits' : 'fit'}`);
  await watch(client, data.id, input, terminal);
}

/** Ends it for good. What has gone on by it stays so. */
export async function stopMany(
  client: Client,
  id: string,
  reason: string,
  input: Input,
  terminal: Terminal,
): Promise<void> {
  const path = `/v1/redrives/${encodeURIComponent(id)}`;
  const { data, json } = await client.delete<State>(path, JSON.stringify({ reason }));
  if (input.json) return printJson(terminal, json);
  terminal.out(ended(data));
}

/** Tells how it goes on. Whoever leaves stops looking, and nothing else. */
export async function watch(client: Client, id: string, input: Input, terminal: Terminal): Promise<void> {
  const read = () => client.get<State>(`/v1/redrives/${encodeURIComponent(id)}`);
  let { data, json } = await read();
  if (data.state === 'running' && !input.json) {
    terminal.out(`it runs in the house; Ctrl-C stops looking, not the redrive. To look again:`);
    terminal.out(`  ${hint(terminal, 'redrive', '--look', id)}`);
  }
  let told = '';
  if (data.state === 'running')
    await follow(input, terminal, async () => {
      ({ data, json } = await read());
      const line = progress(data);
      if (line !== told && !input.json && data.state === 'running') terminal.out(line);
      told = line;
      return data.state === 'running' ? 'goes on' : 'over';
    });
  if (input.json) printJson(terminal, json);
  else if (data.state !== 'running') terminal.out(ended(data));
  if (data.failed > 0)
    throw new NotWell(
      `${items(data.failed)} did not go on: look at the log of operate/redrives, then repeat the command`,
    );
}

function progress({ matched, done, failed, skipped }: State): string {
  return `  ${count(done)} of ${count(matched)} let go on${rest(failed, skipped)}`;
}

function ended({ dryRun, stopped, matched, done, failed, skipped }: State): string {
  if (stopped)
    return `stopped by ${stopped.by}: ${count(done)} of ${count(matched)} were let go on${rest(failed, skipped)}`;
  const what = dryRun ? 'would be let go on; nothing was done' : 'were let go on';
  return `${count(done)} of ${count(matched)} ${what}${rest(failed, skipped)}`;
}

function rest(failed: number, skipped: number): string {
  const parts = [
    ...(skipped > 0 ? [`${count(skipped)} skipped: gone on already, or not to be let go on now`] : []),
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
  ];
  return parts.map((part) => `, ${part}`).join('');
}

function items(number: number): string {
  return `${count(number)} ${number === 1 ? 'item' : 'items'}`;
}

function filterOf(input: Input, terminal: Terminal): object {
  const label = input.option('label')?.split(',');
  const since = input.time('since', terminal.now());
  const until = input.time('until', terminal.now());
  const status = listOf(input, 'status', STATUSES);
  const kinds = listOf(input, 'class', ERROR_NAMES);
  const stage = listOf(input, 'stage', STAGES);
  return {
    ...(status ? { status } : {}),
    ...(kinds ? { class: kinds } : {}),
    ...(stage ? { stage } : {}),
    ...(label ? { label } : {}),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** Words with commas between. @throws UsageError for one that is none of them */
function listOf(input: Input, name: string, words: readonly string[]): string[] | undefined {
  const given = input.option(name)?.split(',');
  const wrong = given?.find((word) => !words.includes(word));
  if (wrong === undefined) return given;
  throw new UsageError(`--${name} must be of ${words.join(', ')}, with commas between, got '${wrong}'`);
}
