import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, expect, it } from 'vitest';
import { outputs, post, reaches, request, story, TICKET } from '../support/app.ts';
import { BATCHED } from '../support/batched.ts';
import { account } from '../support/desk-clock.ts';

/* Low-priority items of the copied automation, whose step `route` waits for batches there. */

const model = outputs.sandboxModelUrl;
const ENDED = ['done', 'waiting_approval', 'refused'];
/** The schedule begins a run within a minute, and the emulator is slow to tell the time. */
const SECONDS = 240;

afterAll(() => fate({}));

async function fate(settings: { batchSeconds?: number; missOneIn?: number }): Promise<void> {
  await fetch(`${model}/faults`, { method: 'POST', body: JSON.stringify({ mode: 'ok', ...settings }) });
}

async function low(count: number): Promise<string[]> {
  const posts = Array.from({ length: count }, (_, at) => {
    const body = { ...TICKET, text: `${TICKET.text} We are class ${at} of ${crypto.randomUUID()}.` };
    const headers = { 'signalbox-priority': 'low', 'idempotency-key': crypto.randomUUID() };
    return post(BATCHED, body, headers);
  });
  return (await Promise.all(posts)).map(({ body }) => body.id);
}

interface File {
  id: string;
  status: string;
  request_counts: { total: number; completed: number };
}

async function files(): Promise<File[]> {
  const { data } = (await (await fetch(`${model}/v1/batches`)).json()) as { data: File[] };
  return data;
}

async function until<T>(found: () => Promise<T | undefined | false>): Promise<T> {
  for (let left = SECONDS; left > 0; left -= 1) {
    const value = await found();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error('it did not come about');
}

const newFile = (known: number) =>
  until(async () => ((await files()).length > known ? (await files())[0] : undefined));

it('low-priority items wait for a file, and go on with its answers', async () => {
  await fate({ batchSeconds: 6 });
  const ids = await low(4);
  for (const id of ids) expect(await reaches(id, 'deferred')).toMatchObject({ status: 'deferred' });
  for (const id of ids) await reaches(id, ENDED, SECONDS);
  for (const id of ids) {
    const [entry] = (await account.item(id))?.lineage ?? [];
    expect(entry).toMatchObject({ step: 'route', price: expect.stringContaining('x0.5') });
    expect(entry?.route).toContain('in the batch');
  }
  const { data } = (await (await fetch(`${model}/v1/files`)).json()) as { data: unknown[] };
  expect(data).toEqual([]);
}, 600_000);

it('a run that is stopped in the middle is followed by one that finds its file again', async () => {
  const known = (await files()).length;
  await fate({ batchSeconds: 25 });
  const ids = await low(3);
  await newFile(known);
  const stateMachineArn = await account.resource(BATCHED, 'batches');
  const { executions = [] } = await account.sfn.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }),
  );
  expect(executions.length).toBeGreaterThan(0);
  for (const { executionArn } of executions)
    await account.sfn.send(new StopExecutionCommand({ executionArn }));
  for (const id of ids) await reaches(id, ENDED, SECONDS);
  const made = await files();
  expect(made.length).toBe(known + 1);
  expect(made[0]).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 3 } });
}, 600_000);

it('a file is stopped while an operator suspends the automation, and what it left goes into another', async () => {
  const known = (await files()).length;
  await fate({ batchSeconds: 900, missOneIn: 2 });
  const ids = await low(2);
  const { id } = await newFile(known);
  const hold = (verb: string) =>
    request(`/v1/automations/${BATCHED}/${verb}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'a test of batches' }),
    });
  await hold('suspend');
  const stopped = await until(async () =>
    (await files()).find((it) => it.id === id && it.status === 'cancelled'),
  );
  expect(stopped.request_counts.completed).toBe(1);
  for (const item of ids) expect(ENDED).not.toContain((await story(item)).status);
  await fate({ batchSeconds: 4 });
  await hold('resume');
  for (const item of ids) await reaches(item, ENDED, SECONDS);
  expect(await files()).toHaveLength(known + 2);
}, 900_000);
