import type * as z from 'zod/mini';
import type { endpointsSchema } from '../../lambdas/api/openapi/endpoint-schemas.ts';
import { CAPABILITIES } from '../../lambdas/contract/endpoint.ts';
import type { Client } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { type Answer, NotWell, UsageError } from '../errors.ts';
import { age, count, usd } from '../format.ts';
import { type Column, prose, table } from '../table.ts';
import { paint, printJson, type Terminal } from '../terminal.ts';

type Endpoints = z.output<typeof endpointsSchema>;
type Endpoint = Endpoints['endpoints'][number];
type Row = Endpoint['models'][number] & { endpoint: Endpoint };

/** Prices change a few times a year: older ones deserve a check. */
const OLD_DAYS = 90;

export const endpoints: Command = {
  name: 'endpoints',
  summary: 'List the model endpoints, or ask them what they support',
  usage: `signalbox endpoints [probe [name]]

  probe  find out what each model supports, with the smallest requests
         possible, and store it for the router
  name   probe this endpoint only

Prices are dollars per million tokens. A probe costs a fraction of a cent per
model and says so. If it meets a problem (a refused key, a missing model) it
exits with 1. For a token with the role operator.`,
  example: ['endpoints', 'probe', 'openai'],
  arguments: ['probe?', 'name?'],
  options: {},
  async run(input, terminal) {
    const verb = input.argument(0);
    if (verb !== undefined && verb !== 'probe')
      throw new UsageError(`'${verb}' is not a verb of endpoints: leave it out, or type`, [
        'endpoints',
        'probe',
      ]);
    const client = await connect(terminal);
    const { data, json } = await (verb ? probe(client, input.argument(1)) : read(client));
    if (input.json) printJson(terminal, json);
    else terminal.out(report(data, terminal));
    const { length } = problemsOf(data.endpoints);
    if (length > 0) throw new NotWell(`the probe met ${length} ${length === 1 ? 'problem' : 'problems'}`);
  },
};

function read(client: Client): Promise<Answer<Endpoints>> {
  return client.get<Endpoints>('/v1/endpoints');
}

function probe(client: Client, endpoint: string | undefined): Promise<Answer<Endpoints>> {
  return client.post<Endpoints>('/v1/endpoints/probe', JSON.stringify({ endpoint }), {});
}

function report({ endpoints: all }: Endpoints, terminal: Terminal): string {
  const rows = all.flatMap((endpoint) => endpoint.models.map((model) => ({ ...model, endpoint })));
  return [
    table(columns, rows, terminal, (row) => [abilities(row)]),
    '',
    ...all.map((endpoint) => prose(`${endpoint.name}: ${settings(endpoint, terminal)}`, terminal)),
    ...outcome(all, terminal),
  ].join('\n');
}

const columns: Column<Row>[] = [
  { title: 'endpoint', cell: ({ endpoint }) => endpoint.name },
  { title: 'model', cell: ({ name }) => name, least: 12 },
  { title: 'tier', cell: ({ kind, tier }) => (kind === 'chat' ? tier : `${tier} ${kind}`) },
  price('in', ({ inputUsdPerMillion }) => inputUsdPerMillion),
  price('cached', ({ cachedUsdPerMillion }) => cachedUsdPerMillion),
  price('out', ({ outputUsdPerMillion }) => outputUsdPerMillion),
  {
    title: 'priced',
    cell: (row) => row.pricedAt + (isOld(row) ? ' OLD' : ''),
    colour: (row) => (isOld(row) ? 'yellow' : undefined),
    optional: true,
  },
];

function price(title: string, of: (row: Row) => number): Column<Row> {
  return { title, cell: (row) => `$${of(row)}`, right: true };
}

function isOld({ pricedDaysAgo }: Row): boolean {
  return pricedDaysAgo > OLD_DAYS;
}

const OF_CHAT: readonly string[] = ['chat', 'responses', 'jsonSchema', 'logprobs', 'batch'];
const OF_EMBEDDINGS: readonly string[] = ['embeddings', 'dimensions', 'batch'];

function abilities({ kind, capabilities, vision }: Row): string {
  // What an earlier version's probe did not ask is no news.
  const more = [vision ? 'vision' : '', capabilities.tools === undefined ? '' : 'tools'];
  const own = kind === 'chat' ? [...OF_CHAT, ...more] : OF_EMBEDDINGS;
  const asked = CAPABILITIES.filter((it) => own.includes(it));
  const named = (words: string, has: boolean | undefined) => {
    const those = asked.filter((capability) => capabilities[capability] === has);
    return those.length > 0 ? [`${words} ${those.join(', ')}`] : [];
  };
  return [...named('can', true), ...named('cannot', false), ...named('not known:', undefined)].join('; ');
}

function settings(endpoint: Endpoint, terminal: Terminal): string {
  const { baseUrl, residency, requestsPerMinute, tokensPerMinute, probedAt } = endpoint;
  const limits = [
    ...(requestsPerMinute ? [`${count(requestsPerMinute)} requests`] : []),
    ...(tokensPerMinute ? [`${count(tokensPerMinute)} tokens`] : []),
  ];
  return [
    baseUrl,
    `data is kept in ${residency}`,
    limits.length > 0 ? `${limits.join(' and ')} a minute` : 'not paced',
    probedAt ? `probed ${age(probedAt, terminal.now())} ago` : 'never probed',
  ].join(', ');
}

function problemsOf(all: readonly Endpoint[]): string[] {
  return all.flatMap((endpoint) => endpoint.probe?.problems ?? []);
}

/** What a probe ran into, and what it cost. */
function outcome(all: readonly Endpoint[], terminal: Terminal): string[] {
  const probes = all.flatMap(({ probe: made }) => made ?? []);
  if (probes.length === 0) return [];
  const problems = problemsOf(all);
  const spent = probes.reduce((sum, { costUsd }) => sum + costUsd, 0);
  return [
    ...(problems.length > 0 ? ['', paint(terminal, 'red', 'Not found out')] : []),
    ...problems.map((problem) => prose(problem, terminal, '- ')),
    '',
    `the probe cost ${usd(spent)}`,
  ];
}
