import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Automation } from '../../../lambdas/contract/automation.ts';
import type { DocumentFacts } from '../../../lambdas/contract/document.ts';
import type { ItemRow } from '../../../lambdas/contract/item/row.ts';
import { prepare } from '../../../lambdas/prepare/prepare.ts';
import { bodyOf } from '../../../lambdas/process/given/body.ts';
import { automation, type Demo } from '../../support/fixtures.ts';
import { come, mailOf, type Part, put, received, type Written } from '../../support/mails.ts';
import { time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/bucket/bytes.ts', () => import('../../support/bucket.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));
vi.mock('../../../lambdas/kit/telemetry.ts', () => import('../../support/telemetry.ts'));

const taking: Automation<Demo> = {
  ...automation,
  doors: { mail: { body: ({ subject, text, html }) => ({ subject, text, html }) } },
};
const reading: Automation<Demo> = {
  ...taking,
  documents: { types: ['pdf', 'csv'], mostBytes: 1000, mostPages: 10, most: 2 },
};

const PASS = 'amazonses.com; spf=pass; dkim=pass header.i=@mail.example; dmarc=pass';
const KEY = 'demo/ses-1';
const PDF: Part = { type: 'application/pdf', name: 'Rechnung 7.pdf', content: '%PDF' };

const mail = (written: Written = {}, above = received(), key = KEY) =>
  put('mails', key, above + mailOf(written));
const items = () => world.tables.all('items') as unknown as ItemRow[];
const filesBelow = (prefix: string) => [...world.files.keys()].filter((key) => key.startsWith(prefix));

async function taken(written: Written = {}, above = received(), of = taking): Promise<ItemRow> {
  await come(mail(written, above), of);
  const [item] = items();
  if (!item) throw new Error('no item came of it');
  return item;
}

beforeEach(() => {
  world.reset();
  time.freeze();
});

describe('a mail to an automation', () => {
  it('is an item, with the body that its door makes and what the receiver found', async () => {
    const item = await taken();

    expect(item).toMatchObject({ client: '@mail', status: 'received', priority: 'normal' });
    expect(item.mail).toEqual({
      ...{ spf: 'pass', dkim: 'pass', dmarc: 'pass', spam: 'pass', virus: 'pass' },
      ...{ verified: true, attachments: 0, leftOut: 0 },
    });
    expect(item.timeline[0]).toMatchObject({ event: 'received', door: 'mail', dmarc: 'pass' });
    expect(JSON.parse(world.content.get(`bucket/items/${item.id}/body.json`) ?? '')).toEqual({
      ...{ subject: 'Invoice', text: 'Charged twice.\n' },
    });
    expect(world.sent('work')).toEqual([{ itemId: item.id, generation: 1 }]);
  });

  it('is kept as it came beside its item, and lies no longer where it arrived', async () => {
    const { id } = await taken();

    expect(filesBelow('mails/')).toEqual([]);
    expect(Buffer.from(world.files.get(`uploads/inbound/${id}/mail`)?.bytes ?? '').toString()).toBe(
      received() + mailOf(),
    );
  });

  it('leaves no word of it in any row', async () => {
    await taken(
      { text: 'Quokka', headers: { Subject: 'Wombat' }, parts: [{ ...PDF, name: 'Numbat.pdf' }] },
      received(),
      reading,
    );

    expect(JSON.stringify(world.tables.snapshot())).not.toMatch(/Quokka|Wombat|Numbat|anna/i);
  });

  it('is one item when its event, or the mail itself, comes again; its ids on the way are others then', async () => {
    const event = mail();
    await come(event, taking);
    await come(event, taking);
    await come(mail({}, received(undefined, { id: 'second' }), 'demo/ses-2'), taking);

    expect(items()).toHaveLength(1);
    expect(filesBelow('mails/')).toEqual([]);
  });

  it('is another item when another mail bears the same Message-ID', async () => {
    await come(mail(), taking);
    await come(mail({ text: 'Charged thrice.' }, received(), 'demo/ses-2'), taking);

    expect(items()).toHaveLength(2);
  });

  it('comes again where it is neither there nor was taken in', async () => {
    const event = mail();
    world.files.clear();

    await expect(come(event, taking)).rejects.toThrow(/not there and was not taken in/);
  });

  it('of another automation is none of its own', async () => {
    await expect(come(mail({}, received(), 'demo-two/ses-1'), taking)).rejects.toThrow(/no door/);
  });

  it('is none where SES only tries its rule out', async () => {
    await come(put('mails', 'demo/AMAZON_SES_SETUP_NOTIFICATION', 'hello'), taking);

    expect([items(), filesBelow('mails/')]).toEqual([[], []]);
  });

  it('is one item, queued and kept once, wherever its worker dies', async () => {
    for (let point = 1, died = true; died; point += 1) {
      for (const after of [false, true]) {
        world.reset();
        time.freeze();
        const event = mail({ parts: [PDF] });
        world.crashAt(point, after);
        died = await come(event, reading).then(
          () => false,
          () => true,
        );
        world.revive();
        time.advance(61);
        await come(event, reading);

        const [item] = items();
        expect(items(), `point ${point}`).toHaveLength(1);
        expect(item?.documents, `point ${point}`).toHaveLength(1);
        expect(world.sent('reads').length, `point ${point}`).toBeGreaterThan(0);
        expect(filesBelow('mails/'), `point ${point}`).toEqual([]);
        expect(filesBelow('uploads/inbound/'), `point ${point}`).toHaveLength(1);
      }
    }
  });
});

