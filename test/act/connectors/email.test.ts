import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { MailFacts } from '../../../lambdas/contract/intake/mail.ts';
import type { MailThread } from '../../../lambdas/contract/intake/thread.ts';
import type { EmailDestination } from '../../../lambdas/contract/outside/destination.ts';
import { suppress } from '../../../lambdas/tables/mail/suppressions.ts';
import { ID } from '../../support/fixtures.ts';
import { named, time, world } from '../../support/world.ts';
import { allowed, PARAMETERS, standsAfter } from './delivery.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/secrets.ts', () => import('../../support/secrets.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const DESK: EmailDestination = {
  ...{ kind: 'destination', connector: 'email', name: 'there', timeoutSeconds: 10 },
  ...{ from: 'desk@example.com', replyTo: 'answers@example.com', configurationSet: 'signalbox-test' },
};
const email = {
  ...{ to: 'to', text: 'text' },
  subject: ({ order }: Readonly<Record<string, unknown>>) => `Order ${order}`,
};
const MAIL: MailFacts = {
  ...{ spf: 'pass', dkim: 'pass', dmarc: 'pass', spam: 'none', virus: 'none' },
  ...{ verified: true, attachments: 0, leftOut: 0 },
};
const THREAD: MailThread = {
  ...{ from: 'Mara@Example.com', subject: 'AW: Re: Where is\r\nBcc: eve@example.com my parcel?' },
  ...{ messageId: '<m2@mail.example>', references: ['<m0@mail.example>', '<m1@mail.example>'] },
};
const came = (thread: MailThread = THREAD) =>
  world.content.set(`bucket/items/${ID}/thread.json`, JSON.stringify(thread));
const headers = () => {
  const { Content } = world.asMails[0] as never as {
    Content: { Simple: { Headers: { Name: string; Value: string }[] } };
  };
  return Object.fromEntries(Content.Simple.Headers.map(({ Name, Value }) => [Name, Value]));
};

beforeEach(() => {
  world.reset();
  time.freezeLater();
});

