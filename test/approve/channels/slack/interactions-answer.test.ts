import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { logger } from '../../../../lambdas/kit/telemetry.ts';
import { type Stub, stubServer } from '../../../support/http.ts';
import { time, world } from '../../../support/world.ts';
import { app, asked, body, type Click, payload, settings, stored } from './world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));

vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));

let slack: Stub;

beforeEach(async () => {
  world.reset();
  time.freeze();
  slack = await stubServer({ status: 200, body: { ok: true } });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await slack.close();
});

/** One click, all the way. @returns what the person is told */
async function click(of: Click = {}, post = app(settings(slack.url))): Promise<string> {
  const { status, text } = await post(
    body(payload({ reason: 'looks right', responseUrl: `${slack.url}/r`, ...of })),
  );
  expect([status, text]).toEqual([200, '']);
  return JSON.parse(slack.seen.at(-1)?.body ?? '{"text":""}').text;
}

describe('the address for the answer', () => {
  const real = { slack: undefined };

  it.each([
    ['another host', 'https://evil.example/actions/1', real],
    ['a host that begins like it', 'https://hooks.slack.com.evil.example/1', real],
    ['a name before another host', 'https://hooks.slack.com@evil.example/1', real],
    ['no encryption', 'http://hooks.slack.com/1', real],
    ['another port', 'https://hooks.slack.com:444/1', real],
    ['the metadata of the machine', 'http://169.254.169.254/latest', real],
    ['no address', 'not an address', real],
    ['a file', 'file:///etc/passwd', real],
    ['Slack itself, where a stand-in is configured', 'https://hooks.slack.com/actions/1', {}],
    ['a port beside the stand-in', 'http://127.0.0.1:9/r', {}],
  ])('is not called when it is %s; the decision stands', async (_name, responseUrl, change) => {
    asked();
    const fetched = vi.spyOn(globalThis, 'fetch');
    await app(settings(slack.url, change))(body(payload({ reason: 'x', responseUrl })));
    expect(fetched).not.toHaveBeenCalled();
    expect(stored().status).toBe('decided');
  });

  it("is called when it is Slack's, without following it elsewhere", async () => {
    asked();
    const fetched = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('ok'));
    const responseUrl = 'https://hooks.slack.com/actions/T1/2/x';
    await app(settings(slack.url, real))(body(payload({ reason: 'x', responseUrl })));
    expect(fetched).toHaveBeenCalledWith(responseUrl, expect.objectContaining({ redirect: 'manual' }));
  });

  it.each<[string, Parameters<typeof stubServer>[0]]>([
    ['fails', { status: 500 }],
    ['leads on', { status: 302, headers: { location: '/elsewhere' } }],
    ['breaks off', (response) => void response.destroy()],
  ])('may fail: the decision stands, and the log has it (it %s)', async (_name, answer) => {
    asked();
    slack.answers.splice(0, 1, answer as never);
    const warned = vi.spyOn(logger, 'warn');
    await click();
    expect(stored().status).toBe('decided');
    expect(warned).toHaveBeenCalledWith('slack not answered', { reason: expect.any(String) });
    expect(slack.seen).toHaveLength(1);
  });

  it('may be slow: after two seconds Slack has its 200', async () => {
    asked();
    slack.answers.splice(0, 1, () => undefined);
    const started = performance.now();
    await click();
    expect(performance.now() - started).toBeLessThan(2900);
  });
});
