import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../../lambdas/contract/automation.ts';
import { takeWebhook } from '../../../../lambdas/intake/doors/webhooks/webhook.ts';
import { epochSeconds } from '../../../../lambdas/kit/clock.ts';
import { openHandler } from '../../../../lambdas/kit/http.ts';
import { request } from '../../../support/api.ts';
import { automation, type Demo, ENV } from '../../../support/fixtures.ts';
import { signedBy } from '../../../support/webhooks.ts';
import { time, world } from '../../../support/world.ts';

vi.mock('../../../../lambdas/kit/aws.ts', () => import('../../../support/clients.ts'));
vi.mock('../../../../lambdas/kit/objects.ts', () => import('../../../support/content.ts'));
vi.mock('../../../../lambdas/kit/telemetry.ts', () => import('../../../support/telemetry.ts'));

const SECRET = 'the-secret-of-the-sender';
const open: Automation<Demo> = {
  ...automation,
  doors: {
    webhooks: {
      slow: {
        scheme: { kind: 'github' },
        rate: { perSecond: 1, burst: 2 },
        body: ({ payload }) => ({ text: (payload as { words: string }).words }),
      },
    },
  },
};

/** The environment of a secret that no test before has read. */
let stage = '';

beforeEach(() => {
  world.reset();
  time.freeze();
  stage = `t${randomBytes(4).toString('hex')}`;
  world.secrets[`signalbox/${stage}/webhooks/demo`] = JSON.stringify({ slow: [SECRET] });
});

const handler = openHandler((event) => takeWebhook(event, open as never, { ...ENV, STAGE: stage } as never));
const items = () => world.tables.all('items');

describe('a door', () => {
  const calling = (number: number, secret = SECRET) => {
    const body = `{"words":"${number}"}`;
    const headers = signedBy('github', body, { secret, at: epochSeconds() });
    return handler(request({ params: { name: 'slow' }, caller: null, body, headers }));
  };
  const statuses = async (count: number, secret?: string) => {
    const found: (number | undefined)[] = [];
    for (let n = 0; n < count; n += 1) found.push((await calling(n, secret)).statusCode);
    return found;
  };

  it('takes no more than its rate, keeps nothing of the rest, and takes it later', async () => {
    expect(await statuses(4)).toEqual([202, 202, 429, 429]);
    expect([items().length, world.content.size]).toEqual([2, 2]);

    const turned = await calling(3);
    expect(turned.headers?.['retry-after']).toBe('1');
    expect(JSON.parse(turned.body ?? '')).toMatchObject({ accepted: false });
    time.advance(1);
    expect([(await calling(3)).statusCode, (await calling(4)).statusCode]).toEqual([202, 429]);
  });

  it('counts no call without a good signature', async () => {
    expect(new Set(await statuses(20, 'guessed-one'))).toEqual(new Set([401]));
    expect(await statuses(2)).toEqual([202, 202]);
  });
});
