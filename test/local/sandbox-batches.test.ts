import { createServer } from 'node:http';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fate, SandboxBatches } from '../../local/sandbox/batches.ts';
import { listening } from '../support/listening.ts';

/* Asked by the package that others ask OpenAI with. */

let now = 0;
let fate: Fate = { seconds: 10 };
const complete = async (body: unknown) => ({ status: 200, body: { echo: body } });
const batches = new SandboxBatches(
  complete,
  () => fate,
  () => now,
);
const server = createServer(async (request, response) => {
  const path = (request.url ?? '').split('?')[0]?.replace('/v1/', '') ?? '';
  if (!(await batches.serve(request, response, path))) response.writeHead(404).end();
});
let client: OpenAI;

beforeAll(async () => {
  const baseURL = `${await listening(server)}/v1`;
  client = new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 });
});
afterAll(() => server.close());

const line = (id: string, url = '/v1/chat/completions') =>
  JSON.stringify({ custom_id: id, method: 'POST', url, body: { said: id } });

async function begin(...lines: string[]) {
  const file = new File([lines.join('\n')], 'some.jsonl');
  const { id } = await client.files.create({ file, purpose: 'batch' });
  return client.batches.create({
    ...{ input_file_id: id, endpoint: '/v1/chat/completions', completion_window: '24h' },
    metadata: { ours: 'x' },
  });
}

it('answers a file when its time has passed, in no order, and forgets what is removed', async () => {
  fate = { seconds: 10 };
  const { id, input_file_id } = await begin(line('a'), line('b'));
  expect((await client.batches.retrieve(id)).status).toBe('in_progress');
  now += 11_000;
  const done = await client.batches.retrieve(id);
  expect(done).toMatchObject({ status: 'completed', request_counts: { total: 2, completed: 2, failed: 0 } });
  const text = await (await client.files.content(done.output_file_id ?? '')).text();
  expect(
    text
      .trim()
      .split('\n')
      .map((it) => JSON.parse(it).custom_id),
  ).toEqual(['b', 'a']);
  for (const file of [input_file_id, done.output_file_id ?? '']) await client.files.delete(file);
  expect(batches.files).toEqual([]);
  await expect(client.files.content(input_file_id)).rejects.toThrow('404');
});

it('keeps what a batch had when it is stopped', async () => {
  fate = { seconds: 1000, stopSeconds: 5, missOneIn: 2 };
  const { id } = await begin(line('a'), line('b'));
  expect((await client.batches.cancel(id)).status).toBe('cancelling');
  now += 6000;
  const { data } = await client.batches.list();
  expect(data[0]).toMatchObject({ id, status: 'cancelled', request_counts: { completed: 1, failed: 1 } });
});

it('refuses a file with a line for another endpoint, or with the same line twice', async () => {
  await expect(begin(line('a', '/v1/responses'))).rejects.toThrow('need the endpoint');
  await expect(begin(line('a'), line('a'))).rejects.toThrow('there twice');
});
