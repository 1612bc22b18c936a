import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../lambdas/contract/automation.ts';
import { accept } from '../../lambdas/intake/accept.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { subjectsOf } from '../../lambdas/tables/subjects/of-arrival.ts';
import { itemsAbout, subjectHashes } from '../../lambdas/tables/subjects/subjects.ts';
import { type Request, through } from '../support/api.ts';
import { automation, type Demo, ENV } from '../support/fixtures.ts';
import { named, time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const about: Automation<Demo> = {
  ...automation,
  requester: ({ subject }) => subject,
  subjects: ({ html }) => (html ? [html] : []),
};
const post = (given: Request = {}) =>
  through((event, caller) => postItem(event, caller, about as never, ENV), given);
const itemsOf = async (subject: string) => {
  const [hash = ''] = await subjectHashes('signalbox/subjects', [subject]);
  return (await itemsAbout('subjects', 'demo', hash, { after: undefined, most: 9 })).items.map(
    ({ item }) => item,
  );
};

describe('subjects of an item', () => {
  it('are its requester and who its automation names, as hashes that live as long as the item', async () => {
    const { body } = await post({ body: { subject: 'zoe@example.com', html: 'C-4711' } });
    expect([await itemsOf('ZOE@example.com'), await itemsOf('c-4711')]).toEqual([[body.id], [body.id]]);
    const [row] = world.tables.all('items');
    for (const kept of world.tables.all('subjects'))
      expect(kept).toEqual({
        id: expect.stringMatching(/^demo_subject#[0-9a-f]{64}$/),
        ...{ item: body.id, at: time.at, expiresAt: row?.expiresAt },
      });
    expect(JSON.stringify(world.tables.all('subjects'))).not.toMatch(/zoe|4711/i);
  });

  it('are hashed under the key of the environment', async () => {
    await post({ body: { subject: 'zoe@example.com' } });
    const [kept] = world.tables.all('subjects');
    world.secrets['signalbox/other'] = '{"key":"another"}';
    expect(await subjectHashes('signalbox/other', ['zoe@example.com'])).not.toContain(
      String(kept?.id).slice(13),
    );
  });

  it('are nobody, and cost no write and no secret, where nobody is named', async () => {
    await post();
    expect([world.tables.all('subjects'), world.calls.filter((call) => call.startsWith('secrets'))]).toEqual([
      [],
      [],
    ]);
  });

  it('leave no item where one cannot be written, and no item without them', async () => {
    const body = { subject: 'zoe@example.com' };
    world.fault = (call, { TableName }) => {
      if (call === 'dynamodb PutCommand' && TableName === 'subjects') throw named('InternalServerError');
    };
    expect((await post({ body, headers: { 'idempotency-key': 'k' } })).status).toBeGreaterThanOrEqual(500);
    expect([world.tables.all('items'), world.sent('work')]).toEqual([[], []]);

    world.fault = undefined;
    const again = await post({ body, headers: { 'idempotency-key': 'k' } });
    expect(again.status).toBe(202);
    expect(await itemsOf('zoe@example.com')).toContain(again.body.id);
    expect(world.tables.all('items')).toHaveLength(1);
  });

  it('are whom its door knows, too', async () => {
    const { row } = await accept(
      {
        ...{ client: '@mail', door: 'mail', documents: [], priority: 'normal', key: 'm-1' },
        ...{ content: { body: { text: 'hello' } }, subjects: ['yan@example.com'] },
      },
      about as never,
      ENV,
    );
    expect(await itemsOf('yan+x@example.com')).toEqual([row.id]);
  });

  it.each([
    ['utf8', 'From: "Zoe" <zoe@example.com>, again zoe@example.com'],
    ['base64', Buffer.from('\xff{"mail":"zoe@example.com"', 'latin1').toString('base64')],
  ] as const)(
    'are all addresses in what does not fit (%s), where no code of the automation can tell',
    (encoding, text) => {
      const throws = { requester: () => expect.unreachable(), subjects: () => expect.unreachable() };
      const found = subjectsOf(throws as never, { content: { raw: { text, encoding } } });
      expect(new Set(found)).toEqual(new Set(['zoe@example.com']));
    },
  );
});