describe('a mail', () => {
  it('is the text as it was allowed, once as text and once as HTML that fetches and runs nothing', async () => {
    allowed(
      {},
      { ...PARAMETERS, text: 'Hello,\n\n<img src="https://evil.example/x.png"> & more\nsecond line' },
    );
    expect(await standsAfter(DESK, { email })).toEqual({ status: 'done', reference: 'ses-1' });

    const [mail] = world.mails;
    expect(mail).toMatchObject({ to: 'mara@example.com', from: 'desk@example.com', subject: 'Order A-1' });
    expect(mail?.text).toContain('<img src="https://evil.example/x.png"> & more\nsecond line');
    expect(mail?.html).toContain(
      '&lt;img src=&quot;https://evil.example/x.png&quot;&gt; &amp; more<br>second line',
    );
    expect(mail?.html).not.toMatch(/<(?:img|script|link|a|iframe|object)\b|url\(|@import/i);
    expect(world.asMails[0]).toMatchObject({
      ...{ ConfigurationSetName: 'signalbox-test', ReplyToAddresses: ['answers@example.com'] },
      EmailTags: [{ Name: 'X-Signalbox-Action', Value: expect.stringContaining(ID) }],
    });
    expect(headers()).toMatchObject({
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    });
    expect(headers()['X-Signalbox-Action']).toContain(ID);
  });

  it.each([
    ['two addresses', 'mara@example.com,eve@example.com'],
    ['a header', 'mara@example.com\r\nBcc: eve@example.com'],
    ['a name', 'Mara <mara@example.com>'],
    ['no address', 'mara'],
    ['a number', 7],
  ])('goes to one address, and to nothing that holds %s', async (_name, to) => {
    allowed({}, { ...PARAMETERS, to });
    expect(await standsAfter(DESK, { email })).toMatchObject({ status: 'quarantined', error: 'InputError' });
    expect(world.mails).toEqual([]);
  });
});

describe('an answer to a mail', () => {
  const reply = { email: { ...email, reply: true } };

  it('stands below it, with its subject on one line', async () => {
    allowed({ mail: MAIL });
    came();
    await standsAfter(DESK, reply);

    expect(world.mails[0]?.subject).toBe('Re: Where is Bcc: eve@example.com my parcel?');
    expect(headers()).toMatchObject({
      ...{ 'Auto-Submitted': 'auto-replied', 'In-Reply-To': '<m2@mail.example>' },
      References: '<m0@mail.example> <m1@mail.example> <m2@mail.example>',
    });
  });

  it.each([
    ['whose sender nobody vouches for', { ...MAIL, verified: false }, THREAD],
    ['of somebody else', MAIL, { ...THREAD, from: 'eve@example.com' }],
    ['that is no longer kept', MAIL, undefined],
  ])('says nothing of a mail %s', async (_name, mail, thread) => {
    allowed({ mail });
    if (thread) came(thread);
    await standsAfter(DESK, reply);

    expect(world.mails[0]?.subject).toBe('Order A-1');
    expect(Object.keys(headers())).not.toContain('In-Reply-To');
    expect(JSON.stringify(world.asMails)).not.toContain('parcel');
  });

  it('is never sent to a machine', async () => {
    allowed({ mail: { ...MAIL, automatic: 'auto-submitted' } });
    came();
    expect(await standsAfter(DESK, reply)).toMatchObject({ status: 'quarantined', error: 'InputError' });
    expect(world.mails).toEqual([]);
  });
});

describe('a mail that SES does not take, or may have taken', () => {
  const ses = (error: Error) => {
    world.fault = (call) => {
      if (call === 'ses SendEmailCommand') throw error;
    };
  };
  beforeEach(() => allowed());

  it('is a person’s where nobody knows: it is never sent again', async () => {
    const original = world.ses.bind(world);
    const spy = vi.spyOn(world, 'ses').mockImplementation(async (command, input) => {
      await original(command, input);
      throw named('TimeoutError');
    });
    expect(await standsAfter(DESK, { email })).toMatchObject({ status: 'parked', error: 'ProcessingError' });
    time.advance(3600);
    await standsAfter(DESK, { email }, 3);
    spy.mockRestore();
    expect(world.mails).toHaveLength(1);
  });

  it.each([
    ['Maximum sending rate exceeded.', 'acting', 60],
    ['Daily message quota exceeded.', 'acting', 900],
  ])('comes again where it was certainly not sent: %s', async (message, status, seconds) => {
    const error = named('TooManyRequestsException', { message, $metadata: { httpStatusCode: 429 } });
    ses(error);
    expect(await standsAfter(DESK, { email })).toMatchObject({ status });
    expect(world.visibility.at(-1)?.seconds).toBeGreaterThanOrEqual(seconds);
    world.fault = undefined;
    time.advance(seconds + 1);
    expect(await standsAfter(DESK, { email })).toMatchObject({ status: 'done' });
    expect(world.mails).toHaveLength(1);
  });

  it.each([
    ['no connection', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 'acting'],
    ['a wrong mail', named('BadRequestException', { $metadata: { httpStatusCode: 400 } }), 'quarantined'],
    [
      'an address that is not verified',
      named('MessageRejected', {
        message: 'Email address is not verified.',
        $metadata: { httpStatusCode: 400 },
      }),
      'parked',
    ],
    [
      'an account that is paused',
      named('SendingPausedException', { $metadata: { httpStatusCode: 400 } }),
      'parked',
    ],
    ['no right to send', named('AccessDeniedException', { $metadata: { httpStatusCode: 403 } }), 'parked'],
    ['a fault of its own', named('InternalServiceError', { $metadata: { httpStatusCode: 500 } }), 'parked'],
  ])('ends as what it is: %s', async (_name, error, status) => {
    ses(error);
    expect(await standsAfter(DESK, { email })).toMatchObject({ status });
    expect(world.mails).toEqual([]);
  });
});

describe('an address', () => {
  beforeEach(() => allowed());

  it.each([
    ['bounce', 'came back for good'],
    ['complaint', 'called a mail of ours spam'],
  ] as const)('gets no more mail after a %s, and is told of in no table', async (by, cause) => {
    await suppress('control', 'signalbox/subjects', 'MARA@example.com', by);
    const told = await standsAfter(DESK, { email });
    expect(told).toMatchObject({ status: 'quarantined', error: 'InputError' });
    expect(told.cause).toContain(cause);
    expect(world.mails).toEqual([]);
    expect(JSON.stringify(world.tables.all('control')).toLowerCase()).not.toContain('mara');
  });

  it('gets mail again when a bounce is long ago, and then not yet when it complained as well', async () => {
    await suppress('control', 'signalbox/subjects', 'mara@example.com', 'bounce');
    await suppress('control', 'signalbox/subjects', 'mara@example.com', 'complaint');
    await suppress('control', 'signalbox/subjects', 'mara@example.com', 'bounce');
    time.advance(91 * 86_400);
    expect(await standsAfter(DESK, { email })).toMatchObject({ status: 'quarantined' });

    world.reset();
    allowed();
    await suppress('control', 'signalbox/subjects', 'mara@example.com', 'bounce');
    time.advance(91 * 86_400);
    expect(await standsAfter(DESK, { email })).toMatchObject({ status: 'done' });
  });

  it('of others is left alone', async () => {
    await suppress('control', 'signalbox/subjects', 'eve@example.com', 'complaint');
    expect(await standsAfter(DESK, { email })).toMatchObject({ status: 'done' });
  });
});