describe('an attachment', () => {
  it('that the automation takes is a document of the item, and is brought once', async () => {
    const event = mail({ parts: [PDF, { type: 'text/csv', name: 'a.csv', content: 'a;b' }] });
    await come(event, reading);
    const [{ documents = [], id } = {} as ItemRow] = items();
    // Its reader has removed the uploads; the event comes once more before the mail is removed.
    for (const key of filesBelow('uploads/uploads/')) world.files.delete(key);
    mail({ parts: [PDF, { type: 'text/csv', name: 'a.csv', content: 'a;b' }] });
    await come(event, reading);

    expect(documents.map(({ type, bytes }: DocumentFacts) => [type, bytes])).toEqual([
      ['pdf', 4],
      ['csv', 3],
    ]);
    expect(filesBelow(`uploads/documents/${id}/`)).toHaveLength(2);
    expect(filesBelow('uploads/uploads/')).toEqual([]);
    expect(items()[0]?.mail).toMatchObject({ attachments: 2, leftOut: 0 });
  });

  it.each<[string, Part, number, number]>([
    ['of a type that it does not take', { type: 'application/zip', name: 'a.zip', content: 'PK' }, 0, 1],
    ['that its name calls so', { type: 'application/octet-stream', name: 'a.xlsx', content: 'PK' }, 0, 1],
    ['that is too large', { ...PDF, content: 'x'.repeat(1001) }, 0, 1],
    ['that is empty', { ...PDF, content: '' }, 0, 1],
    [
      'whose type nobody says, which its content tells',
      { type: 'application/octet-stream', name: 'scan', content: 'x' },
      1,
      0,
    ],
    ['that is a logo', { type: 'image/png', name: 'logo.png', content: 'PNG', inline: true }, 0, 0],
    ['that is a signature', { type: 'application/pkcs7-signature', name: 'smime.p7s', content: 'x' }, 0, 0],
  ])('%s is left out, or not, and counted', async (_, part, attachments, leftOut) => {
    const item = await taken({ parts: [part] }, received(), reading);

    expect(item.mail).toMatchObject({ attachments, leftOut });
  });

  it('beyond the most that it takes is left out', async () => {
    const item = await taken({ parts: [PDF, PDF, PDF] }, received(), reading);

    expect(item.mail).toMatchObject({ attachments: 2, leftOut: 1 });
  });

  it('that was left out keeps the item from acting alone', async () => {
    const item = await taken({ parts: [PDF] });

    expect(suspicionsOf(item)).toEqual(['attachment-left-out']);
  });
});

function suspicionsOf({ id, generation, mail: facts }: ItemRow): readonly string[] {
  const body = JSON.parse(world.content.get(`bucket/items/${id}/body.json`) ?? '{}') as Demo;
  const given = { id, automation: 'demo', generation, body, feedback: [], ...(facts ? { mail: facts } : {}) };
  return prepare(given, { automation: taking }).suspicions;
}

