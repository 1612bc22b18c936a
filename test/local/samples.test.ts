import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/v4/core';
import type { Automation, ModelRequest, StepRunner } from '../../lambdas/contract/automation.ts';
import { evaluate } from '../../lambdas/evaluate/evaluate.ts';
import { gate } from '../../lambdas/gate/gate.ts';
import { wireSchema } from '../../lambdas/models/wire/schema.ts';
import { prepare } from '../../lambdas/prepare/prepare.ts';
import { route } from '../../lambdas/route/route.ts';
import { answeredBy } from '../../local/no-steps.ts';
import { readSamples, runSamples } from '../../local/samples.ts';
import { asks } from '../support/asked.ts';
import { automations, implementationOf, isTaught } from '../support/automations.ts';
import { scripted } from '../support/fixtures.ts';
import { listening } from '../support/listening.ts';
import { repair, SandboxWorld } from './sandbox-world.ts';

interface Case {
  name: string;
  body: unknown;
  label: string;
  verdict: string;
  origin?: object;
  documents?: readonly string[];
}

let world: SandboxWorld;
const repaired: string[] = [];

beforeAll(async () => {
  world = await SandboxWorld.start();
});
afterAll(() => world.close());

/** As the processor does it, with the sandbox as the endpoint and one repair. */
const step: StepRunner = {
  ...scripted(),
  ...answeredBy(async <T>(name: string, { prompt, input, schema }: ModelRequest<T>): Promise<T> => {
    expect(prompt.text.length).toBeGreaterThan(200);
    // As it comes over the wire, without limits.
    const described = wireSchema(schema) as object;
    const first = await world.say(name, described, input, [], prompt.text);
    if (first.startsWith('{')) return z.parse(schema, JSON.parse(first));
    repaired.push(name);
    return z.parse(schema, JSON.parse(await world.say(name, described, input, repair(first), prompt.text)));
  }),
};

async function judge(automation: Automation, given: unknown): Promise<{ label: string; verdict: string }> {
  const implementation = await implementationOf(automation);
  const context = { automation, implementation, step };
  const body = z.parse(automation.schema, given);
  const prepared = prepare(
    { id: 'i', automation: automation.name, generation: 1, body, feedback: [] },
    context,
  );
  const { label, verdict } = gate(await evaluate(await route(prepared, context), context), context);
  return { label, verdict };
}

function casesOf(name: string): Case[] {
  const file = join(import.meta.dirname, '../../automations', name, 'cases.jsonl');
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  // Those with an origin are decisions of people about real items: they are for real models, the sandbox
  // cannot know them. Those with documents are for `npm run cases`, which reads them.
  return lines
    .map((line) => JSON.parse(line) as Case)
    .filter(({ origin, documents }) => origin === undefined && documents === undefined);
}

/**
 * The others get answers that fit their schemas, and no more: nobody told the sandbox what is right. What rests on sources and
 * collections is told by `npm run cases` alone (test/house/cases.test.ts).
 */
const taught = automations.filter((it) => isTaught(it) && !asks(it));

describe.each(taught.map((automation) => ({ name: automation.name, automation })))(
  '$name with the sandbox model',
  ({ name, automation }) => {
    const cases = casesOf(name);

    it.each(cases)('$name: $label, $verdict', async ({ body, label, verdict }) => {
      expect(await judge(automation, body)).toEqual({ label, verdict });
    });

    it.each(automation.examples)('example: $name', async ({ body, expect: verdict }) => {
      expect((await judge(automation, body)).verdict).toBe(verdict);
    });

    it('has samples, if any, for every verdict that its examples show, and each is another', async () => {
      const samples = await readSamples(name);
      repaired.length = 0;
      // Files are read by a stage of their own.
      const alone = samples.filter(({ documents }) => documents === undefined);
      const judged = await Promise.all(alone.map(({ body }) => judge(automation, body)));
      const verdicts = new Set(automation.examples.map((it) => it.expect));
      if (samples.length > 0) expect(new Set(judged.map(({ verdict }) => verdict))).toEqual(verdicts);
      // The phrase that makes the sandbox slip, so that a run shows the repair.
      const slips = samples.filter(({ body }) => /as discussed/i.test(JSON.stringify(body)));
      expect(repaired).toHaveLength(slips.length);
      const texts = [...cases, ...samples].map(({ body }) => JSON.stringify(body));
      expect(new Set(texts).size).toBe(texts.length);
    });
  },
);

describe('sending the samples', () => {
  it('sends every sample once, says what became of it and where to decide', async () => {
    const keys = new Set<string>();
    const found: object[] = [];
    let announced = 0;
    const uploaded: string[] = [];
    const bodies: { documents?: string[] }[] = [];
    const api = createServer(async (request, response) => {
      const { method, url = '', headers } = request;
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (method === 'PUT') uploaded.push(`${url} ${Buffer.concat(chunks).length}`);
      if (url.endsWith('/uploads')) {
        announced += 1;
        const documentRef = `doc-${announced}`;
        const upload = { uploadUrl: `${apiUrl}/bucket/${documentRef}`, headers: {}, documentRef };
        return response.end(JSON.stringify(upload));
      }
      if (url.startsWith('/v1/items?')) return response.end(JSON.stringify({ items: found }));
      if (method === 'POST') keys.add(String(headers['idempotency-key']));
      if (method === 'POST') bodies.push(JSON.parse(Buffer.concat(chunks).toString()));
      const status = method === 'POST' ? 'received' : 'waiting_approval';
      response.end(
        JSON.stringify({ id: 'it_1', status, label: 'Billing', verdict: 'ask', costUsd: 0.00004 }),
      );
    });
    const apiUrl = await listening(api);
    const names = automations.map(({ name }) => name);
    const outputs = { apiUrl, clientToken: 't', inboxUrl: world.sandbox.inboxUrl };
    let printed = '';
    const terminal = { write: (text: string) => (printed += text) };
    await runSamples({ ...outputs, automations: [...names, 'of-the-user'] }, terminal);
    const files = (await Promise.all(names.map(readSamples)))
      .flat()
      .flatMap(({ documents = [] }) => documents);
    expect(uploaded).toHaveLength(files.length);
    expect(bodies.flatMap(({ documents = [] }) => documents).sort()).toEqual(
      files.map((_, at) => `doc-${at + 1}`),
    );
    // A second run finds the items that came with files by their keys, and sends them no more.
    const posted = keys.size;
    found.push({ id: 'it_1', status: 'waiting_approval' });
    await runSamples({ ...outputs, automations: names }, { write: () => undefined });
    expect([uploaded.length, keys.size]).toEqual([files.length, posted]);
    api.close();
    const samples = (await Promise.all(names.map(readSamples))).flat();
    expect(keys.size).toBe(samples.length);
    expect(printed).toContain(`${samples.length} waiting_approval`);
    expect(printed).toContain('http://127.0.0.1:9/approvals/a1?t=x\n');
    expect(printed).not.toContain('\u001b[');
  });

  it('says so when the API does not accept them', async () => {
    let printed = '';
    const outputs = { apiUrl: 'http://127.0.0.1:9', clientToken: 't', inboxUrl: world.sandbox.inboxUrl };
    const names = automations.map(({ name }) => name);
    await runSamples({ ...outputs, automations: names }, { write: (text: string) => (printed += text) });
    const samples = (await Promise.all(names.map(readSamples))).flat();
    expect(printed).toContain(samples.length > 0 ? `${samples.length} not accepted` : '');
  });
});
