import { afterEach, beforeEach } from 'vitest';
import * as z from 'zod/mini';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import type { SimilarPolicy } from '../../../lambdas/contract/steps/similar.ts';
import type { RunnerOptions } from '../../../lambdas/models/runner.ts';
import { isAudited } from '../../../lambdas/models/similar/similar.ts';
import { vectorOf } from '../../../local/sandbox/embeddings.ts';
import { automation, itemRow } from '../../support/fixtures.ts';
import { type Stub, stubServer } from '../../support/http.ts';
import { time, world } from '../../support/world.ts';
import { offer } from '../offers.ts';
import { allClosed, opening } from '../runners.ts';
import { ENDPOINT } from '../wire/completions.ts';

/* Items whose step `route` may use answers to similar questions: a model that sorts by a word, vectors of the sandbox, tables in memory. */

const LABELS = ['Billing', 'Delivery', 'other'];
const schema = z.object({ label: z.enum(LABELS) });
const request = { prompt: { version: 'route.v1', text: 'Sort.' }, schema };
const POLICY: SimilarPolicy = { hours: 24, wrongAtMost: 0.05 };

let server: Stub;
let tables = 0;
export const asked = { chat: 0, embeddings: 0 };
interface Model {
  /** What it says of a text. */
  says: (text: string) => string;
  isDown: boolean;
}
export const model: Model = { says: () => 'other', isDown: false };
export const items = { asked: 0 };

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
  tables += 1;
  Object.assign(asked, { chat: 0, embeddings: 0 });
  model.isDown = false;
  model.says = (text) => (/parcel/i.test(text) ? 'Delivery' : 'Billing');
  server = await stubServer((response, { path, body }) => {
    const sent = JSON.parse(body);
    const isDown = model.isDown && !path.endsWith('/embeddings');
    response.writeHead(isDown ? 503 : 200, { 'content-type': 'application/json' });
    if (isDown) return response.end('{}');
    if (path.endsWith('/embeddings')) {
      asked.embeddings += 1;
      const data = sent.input.map((text: string, index: number) => ({ index, embedding: vectorOf(text) }));
      return response.end(JSON.stringify({ data, usage: { prompt_tokens: 5 } }));
    }
    asked.chat += 1;
    const content = JSON.stringify({ label: model.says(JSON.parse(sent.messages[1].content).text) });
    const choices = [{ finish_reason: 'stop', message: { role: 'assistant', content } }];
    return response.end(JSON.stringify({ choices, usage: { prompt_tokens: 100, completion_tokens: 5 } }));
  });
});

afterEach(async () => {
  await allClosed();
  server.close();
});

export const ITEMS = () => `items-${tables}`;
export const KEPT = () => `kept-${tables}`;
export const CONTROL = () => `control-${tables}`;

interface Given {
  text: string;
  similar?: SimilarPolicy | undefined;
  by?: string;
  /** What becomes of its item. */
  ends?: Partial<ItemRow>;
  label?: string;
  generation?: number;
  id?: string;
  /** It may be one that is audited. @default it is none */
  audited?: boolean;
  options?: Partial<RunnerOptions>;
  /** Of the input, beside the text. */
  more?: Readonly<Record<string, string>>;
  /** @default the first version */
  prompt?: { version: string; text: string };
  /** Auditors look at items of the automation. */
  looked?: boolean;
}

export const idOf = (nth: number) => `demo_${nth.toString(16).padStart(32, '0')}`;

/** One item asks, in a function that may be asked ten seconds later. */
export async function ask({ text, by, ends = {}, generation = 1, ...given }: Given) {
  do items.asked += 1;
  while (given.audited !== true && isAudited(idOf(items.asked), 'route'));
  const id = given.id ?? idOf(items.asked);
  const similar = 'similar' in given ? given.similar : POLICY;
  const runner = opening({
    item: { id, generation, lineage: [], priority: 'normal' },
    ...{ body: { text }, feedback: [], idempotencyTable: KEPT(), controlTable: CONTROL() },
    automation: {
      ...{ name: 'demo', budget: automation.budget, prompts: automation.prompts },
      steps: { route: similar ? { similar } : {} },
    },
    endpoints: [
      {
        ...{ ...ENDPOINT, baseUrl: `${server.url}/v1` },
        models: [offer(), offer({ name: 'words', kind: 'embeddings', inputUsdPerMillion: 0.02 })],
      },
    ],
    alike: { itemTable: ITEMS(), by: by ?? id, label: () => given.label, audited: given.looked === true },
    ...given.options,
  });
  const input = { labels: LABELS, text, ...given.more };
  const answer = await runner.model('route', { ...request, prompt: given.prompt ?? request.prompt, input });
  const row = itemRow({ id, generation, status: 'done', timeline: [], ...ends });
  world.tables.put(ITEMS(), row as unknown as Record<string, unknown> & { id: string });
  await runner.close();
  time.advance(11);
  return { id, label: answer.label, lineage: runner.lineage, used: runner.lineage.at(-1)?.similar };
}

export const BILLING = 'please explain the invoice of my account';
export const MALLORY = 'where can I read of the terms for new customers';
export const DELIVERY = 'please tell me where the parcel of my order is';

/** Some questions, and as many comparisons as have shown that few would be wrong. */
export async function opened(ends: Partial<ItemRow> = {}, many = 6): Promise<string[]> {
  const ids: string[] = [];
  for (let nth = 0; nth < many; nth += 1)
    ids.push((await ask({ text: nth % 2 ? DELIVERY : BILLING, ends })).id);
  for (const [id, row] of world.tables.rows(CONTROL()))
    if (id.startsWith('demo_similar#route#'))
      world.tables.put(CONTROL(), { ...row, asked30: 100, compared30: 100, asked49: 100, compared49: 100 });
  return ids;
}

/** One that is not chosen for an audit. */
export async function askUntilUsed(given: Given, most = 6) {
  let found = await ask(given);
  for (let more = 1; more < most && !found.used; more += 1) found = await ask(given);
  return found;
}
