import { beforeEach, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import { shareOf } from '../../../lambdas/intake/doors/mail/share.ts';
import { groupOf } from '../../../lambdas/tables/items/lanes.ts';
import { automation, type Demo } from '../../support/fixtures.ts';
import { come, mailOf, put, received } from '../../support/mails.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const taking: Automation<Demo> = {
  ...automation,
  doors: { mail: { body: ({ subject, text }) => ({ subject, text }) } },
};

beforeEach(() => {
  world.reset();
  time.freeze();
});

const senders = (count: number, of: (number: number) => string) => [
  ...new Set(Array.from({ length: count }, (_, number) => shareOf(of(number), true))),
];

it('a mail is queued on the share of its sender, so that the flood of one holds up no other', async () => {
  const groups: (string | undefined)[] = [];
  world.fault = (call, { MessageGroupId: group }) => {
    if (call.includes('SendMessage')) groups.push(group as string | undefined);
  };
  for (const [at, from] of ['anna@mail.example', 'anna@mail.example', 'zoe@other.example'].entries()) {
    const results = `amazonses.com; spf=pass; dkim=pass header.i=@${from.split('@')[1]}; dmarc=pass`;
    const raw = received(results) + mailOf({ headers: { From: from }, text: `Number ${at}.` });
    await come(put('mails', `demo/ses-${at}`, raw), taking);
  }
  const [first, second, other] = groups;
  const share = shareOf('anna@mail.example', true);

  expect(first).toBe(groupOf({ client: '@mail', share }));
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});

it('one domain gets four shares at most, and all of them together 128, however many names are made up', () => {
  expect(senders(2000, (number) => `sender-${number}@mail.example`)).toHaveLength(4);
  expect(senders(2000, (number) => `a@host-${number}.mail.example`).length).toBeLessThanOrEqual(4);
  expect(senders(5000, (number) => `sender-${number}@mail-${number}.example`).length).toBeLessThanOrEqual(
    128,
  );
});

it('senders whom nobody verified are served on one share: anybody may take any name', () => {
  expect(
    new Set([shareOf('a@b.example', false), shareOf('c@d.example', false), shareOf(undefined, true)]),
  ).toEqual(new Set([0]));
  expect(senders(500, (number) => `a@mail-${number}.example`)).not.toContain(0);
});
