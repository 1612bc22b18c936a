import type * as z from 'zod/mini';
import type { breakerSchema, breakersSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import { time } from '../../lambdas/reports/words.ts';
import type { Command, Input } from '../command.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { age, span } from '../format.ts';
import { type Column, table } from '../table.ts';
import { type Colour, printJson, type Terminal } from '../terminal.ts';

type Breaker = z.output<typeof breakerSchema>;

const USAGE = `signalbox breakers [open|close|auto <name> --reason "…" [--kind <kind>]]

  open      let no call through to that endpoint or destination
  close     let every call through
  auto      let the breaker decide by itself again
  --reason  why, for the next operator
  --kind    endpoint, destination or source: needed where several have the name

Without arguments it lists them. For a token with the role operator.`;

/** The word typed, and the state it stands for. */
const VERBS = { open: 'open', close: 'closed', auto: 'auto' } as const;

export const breakers: Command = {
  name: 'breakers',
  summary: 'List the breakers of endpoints and destinations, or hold one',
  usage: USAGE,
  example: ['breakers', 'open', 'openai', '--reason', 'wrong answers since 09:00'],
  arguments: ['verb?', 'name?'],
  options: { reason: 'text', kind: 'text' },
  async run(input, terminal) {
    const force = forceOf(input);
    const client = await connect(terminal);
    if (!force) {
      const { data, json } = await client.get<z.output<typeof breakersSchema>>('/v1/breakers');
      if (input.json) printJson(terminal, json);
      else if (data.breakers.length === 0) terminal.out('there are no endpoints and no destinations');
      else show(data.breakers, terminal);
      return;
    }
    const { name, ...body } = force;
    const path = `/v1/breakers/${encodeURIComponent(name)}`;
    const { data, json } = await client.post<Breaker>(path, JSON.stringify(body), {});
    if (input.json) printJson(terminal, json);
    else show([data], terminal);
  },
};

function forceOf(input: Input): { name: string; state: string; reason: string; kind?: string } | undefined {
  const verb = input.argument(0);
  const reason = input.option('reason');
  if (verb === undefined && reason === undefined) return undefined;
  if (verb === undefined || !Object.hasOwn(VERBS, verb))
    throw new UsageError(
      `the verb must be open, close or auto, got '${verb ?? ''}', as in:`,
      breakers.example,
    );
  const name = input.argument(1);
  if (name === undefined) throw new UsageError('<name> is missing, as in:', breakers.example);
  if (reason === undefined) throw new UsageError(`--reason is missing: say why, for the next operator`);
  const kind = input.option('kind');
  return { name, state: VERBS[verb as keyof typeof VERBS], reason, ...(kind === undefined ? {} : { kind }) };
}

const COLOURS: Record<Breaker['state'], Colour> = { closed: 'green', open: 'red', 'half-open': 'yellow' };

function show(list: readonly Breaker[], terminal: Terminal): void {
  const columns: Column<Breaker>[] = [
    { title: 'name', cell: ({ name }) => name },
    { title: 'kind', cell: ({ kind }) => kind },
    { title: 'state', cell: ({ state }) => state, colour: ({ state }) => COLOURS[state] },
    { title: 'failed', cell: failed, right: true },
    { title: 'tries again', cell: (one) => inTime(one.until, terminal), optional: true },
    { title: 'wait', cell: ({ lineMs }) => (lineMs > 0 ? time(lineMs) : ''), right: true, optional: true },
  ];
  terminal.out(table(columns, list, terminal, (one) => notes(one, terminal)));
}

/**
 * Of the calls in the current window: a rate of few calls says little. Calls that began in an earlier window
 * may fail in this one, so failures may exceed calls: the breaker counts them that way.
 */
function failed({ calls, failures }: Breaker): string {
  const sample = Math.max(calls, failures);
  return sample === 0 ? '' : `${Math.round((failures / sample) * 100)} % of ${sample}`;
}

function inTime(time: string | undefined, terminal: Terminal): string {
  if (time === undefined) return '';
  const left = Date.parse(time) - terminal.now();
  return left > 0 ? `in ${span(left)}` : 'now';
}

function notes({ state, reason, forced, pausedUntil }: Breaker, terminal: Terminal): string[] {
  const held = forced !== undefined && forced.state !== 'auto';
  const ago = forced && age(forced.at, terminal.now());
  // Released, it returns to its earlier state: what opened it then may still be true.
  const back = forced?.state === 'auto' && state === 'half-open';
  return [
    ...(back ? [`released by ${forced.by}, ${ago} ago: the next call tries it`] : []),
    ...(held ? [`held ${forced.state} by ${forced.by}, ${ago} ago: ${forced.reason}`] : []),
    ...(reason === undefined || (held && reason === forced.reason)
      ? []
      : [back ? `earlier: ${reason}` : reason]),
    ...(pausedUntil === undefined ? [] : [`it asked for a pause: ${inTime(pausedUntil, terminal)}`]),
  ];
}