describe('a sender', () => {
  it.each([
    ['fails SPF', 'amazonses.com; spf=fail; dkim=pass header.i=@mail.example; dmarc=pass'],
    ['fails DKIM', 'amazonses.com; spf=pass; dkim=fail header.i=@mail.example; dmarc=pass'],
    ['fails DMARC', 'amazonses.com; spf=pass; dkim=pass header.i=@mail.example; dmarc=fail'],
    [
      'is answered for by another domain',
      'amazonses.com; spf=pass; dkim=pass header.i=@evil.example; dmarc=none',
    ],
    ['passes elsewhere', 'mx.elsewhere.example; spf=pass; dkim=pass header.i=@mail.example; dmarc=pass'],
    ['passes nowhere', ''],
  ])('who %s never acts alone', async (_, results) => {
    const item = await taken({}, received(results));

    expect(item.mail?.verified).toBe(false);
    expect(suspicionsOf(item)).toEqual(['sender-unverified']);
  });

  const FAILED = 'amazonses.com; spf=fail; dkim=none; dmarc=fail';
  it.each([
    ['writes the receiver’s header below it', { 'Authentication-Results': PASS }, FAILED],
    ['writes it below a hop of his own', { Received: 'by evil.example', 'Authentication-Results': PASS }, ''],
    ['hides it in a name', {}, 'amazonses.com; spf=none (x; dmarc=pass) helo="; dmarc=pass"; dmarc=none'],
    ['has the receiver say it twice', {}, 'amazonses.com; spf=pass helo=a; dmarc=pass; dmarc=none'],
  ])('who %s is believed nothing', async (_, headers, results) => {
    const item = await taken({ headers: headers as never }, received(results));

    expect(item.mail?.verified).toBe(false);
  });

  it.each([
    ['two lines', { From: 'Anna <anna@mail.example>\r\nFrom: Boss <boss@other.example>' }],
    ['two addresses', { From: 'anna@mail.example, boss@other.example' }],
    ['an address in the name', { From: '"boss@other.example" <anna@mail.example>' }],
    ['no address', { From: 'Anna' }],
  ])('with %s is nobody', async (_, headers) => {
    expect((await taken({ headers })).mail?.verified).toBe(false);
  });

  it('whose domain has no policy answers by its signature', async () => {
    const item = await taken(
      {},
      received(
        'amazonses.com; spf=none; dkim=fail header.i=@list.example; dkim=pass header.i=@mail.example; dmarc=none',
      ),
    );

    expect(item.mail).toMatchObject({ dkim: 'pass', dmarc: 'none', verified: true });
  });
});

describe('a mail that a machine wrote', () => {
  it.each([
    ['auto-submitted', { 'Auto-Submitted': 'auto-replied' }],
    ['delivery-report', { 'Content-Type': 'multipart/report; boundary=x' }],
    ['mailer-daemon', { From: 'MAILER-DAEMON@mail.example' }],
    ['precedence', { Precedence: 'bulk' }],
    ['list', { 'List-Id': '<news.mail.example>' }],
    ['auto-response-suppress', { 'X-Auto-Response-Suppress': 'All' }],
  ])('is marked so: %s', async (why, headers) => {
    const item = await taken({ headers });

    expect(item.mail?.automatic).toBe(why);
  });

  it('has no sender to answer to: a bounce', async () => {
    const item = await taken({}, received().replace('<anna@mail.example>', '<>'));

    expect(item.mail?.automatic).toBe('null-sender');
  });
});

describe('a mail that cannot be taken', () => {
  it.each([
    ['virus', received(undefined, { virus: 'FAIL' }) + mailOf({ parts: [PDF] })],
    ['malformed-mail', Buffer.alloc(300, 255)],
    ['malformed-mail', ''],
    ['malformed-mail', `${'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'.repeat(40)}`],
    ['too-many-lines', `${received()}${mailOf()}${'\n'.repeat(100_001)}`],
    ['too-many-parts', received() + mailOf({ parts: Array.from({ length: 201 }, () => PDF) })],
  ])('is an item that is refused by name: %s', async (refusal, raw) => {
    await come(put('mails', KEY, raw), reading);
    const [item] = items();

    expect(item).toMatchObject({ refused: refusal, unfit: true });
    await expect(bodyOf({ row: item as ItemRow } as never, {} as never)).rejects.toThrow(
      `what came was refused: ${refusal}`,
    );
    expect(item?.documents).toBeUndefined();
    expect(filesBelow('mails/')).toEqual([]);
    expect(filesBelow(refusal === 'virus' ? 'uploads/quarantine/' : 'uploads/inbound/')).toHaveLength(1);
  });

  it('is kept unfit where its body does not fit the schema', async () => {
    const item = await taken({ headers: { Subject: 'more than twenty characters' } });

    expect(item).toMatchObject({ unfit: true });
    expect(item.refused).toBeUndefined();
    expect(world.content.get(`bucket/items/${item.id}/raw.json`)).toContain('more than twenty');
  });
});
