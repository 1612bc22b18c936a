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

const open: Automation<Demo> = {
  ...automation,
  doors: {
    webhooks: {
      github: {
        scheme: { kind: 'github' },
        body: ({ payload }) => ({ text: (payload as { words: string }).words }),
      },
    },
  },
};
const BODY = JSON.stringify({ words: 'charged twice' });

/** The environment and name of a secret that no test before has read: it is kept in memory for minutes. */
let stage = '';

beforeEach(() => {
  world.reset();
  time.freeze();
  stage = `t${randomBytes(4).toString('hex')}`;
});

function fill(entries: object | null): void {
  world.secrets[`signalbox/${stage}/webhooks/demo`] = JSON.stringify(entries);
}

const handler = openHandler((event) => takeWebhook(event, open as never, { ...ENV, STAGE: stage } as never));
const items = () => world.tables.all('items');

async function by(secret: string): Promise<number | undefined> {
  const headers = signedBy('github', BODY, { secret, at: epochSeconds() });
  const answer = await handler(request({ params: { name: 'github' }, caller: null, headers, body: BODY }));
  return answer.statusCode;
}

describe('a secret', () => {
  it('may be one of several while it is changed, and is looked for again soon after it was', async () => {
    fill({ github: ['the-old-one', 'the-new-one'] });
    expect([await by('the-old-one'), await by('the-new-one')]).toEqual([202, 200]);
    fill({ github: ['the-newest-one'] });
    time.advance(31);
    expect(await by('the-newest-one')).toBe(200);
  });

  it('costs one look in thirty seconds, however many calls are signed with something else', async () => {
    fill({ github: ['the-only-one'] });
    for (let n = 0; n < 50; n += 1) await by('guessed-one');

    expect(world.calls).toEqual(['secretsmanager GetSecretValueCommand']);
  });

  it.each([[[]], [['']], [['short']], [[7]], [['   ']]])(
    'that nobody has filled opens nothing, and the sender is to come again: %j',
    async (secrets) => {
      fill({ github: secrets });

      expect(await by(String(secrets[0] ?? '') || 'x')).toBe(503);
      expect(items()).toEqual([]);
    },
  );
});

describe('a secret of an earlier version', () => {
  const STACK = [{ Key: 'aws:cloudformation:stack-name', Value: '' }];
  const earlier = (name: string, secret: string, tags = STACK) => {
    const id = `signalbox/${stage}/webhooks/demo/${name}`;
    world.secrets[id] = JSON.stringify({ secrets: [secret] });
    world.secretTags[id] = tags.map(({ Key }) => ({ Key, Value: `Signalbox-${stage}-demo` }));
  };

  it.each([[{}], [null], [{ stripe: ['what-another-one-has'] }]])(
    'is good until the new one has an entry for the webhook, and then no more: %j',
    async (held) => {
      fill(held);
      earlier('github', 'what-it-was-before');
      expect([await by('what-it-was-before'), await by('guessed-one')]).toEqual([202, 401]);
      fill({ github: ['what-it-is-now'] });
      time.advance(31);
      expect([await by('what-it-is-now'), await by('what-it-was-before')]).toEqual([200, 401]);
    },
  );

  it.each([[[]], [null], ['what-is-typed-as-text'], [['short']], [[7]], [{ secrets: ['another-form'] }]])(
    'is not good again where somebody has shut the webhook, or mistyped its entry: %j',
    async (entry) => {
      fill({ github: entry });
      earlier('github', 'what-it-was-before');
      expect(await by('what-it-was-before')).toBe(503);
      expect(items()).toEqual([]);
    },
  );

  it('is none where somebody else made it, and none of another webhook', async () => {
    fill({});
    earlier('github', 'what-the-attacker-knows', [{ Key: 'stack-name', Value: '' }]);
    earlier('stripe', 'what-the-attacker-knows');
    expect(await by('what-the-attacker-knows')).toBe(503);
    expect(items()).toEqual([]);
  });
});
