import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { recognise } from '../../lambdas/privacy/names/names.ts';
import {
  callsFor,
  MODEL_SERVERS,
  type ModelServer,
  modelFault,
  outputs,
  post,
  reaches,
  story,
} from '../support/app.ts';
import { resource } from '../support/desk-clock.ts';

/*
 * `names: 'model'` at a deployed automation (`live-setup.ts`): the names are found by a model inside the residency, and a later step is
 * asked outside, as the small model inside is down.
 */

const letters = (length: number) =>
  Array.from({ length }, () => 'bcdfghklmnprstvz'[Math.floor(Math.random() * 16)]).join('');
/** In lower case, which the recogniser takes for no name. */
const NAME = `zork${letters(6)} quillfeather`;
/** Nobody's: by it requests about this item are told from others. */
const MARK = `hum${letters(10)}`;
const TEXT = `The projector in room Lisbon hums ${MARK}, my name is ${NAME}. Can a technician come?`;
const WATCHED = [NAME, MARK];

interface Call {
  step: string;
  held?: number[];
}

/** Requests about the item that a server got. */
async function asked(server: ModelServer): Promise<{ step: string; named: boolean }[]> {
  const { calls } = (await (await fetch(`${MODEL_SERVERS[server]}/calls`)).json()) as { calls: Call[] };
  return calls
    .filter(({ held }) => held?.includes(1))
    .map(({ step, held }) => ({ step, named: held?.includes(0) === true }));
}

async function kept(id: string): Promise<[key: string, text: string][]> {
  const keys = { accessKeyId: 'test', secretAccessKey: 'test', region: 'us-east-1', service: 's3' };
  const s3 = new AwsClient(keys);
  const bucket = `${outputs.endpointUrl}/${await resource('datacontent')}`;
  const list = await (await s3.fetch(`${bucket}?list-type=2&prefix=items/${id}/`)).text();
  const found = [...list.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key);
  return Promise.all(
    found.map(
      async (key): Promise<[string, string]> => [
        key.replace(/^.*\//, ''),
        await (await s3.fetch(`${bucket}/${key}`)).text(),
      ],
    ),
  );
}

describe.runIf(outputs.automations.includes('it-help'))('a name that only a model finds', () => {
  let id = '';
  afterAll(() => modelFault('ok'));

  beforeAll(async () => {
    expect(recognise(TEXT)).toEqual([]);
    await modelFault('ok', 600, { watch: WATCHED, server: 'sandbox-b' });
    await modelFault('down', 600, { watch: WATCHED, server: 'sandbox' });
    id = (await post('it-help', { text: TEXT, from: `names-${MARK}@northgate.example` })).body.id;
  });

  it('goes nowhere while nobody inside answers, though a server outside would', async () => {
    await vi.waitFor(async () => expect((await asked('sandbox')).length).toBeGreaterThan(0), {
      timeout: 120_000,
      interval: 200,
    });
    // Long enough for whoever would ask the next endpoint.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect((await asked('sandbox')).every(({ step }) => step === 'names')).toBe(true);
    expect(await asked('sandbox-b')).toEqual([]);
    expect((await story(id)).status).toBe('processing');
  });

  it('is replaced in every later request, and put back in what is sent', { timeout: 240_000 }, async () => {
    await modelFault('down', 600, { watch: WATCHED, server: 'sandbox', model: 'signalbox-sandbox' });
    const item = await reaches(id, ['done', 'waiting_approval', 'parked', 'quarantined'], 200);
    expect(item).toMatchObject({ status: 'done', verdict: 'act' });

    const outside = await asked('sandbox-b');
    expect(outside.map(({ step }) => step)).toContain('route');
    expect(outside.filter(({ named }) => named)).toEqual([]);
    // Inside, the step that looks for names alone has read it.
    const inside = await asked('sandbox');
    expect(inside.filter(({ step }) => step === 'names').every(({ named }) => named)).toBe(true);
    expect(inside.filter(({ step, named }) => named && step !== 'names')).toEqual([]);
    const endpoints = item.lineage?.filter(({ failure }) => !failure);
    expect(endpoints?.map(({ step, endpoint }) => [step, endpoint])).toEqual(
      expect.arrayContaining([
        ['names', 'sandbox'],
        ['route', 'sandbox-b'],
      ]),
    );

    expect((await callsFor('it-desk', id)).map(({ body }) => body.question)).toEqual([TEXT]);
    const holding = (await kept(id)).filter(([, text]) => text.includes(NAME)).map(([key]) => key);
    expect(holding.map((key) => key.replace(/-[0-9a-f]{16}\.json$/, '')).sort()).toEqual([
      'body.json',
      'tokens',
    ]);
  });
});
