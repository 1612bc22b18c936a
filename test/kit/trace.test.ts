import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clock } from '../../lambdas/kit/clock.ts';
import { traced } from '../../lambdas/kit/trace.ts';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
let daemon: Socket;
const heard: string[] = [];

beforeEach(async () => {
  heard.length = 0;
  daemon = createSocket('udp4', (message) => void heard.push(message.toString()));
  daemon.bind(0, '127.0.0.1');
  await once(daemon, 'listening');
  vi.stubEnv('AWS_XRAY_DAEMON_ADDRESS', `127.0.0.1:${daemon.address().port}`);
  vi.stubEnv('_X_AMZN_TRACE_ID', `Root=${ROOT};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a87bd80c:0`);
});

afterEach(() => {
  daemon.close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function documents(): Promise<unknown[]> {
  // One that nobody asked for would be there before this one.
  await traced('the last one', {}, async () => undefined);
  await vi.waitFor(() => expect(heard.at(-1)).toContain('the last one'));
  return heard.slice(0, -1).map((datagram) => {
    const [header = '', document = '', ...more] = datagram.split('\n');
    expect(JSON.parse(header)).toEqual({ format: 'json', version: 1 });
    expect(more).toEqual([]);
    return JSON.parse(document);
  });
}

describe('a traced call', () => {
  it('is a subsegment of the invocation with its name, facts and time', async () => {
    const times = [1_700_000_000_250, 1_700_000_001_500];
    vi.spyOn(clock, 'now').mockImplementation(() => times.shift() ?? 0);

    await expect(traced('destination ledger', { itemId: 'item-1' }, async () => 7)).resolves.toBe(7);

    expect(await documents()).toEqual([
      {
        type: 'subsegment',
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        trace_id: ROOT,
        parent_id: '53995c3f42cd8ad8',
        name: 'destination ledger',
        start_time: 1_700_000_000.25,
        end_time: 1_700_000_001.5,
        annotations: { itemId: 'item-1' },
      },
    ]);
  });

  it('is marked where it failed, without a word of why, and fails as it would', async () => {
    const failing = traced('model', {}, () => Promise.reject(new Error('card 4111')));

    await expect(failing).rejects.toThrow('card 4111');

    expect(await documents()).toMatchObject([{ name: 'model', error: true }]);
    expect(heard.join()).not.toContain('card 4111');
  });

  it('belongs to the invocation in which it began', async () => {
    await traced('early', {}, async () => {
      vi.stubEnv('_X_AMZN_TRACE_ID', `Root=1-0;Parent=0;Sampled=1`);
    });

    expect(await documents()).toMatchObject([{ name: 'early', trace_id: ROOT }]);
  });

  it.each([
    ['an invocation that is no sample', '_X_AMZN_TRACE_ID', `Root=${ROOT};Parent=53995c3f42cd8ad8;Sampled=0`],
    ['a header without a parent', '_X_AMZN_TRACE_ID', `Root=${ROOT};Sampled=1`],
    ['no header', '_X_AMZN_TRACE_ID', ''],
    ['no daemon', 'AWS_XRAY_DAEMON_ADDRESS', ''],
    ['a daemon that has to be looked up', 'AWS_XRAY_DAEMON_ADDRESS', 'xray.example:2000'],
  ])('is just a call in %s', async (_, name, value) => {
    const before = process.env[name];
    vi.stubEnv(name, value);
    await expect(traced('model', {}, async () => 7)).resolves.toBe(7);
    vi.stubEnv(name, before);

    expect(await documents()).toEqual([]);
  });

  it('is not disturbed by a daemon that is gone', async () => {
    vi.stubEnv('AWS_XRAY_DAEMON_ADDRESS', '127.0.0.1:1');

    await expect(traced('model', {}, async () => 7)).resolves.toBe(7);
  });
});
