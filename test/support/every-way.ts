import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, vi } from 'vitest';
import { ask, fresh, post, REFUND, reaches, request } from './app.ts';
import { account, resource } from './desk-clock.ts';
import { drop, sendMail } from './doors.ts';
import { mailOf } from './mails.ts';
import { line, pdfFile } from './pdf.ts';
import { postDocuments, uploaded } from './uploads.ts';

/* Each way in, and out again, once: for what must hold whatever the application is used for. */

type Entry = { name: string; doors: string[]; examples: { expect: string; body: object }[] };

export async function registry(): Promise<Entry[]> {
  return ((await request('/v1/automations')).body as { automations: Entry[] }).automations;
}

/** The examples of all other automations. */
export async function everyOther(): Promise<void> {
  const shipped = ['refund-request', 'support-triage'];
  const others = (await registry()).filter(({ name }) => !shipped.includes(name));
  for (const { name, examples } of others) {
    const key = () => ({ 'idempotency-key': crypto.randomUUID() });
    const posted = await Promise.all(examples.map(({ body }) => post(name, body, key())));
    for (const { body } of posted) await reaches(body.id, ['done', 'waiting_approval', 'refused']);
  }
}

/** A document that is read, one that is read already, and one that is refused. */
export async function everyDocument(): Promise<void> {
  const bytes = pdfFile({ pages: [line('Invoice 1, EUR 10.00', 72, 720)] });
  const bill = { name: 'bill.pdf', contentType: 'application/pdf', bytes };
  const program = { name: 'bill.txt', contentType: 'text/plain', bytes: Buffer.from('MZ\u0090\0\u0003') };
  for (const file of [bill, bill, program]) {
    const { body } = await postDocuments(await uploaded(file));
    await reaches(body.id, ['done', 'waiting_approval', 'refused', 'quarantined'], 90);
  }
}

/** A mail with a document, the same again, one with a virus, a dropped file and a dropped body: whatever an automation takes. */
export async function everyDoor(): Promise<void> {
  const content = pdfFile({ pages: [line('Invoice 2, EUR 20.00', 72, 720)] });
  const mail = mailOf({ parts: [{ type: 'application/pdf', name: 'bill.pdf', content }] });
  for (const { name, doors } of await registry()) {
    if (doors.includes('mail'))
      for (const raw of [mail, mail, `X-SES-Virus-Verdict: FAIL\r\n${mail}`])
        await sendMail(raw, `?to=${name}`);
    if (!doors.includes('drop')) continue;
    await drop(`${name}/bill.pdf`, content);
    await drop(`${name}/bill.json`, '{}');
  }
  await vi.waitFor(
    async () => {
      const { items } = (await request('/v1/items?status=quarantined')).body as { items: object[] };
      expect(items.length).toBeGreaterThan(0);
    },
    { timeout: 60_000, interval: 500 },
  );
}

/** A person's items, with and without documents, erased. */
export async function everyErasure(): Promise<void> {
  const bytes = pdfFile({ pages: [line('Invoice 3, EUR 30.00', 72, 720)] });
  const documents = [await uploaded({ name: 'bill.pdf', contentType: 'application/pdf', bytes })];
  const filed = (await post('invoice', { text: 'As announced.', reference: 'CASE-1', documents })).body;
  await reaches(filed.id, ['done', 'waiting_approval', 'refused'], 90);
  await ask('refund-request', { ...fresh(REFUND.large), customer: 'gone@example.com' });
  for (const body of [
    { subject: 'CASE-1', dryRun: true },
    { subject: 'CASE-1' },
    { subject: 'gone@example.com' },
  ]) {
    const asked = JSON.stringify({ ...body, reason: 'asked us to' });
    const { status } = await request('/v1/erasures', { method: 'POST', body: asked });
    if (status !== 200) throw new Error(`the erasure answered ${status}`);
  }
}

/** SES tells of a mail of an action that came back for good. Nobody else may put its events on a bus: here it is in the queue behind. */
export async function everyBounce(): Promise<void> {
  const mail = { destination: [`gone-${crypto.randomUUID()}@example.com`] };
  const detail = { eventType: 'Bounce', bounce: { bounceType: 'Permanent' }, mail };
  const QueueUrl = await resource('maileventsqueue');
  await account.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ detail }) }));
}
