import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Exchange,
  exchangeOf,
  type Judgement,
  startWire,
  type Wire,
} from '../../../local/chaos/wire.ts';
import { freePort } from '../../../local/ports.ts';
import { listening } from '../../support/listening.ts';

let behind: Server;
let wire: Wire;
let named: string[] = [];
let heard: { path: string; body: string }[] = [];
let asleep: ChildProcess;

beforeAll(async () => {
  behind = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    heard.push({ path: request.url ?? '', body });
    named = Object.keys(request.headers);
    response.writeHead(201, { 'x-from': 'behind' });
    response.end(`took ${body}`);
  });
  const url = await listening(behind);
  wire = await startWire(await freePort(), url, url);
  asleep = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(asleep, 'spawn');
});
afterEach(() => {
  wire.judge = undefined;
  heard = [];
});
afterAll(async () => {
  asleep.kill();
  await wire.close();
  behind.close();
});

const call = (
  judged: Judgement,
  headers: Record<string, string> = { 'signalbox-worker': '999999999 act/act' },
) => {
  wire.judge = () => judged;
  return fetch(`${wire.url}/destinations/stamps`, { method: 'POST', body: 'it', headers });
};

describe('the wire', () => {
  it('lets pass what nobody judges', async () => {
    const answer = await call(undefined);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-from')).toBe('behind');
    expect(await answer.text()).toBe('took it');
  });

  it('answers in the place of another, which hears nothing', async () => {
    const answer = await call({ do: 'answer', status: 429, body: '{}' });
    expect(answer.status).toBe(429);
    expect(heard).toEqual([]);
  });

  it('loses an answer of what was carried out', async () => {
    await expect(call({ do: 'lose' })).rejects.toThrow();
    expect(heard).toEqual([{ path: '/destinations/stamps', body: 'it' }]);
  });

  it('cuts a call that is then not carried out', async () => {
    await expect(call({ do: 'cut' })).rejects.toThrow();
    expect(heard).toEqual([]);
  });

  it('leaves a header out', async () => {
    const headers = { 'signalbox-worker': '999999999 act/act', 'signalbox-signature': 's' };
    await call({ do: 'pass', without: 'signalbox-signature' }, headers);
    expect(heard).toEqual([{ path: '/destinations/stamps', body: 'it' }]);
    expect(named).not.toContain('signalbox-signature');
  });

  it('judges nobody but the functions', async () => {
    const answer = await call({ do: 'cut' }, {});
    expect(answer.status).toBe(201);
  });

  it('ends who calls, after the call was carried out', async () => {
    const ended = once(asleep, 'exit');
    const worker = { 'signalbox-worker': `${asleep.pid} act/act` };
    await expect(call({ do: 'kill', when: 'after' }, worker)).rejects.toThrow();
    expect((await ended)[1]).toBe('SIGKILL');
    expect(heard).toHaveLength(1);
    expect(wire.killed).toBe(1);
  });

  it('keeps what callers are told', async () => {
    await fetch(wire.hook, {
      method: 'POST',
      body: JSON.stringify({ id: 'a', status: 'done', generation: 1 }),
    });
    expect(wire.told).toEqual([{ id: 'a', status: 'done', generation: 1 }]);
  });
});

describe('an exchange', () => {
  const of = (url: string, headers: Record<string, string> = {}, method = 'POST'): Exchange =>
    exchangeOf(
      { url, method, headers: { 'signalbox-worker': '7 process/process', ...headers } },
      Buffer.from('b'),
    );

  it.each([
    ['/', { 'x-amz-target': 'DynamoDB_20120810.UpdateItem' }, 'aws', 'UpdateItem', true],
    ['/', { 'x-amz-target': 'DynamoDB_20120810.GetItem' }, 'aws', 'GetItem', false],
    ['/', { 'x-amz-target': 'AmazonSQS.SendMessage' }, 'aws', 'SendMessage', true],
    ['/model/v1/chat/completions', {}, 'model', 'v1', true],
    ['/sources/order-system/orders?x=1', {}, 'source', 'order-system', true],
    ['/destinations/help-desk', { 'idempotency-key': 'k' }, 'destination', 'help-desk', true],
    ['/chaos/hook', {}, 'caller', 'hook', true],
  ] as const)('to %s with %j is one with %s %s', (url, headers, to, name, writes) => {
    expect(of(url, headers)).toMatchObject({ to, name, writes, pid: 7, service: 'process/process' });
  });

  it('knows the key', () => expect(of('/destinations/x', { 'idempotency-key': 'k' }).key).toBe('k'));
});
