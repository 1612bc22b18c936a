import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { StepRunner } from '../../shared/automation.ts';
import { dynamo } from '../../shared/clients.ts';
import { clock, DAY_SECONDS, epochSeconds, isoNow } from '../../shared/clock.ts';
import { sha256 } from '../../shared/digest.ts';
import type { Usage } from '../../shared/endpoint.ts';
import { ProcessingError, SystemError, TransientError } from '../../shared/errors.ts';
import type { LineageEntry } from '../../shared/item.ts';
import { readSecret } from '../../shared/secrets.ts';
import { modelCall } from '../../shared/telemetry.ts';
import { reserve, settle } from './budget.ts';
import { readKnown } from './capabilities.ts';
import { cost, priceRow } from './prices.ts';
import { type Candidate, candidates } from './router.ts';
import type { RunnerOptions } from './step.ts';
import { tokensIn } from './tokens.ts';
import { takeTurn, waitForTurn } from './turn.ts';
import { Waiting } from './waiting-error.ts';

/** A vector says the same for ever; its text may not be kept that long. */
const KEEP_SECONDS = 90 * DAY_SECONDS;

/** One vector per text. Each is kept under its text's hash and its model, so that a text is paid for once. */
export function embedder(options: RunnerOptions, lineage: LineageEntry[]): StepRunner['embed'] {
  return async (name, texts) => {
    const candidate = await choose(options, texts);
    const keys = texts.map((text) => `embed#${candidate.offer.name}#${sha256(text)}`);
    const kept = await Promise.all(keys.map((key) => read(options.idempotencyTable, key)));
    const missing = texts.filter((_, index) => !kept[index]);
    const made = missing.length > 0 ? await ask(options, name, candidate, missing, lineage) : [];
    if (missing.length === 0) lineage.push(entryOf(name, candidate, [], 0, true));
    const fresh = new Map(missing.map((text, index) => [text, made[index] ?? []]));
    await Promise.all(
      missing.map((text) =>
        write(
          options.idempotencyTable,
          `embed#${candidate.offer.name}#${sha256(text)}`,
          fresh.get(text) ?? [],
        ),
      ),
    );
    return texts.map((text, index) => kept[index] ?? fresh.get(text) ?? []);
  };
}

async function choose(
  { endpoints, automation, body, controlTable }: RunnerOptions,
  texts: readonly string[],
): Promise<Candidate> {
  const known = await readKnown(controlTable, endpoints);
  const inputTokens = texts.reduce((sum, text) => sum + tokensIn(text), 0);
  const need = {
    kind: 'embeddings',
    tier: 'small',
    residencies: automation.residency?.(body),
    inputTokens,
    mostUsd: automation.budget.perItemUsd,
    needs: ['embeddings'],
  } as const;
  const [first] = candidates(endpoints, need, known).candidates;
  if (!first)
    throw new SystemError(
      'no endpoint serves embeddings for this item: add a model of that kind to the configuration',
    );
  return first;
}

async function ask(
  { controlTable, automation, item }: RunnerOptions,
  name: string,
  candidate: Candidate,
  texts: readonly string[],
  lineage: LineageEntry[],
): Promise<number[][]> {
  const { endpoint, offer, worstUsd } = candidate;
  const tokens = texts.reduce((sum, text) => sum + tokensIn(text), 0);
  const reservation = await reserve(controlTable, automation, { usd: worstUsd, tokens });
  const startedAt = clock.now();
  let usage: Usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
  try {
    const turn = await takeTurn(controlTable, endpoint, {
      tokens,
      priority: item.priority,
      automation: automation.name,
    });
    const came = 'refused' in turn ? turn : await waitForTurn(controlTable, endpoint, turn);
    if (came !== 'go') throw new Waiting(`endpoint '${endpoint.name}' gives no turn now`, 30);
    const { apiKey } = await readSecret<{ apiKey: string }>(endpoint.secret);
    const response = await fetch(`${endpoint.baseUrl}/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: offer.name, input: texts }),
      signal: AbortSignal.timeout(endpoint.timeoutSeconds * 1000),
    }).catch((cause: unknown) => {
      throw new TransientError(`endpoint '${endpoint.name}': no answer`, { cause });
    });
    if (!response.ok) throw failed(endpoint.name, response.status);
    const { data = [], usage: used } = (await response.json()) as Embeddings;
    usage = { inputTokens: used?.prompt_tokens ?? tokens, cachedTokens: 0, outputTokens: 0 };
    const vectors = [...data].sort((a, b) => a.index - b.index).map(({ embedding }) => embedding);
    // A list that ends early would give texts the vectors of others.
    if (vectors.length !== texts.length)
      throw new ProcessingError(`the step '${name}' got fewer vectors than texts`);
    return vectors;
  } finally {
    await settle(reservation, cost(offer, usage), usage.inputTokens);
    const entry = entryOf(name, candidate, [usage], clock.now() - startedAt, false);
    lineage.push(entry);
    modelCall(automation.name, entry);
  }
}

interface Embeddings {
  data?: { index: number; embedding: number[] }[];
  usage?: { prompt_tokens?: number };
}

function failed(endpoint: string, status: number): Error {
  return status === 408 || status === 429 || status >= 500
    ? new TransientError(`endpoint '${endpoint}': answered ${status}`)
    : new SystemError(`endpoint '${endpoint}': refused the texts with ${status}`);
}

function entryOf(
  step: string,
  { endpoint, offer, reason }: Candidate,
  calls: readonly Usage[],
  milliseconds: number,
  cached: boolean,
): LineageEntry {
  const inputTokens = calls.reduce((sum, usage) => sum + usage.inputTokens, 0);
  return {
    ...{
      at: isoNow(),
      step,
      model: offer.name,
      endpoint: endpoint.name,
      promptVersion: 'none',
      promptHash: 'none',
    },
    ...{
      route: reason,
      cached,
      inputTokens,
      cachedTokens: 0,
      outputTokens: 0,
      milliseconds: Math.round(milliseconds),
    },
    costUsd: calls.reduce((sum, usage) => sum + cost(offer, usage), 0),
    price: priceRow(offer),
  };
}

async function read(table: string, id: string): Promise<number[] | undefined> {
  const { Item } = await dynamo().send(new GetCommand({ TableName: table, Key: { id } }));
  return (Item as { vector?: number[] } | undefined)?.vector;
}

async function write(table: string, id: string, vector: readonly number[]): Promise<void> {
  const Item = { id, vector, expiresAt: epochSeconds(KEEP_SECONDS) };
  await dynamo().send(new PutCommand({ TableName: table, Item }));
}
