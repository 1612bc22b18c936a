import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { postItem } from '../../../lambdas/intake/doors/api.ts';
import { arrive } from '../../../lambdas/intake/doors/arrive.ts';
import { type Request, through } from '../../support/api.ts';
import { automation, type Demo, ENV, sqsRecord } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const mending: Automation<Demo> = { ...automation, repair: { renamed: { '/text': ['message'] } } };
const post = (given: Request = {}, of = mending) =>
  through((event, caller) => postItem(event, caller, of as never, ENV), given);
const items = () => world.tables.all('items');
const kept = (file: string, at = 0) => {
  const text = world.content.get(`bucket/items/${items()[at]?.id}/${file}.json`);
  return text === undefined ? undefined : JSON.parse(text);
};
const BROKEN = `{'message': "charged twice",}`;

describe('a posted body that does not fit', () => {
  it('is refused where the automation does not repair: strict JSON stays strict', async () => {
    const { status, body } = await post({ body: BROKEN }, automation);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ pointer: '', message: 'must be a JSON document' }]);
    expect(items()).toEqual([]);
  });

  it('is repaired by code, and kept as it came beside what it became', async () => {
    const { status, body } = await post({ body: BROKEN });

    expect([status, body.status]).toEqual([202, 'received']);
    expect(kept('body')).toEqual({ text: 'charged twice' });
    expect(kept('raw')).toEqual({ text: BROKEN, encoding: 'utf8' });
    expect(kept('repairs')).toMatchObject([
      { pointer: '', by: 'json' },
      { pointer: '/text', source: '/message', from: 'charged twice', to: 'charged twice', by: 'name' },
    ]);
    const [item] = items();
    expect(item).not.toHaveProperty('unfit');
    expect(item?.repairs).toEqual({ count: 2, by: ['json', 'name'], fields: ['text'], doubts: [] });
    expect(item?.timeline).toMatchObject([{ event: 'received' }, { event: 'repaired', count: 2 }]);
    // Names and values of strangers lie with the content.
    expect(world.tables.snapshot()).not.toMatch(/charged|message/);
  });

  it('that code cannot repair is taken all the same, kept as it came, for process to say why', async () => {
    const answers = [];
    for (const body of ['', 'please help', '{"text": ', '{"text": {"a": 1}}', '[]', '7'])
      answers.push((await post({ body })).status);

    expect(answers).toEqual([202, 202, 202, 202, 202, 202]);
    for (const item of items()) expect(item).toMatchObject({ unfit: true, status: 'received' });
    expect(world.sent('work')).toHaveLength(6);
  });

  it('in another encoding is read, and kept byte by byte', async () => {
    const bytes = Buffer.from('{"text":"Grüße"}', 'latin1');
    const headers = { 'content-type': 'application/json; charset=iso-8859-1' };
    await through(
      (event, caller) =>
        postItem(
          { ...event, body: bytes.toString('base64'), isBase64Encoded: true },
          caller,
          mending as never,
          ENV,
        ),
      { headers },
    );

    expect(kept('body')).toEqual({ text: 'Grüße' });
    expect(kept('raw')).toEqual({
      text: bytes.toString('base64'),
      encoding: 'base64',
      charset: 'iso-8859-1',
    });
  });

  it('twice is one item, and one with the good body that it means', async () => {
    const first = await post({ body: BROKEN });
    const again = await post({ body: BROKEN });
    const good = await post({ body: { text: 'charged twice' } });

    expect([again.status, good.status]).toEqual([200, 200]);
    expect([again.body.id, good.body.id]).toEqual([first.body.id, first.body.id]);
    const [one, two] = [await post({ body: 'help' }), await post({ body: 'help' })];
    expect(two).toMatchObject({ status: 200, body: { id: one.body.id, duplicate: true } });
    expect(items()).toHaveLength(2);
  });

  it('under one key with two meanings is refused', async () => {
    const headers = { 'idempotency-key': 'k-1' };
    await post({ headers, body: BROKEN });
    expect((await post({ headers, body: "{'message': 'another'}" })).status).toBe(409);
    expect((await post({ headers, body: { text: 'charged twice' } })).status).toBe(200);
  });

  it('is one item, and queued, wherever its worker dies', async () => {
    for (const body of [BROKEN, 'help'])
      for (let point = 1, died = true; died; point += 1)
        for (const after of [false, true]) {
          world.reset();
          world.crashAt(point, after);
          const lost = (await post({ body }).catch(() => ({ status: 500 }))).status === 500;
          died = after ? died || lost : lost;
          world.revive();
          await post({ body });
          expect(items()).toHaveLength(1);
          expect(kept('raw')).toBeDefined();
          expect(kept('body') === undefined).toBe(body === 'help');
          expect(world.sent('work').length).toBeGreaterThan(0);
        }
  });

  it('too large is refused as ever', async () => {
    expect((await post({ body: 'x'.repeat(1_000_001) })).status).toBe(413);
  });

  it('never brings an answer of ours to fall: any bytes, any charset', async () => {
    const charset = fc.constantFrom(
      '',
      '; charset=utf-16',
      '; charset=x"',
      '; charset=iso-8859-1',
      '; charset=shift_jis',
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), charset, async (bytes, named) => {
        world.reset();
        const headers = { 'content-type': `application/json${named}` };
        const { status } = await through(
          (event, caller) =>
            postItem(
              { ...event, body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true },
              caller,
              mending as never,
              ENV,
            ),
          { headers },
        );
        expect(status).toBe(202);
        expect(items()).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('an arrival that does not fit', () => {
  const door = { source: 'desk', detailType: 'Opened' };
  const come = (body: (event: { detail: unknown }) => unknown) => {
    const of = { ...mending, doors: { events: { tickets: { ...door, body } } } };
    const event = { id: 'e-1', source: 'desk', 'detail-type': 'Opened', time: '', detail: { words: 7 } };
    return arrive(sqsRecord(event), of as never, ENV);
  };

  it('is kept as it came, with what the door made of it', async () => {
    await come(({ detail }) => ({ text: (detail as { words: number }).words }));
    expect(kept('raw')).toEqual({ text: '{"words":7}', encoding: 'utf8', made: '{"text":7}' });
  });

  it('is kept as it came where the door makes nothing, or what is no JSON', async () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    for (const made of [
      () => loop,
      () => undefined,
      () => {
        throw new Error('of a stranger');
      },
    ]) {
      world.reset();
      await come(made);
      expect(kept('raw')).toEqual({ text: '{"words":7}', encoding: 'utf8' });
    }
  });
});
