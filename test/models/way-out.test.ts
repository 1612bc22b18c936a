import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Automation } from '../../lambdas/contract/automation.ts';
import type { Endpoint } from '../../lambdas/contract/endpoint.ts';
import { automation, ENDPOINT, ID } from '../support/fixtures.ts';
import { type Answer, type Stub, stubServer } from '../support/http.ts';
import { time, world } from '../support/world.ts';
import { allClosed, opening } from './runners.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

/* What code of an automation adds to a request has gone through no vault. */
const CARD = '4111 1111 1111 1111';
const EMAIL = 'ann.berg@mail.example.com';
const INPUT = { text: 'about [EMAIL_1]', found: { [EMAIL]: `Anna Berg, ${CARD}` }, number: 4111111111111111 };

let server: Stub;

beforeEach(async () => {
  world.reset();
  time.freeze();
  world.secrets = { 'signalbox/endpoint': '{"apiKey":"key-1"}' };
});
afterEach(async () => {
  await allClosed();
  await server.close();
});

function said(content: string): Answer {
  const choices = [{ finish_reason: 'stop', message: { role: 'assistant', content } }];
  return { status: 200, body: { choices, usage: { prompt_tokens: 100, completion_tokens: 10 } } };
}

const request = {
  prompt: { version: 'route.v1', text: 'Sort. Write to desk@example.com.' },
  input: INPUT,
  schema: z.strictObject({ label: z.string() }),
};

async function runner(
  privacy: Automation['privacy'],
  answers: Answer[],
  models?: Endpoint['models'],
  residency?: () => readonly string[],
) {
  server = await stubServer(...answers);
  return opening({
    item: { id: ID, generation: 1, lineage: [], priority: 'normal' },
    body: {},
    feedback: [`call ${EMAIL}`],
    automation: {
      ...automation,
      ...(privacy ? { privacy } : {}),
      ...(residency ? { residency } : {}),
    } as Automation,
    endpoints: [{ ...ENDPOINT, baseUrl: `${server.url}/v1`, ...(models ? { models } : {}) }],
    idempotencyTable: 'idempotency',
    controlTable: 'control',
  });
}

const sent = () => server.seen.map(({ body }) => body).join('\n');

describe('a request to an endpoint outside', () => {
  it('holds no value that prepare did not see: its kind stands there, and tokens stay', async () => {
    const step = await runner({ tokens: 'all' }, [said('{"label":"Billing"}')]);
    await step.model('route', request);
    expect(sent()).not.toContain(CARD);
    expect(sent()).not.toContain('4111111111111111');
    expect(sent()).not.toContain(EMAIL);
    expect(sent()).toContain('about [EMAIL_1]');
    expect(sent()).toContain('[CARD]');
    // The prompt is the automation's own.
    expect(sent()).toContain('desk@example.com');
  });

  it('holds none in its second try either, whatever the first answer said', async () => {
    const step = await runner({ tokens: 'all' }, [
      said(`{"title":"${EMAIL} ${CARD}"}`),
      said('{"label":"Billing"}'),
    ]);
    await step.model('route', request);
    expect(server.seen).toHaveLength(2);
    expect(sent()).not.toContain(EMAIL);
    expect(sent()).not.toContain(CARD);
  });

  it('loses the kinds of the policy and no other', async () => {
    const step = await runner({ tokens: ['card'] }, [said('{"label":"Billing"}')]);
    await step.model('route', request);
    expect(sent()).not.toContain(CARD);
    expect(sent()).toContain(EMAIL);
  });

  it('is remembered by what was asked: a redelivery pays nothing', async () => {
    const first = await runner({ tokens: 'all' }, [said('{"label":"Billing"}')]);
    await first.model('route', request);
    await allClosed();
    const again = opening({
      item: { id: ID, generation: 1, lineage: [], priority: 'normal' },
      ...{ body: {}, feedback: [`call ${EMAIL}`], idempotencyTable: 'idempotency', controlTable: 'control' },
      automation: { ...automation, privacy: { tokens: 'all' } } as Automation,
      endpoints: [{ ...ENDPOINT, baseUrl: `${server.url}/v1` }],
    });
    expect(await again.model('route', request)).toEqual({ label: 'Billing' });
    expect(server.seen).toHaveLength(1);
  });

  it('is not made at all by a step that is for endpoints inside', async () => {
    const step = await runner({ tokens: 'all', residency: ['elsewhere'] }, [said('{"label":"Billing"}')]);
    await expect(step.modelInside('route', request)).rejects.toThrow();
    expect(server.seen).toEqual([]);
  });

  it.each([
    ['whose data may go anywhere', undefined, 'data may stay in own or eu'],
    ['whose data may go to more places', () => ['us', 'own'], 'data may stay in own'],
  ] as const)(
    'of a step inside says in the lineage where it may go, of an item %s',
    async (_, residency, where) => {
      const privacy = { tokens: 'all', residency: ['own', 'eu'] } as const;
      const step = await runner(privacy, [said('{"label":"Billing"}')], undefined, residency);
      await step.modelInside('route', request);
      expect(step.lineage.map(({ route }) => route)).toEqual([`small is enough; the only one; ${where}`]);
    },
  );

  it('of a step inside goes nowhere where the item and its privacy allow no place together', async () => {
    const step = await runner({ tokens: 'all', residency: ['own'] }, [said('{}')], undefined, () => ['us']);
    await expect(step.modelInside('route', request)).rejects.toThrow(
      "the step 'route' has no endpoint where this item's data may go",
    );
    expect(server.seen).toEqual([]);
  });

  it('for vectors holds none', async () => {
    const words = { ...ENDPOINT.models[0], name: 'words', kind: 'embeddings' } as Endpoint['models'][number];
    const answer = {
      status: 200,
      body: { data: [{ index: 0, embedding: [1, 0] }], usage: { prompt_tokens: 3 } },
    };
    const step = await runner({ tokens: 'all' }, [answer], [words]);
    await step.embed('likeness', [`who is ${EMAIL}?`]);
    expect(sent()).toContain('who is [EMAIL]?');
  });
});

describe('a request that may hold them', () => {
  it.each([
    ['to an endpoint inside', { tokens: 'all', residency: ['own'] }],
    ['of an automation that replaces nothing', undefined],
  ] as const)('%s is as it was', async (_, privacy) => {
    const step = await runner(privacy, [said('{"label":"Billing"}')]);
    await step.model('route', request);
    expect(sent()).toContain(CARD);
    expect(sent()).toContain(EMAIL);
  });
});

it('a page as a picture goes to no model outside', async () => {
  const seeing = { ...ENDPOINT.models[0], vision: true } as Endpoint['models'][number];
  const blind = await runner({ tokens: 'all' }, [said('{}')], [seeing]);
  expect(blind.sees).toBe(false);
  await expect(blind.see(new Uint8Array())).rejects.toThrow();
  expect(server.seen).toEqual([]);
  await server.close();
  expect((await runner({ tokens: 'all', residency: ['own'] }, [said('{}')], [seeing])).sees).toBe(true);
});
