import { beforeEach, describe, expect, it, vi } from 'vitest';
import { hearOfMail } from '../../lambdas/record/mail-events.ts';
import { suppressedBy } from '../../lambdas/tables/mail/suppressions.ts';
import { ENV, sqsRecord } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/secrets.ts', () => import('../support/secrets.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const hear = (detail: unknown) => hearOfMail(sqsRecord({ source: 'aws.ses', detail }), ENV);
const of = (address: string) => suppressedBy('control', 'signalbox/subjects', address);
const bounce = (bounceType: string, address: string, reported = address) => ({
  ...{ eventType: 'Bounce', mail: { destination: [address] } },
  bounce: { bounceType, bouncedRecipients: [{ emailAddress: reported }] },
});

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('what SES tells of a mail', () => {
  it('stops mail to whom it did not reach for good, and to whoever complained', async () => {
    await hear(bounce('Permanent', 'Mara@example.com'));
    await hear(bounce('Permanent', 'ben@example.com', '"Ben" <ben@example.com>'));
    await hear({
      ...{ eventType: 'Complaint', mail: { destination: ['eve@example.com'] } },
      complaint: { complainedRecipients: [{ emailAddress: 'eve@example.com' }] },
    });

    expect(await of('mara@example.com')).toBe('bounce');
    expect(await of('ben@example.com')).toBe('bounce');
    expect(await of('eve@example.com')).toBe('complaint');
    expect(await of('ann@example.com')).toBeUndefined();
    expect(world.tables.snapshot().toLowerCase()).not.toMatch(/mara|ben@|eve/);
  });

  it('is the same told twice', async () => {
    await hear(bounce('Permanent', 'mara@example.com'));
    const before = world.tables.snapshot();
    await hear(bounce('Permanent', 'mara@example.com'));
    expect(world.tables.snapshot()).toBe(before);
  });

  it('does not forget a complaint over a bounce that is heard at the same moment', async () => {
    const address = 'eve@example.com';
    const complaint = {
      ...{ eventType: 'Complaint', mail: { destination: [address] } },
      complaint: { complainedRecipients: [{ emailAddress: address }] },
    };
    await Promise.all([hear(complaint), hear(bounce('Permanent', address))]);
    expect(await of(address)).toBe('complaint');
  });

  it('believes no report about anybody else: the address that the mail went to is stopped alone', async () => {
    await hear(bounce('Permanent', 'mara@example.com', 'victim@example.com'));
    expect(await of('victim@example.com')).toBeUndefined();
    expect(await of('mara@example.com')).toBe('bounce');
  });

  it.each([
    ['a full mailbox', bounce('Transient', 'mara@example.com')],
    ['a delivery', { eventType: 'Delivery', delivery: { recipients: ['mara@example.com'] } }],
    ['no address', bounce('Permanent', 'mara')],
    ['nothing', undefined],
  ])('stops nothing where it is %s', async (_name, detail) => {
    await hear(detail);
    expect(world.tables.all('control')).toEqual([]);
  });
});
