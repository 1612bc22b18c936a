import { describe, expect, it } from 'vitest';
import type { InboundMail } from '../../../../lambdas/contract/intake/mail.ts';
import { threadOf } from '../../../../lambdas/intake/doors/mail/thread.ts';

const mail = (fields: Partial<InboundMail> = {}): InboundMail => ({
  ...{ subject: 'Parcel', from: 'mara@example.com', to: [], automatic: {} },
  ...{ messageId: '<m1@mail.example>', headers: {}, ...fields },
});

describe('the thread of a mail', () => {
  it('is whom it is from, its subject, its id, and the mails before it', () => {
    const headers = { references: '<a@x.example>\r\n <b@x.example>', 'in-reply-to': '<b@x.example>' };
    expect(threadOf(mail({ headers }))).toEqual({
      ...{ from: 'mara@example.com', subject: 'Parcel', messageId: '<m1@mail.example>' },
      references: ['<a@x.example>', '<b@x.example>'],
    });
  });

  it('goes by the mail that it answers where it names no others', () => {
    expect(threadOf(mail({ headers: { 'in-reply-to': '<b@x.example> (yesterday)' } }))?.references).toEqual([
      '<b@x.example>',
    ]);
  });

  it.each([
    'm1@mail.example',
    '<m1>',
    '<m 1@mail.example>',
    `<${'m'.repeat(125)}@x.example>`,
    '<m1@x\r\nBcc: e>',
    '',
  ])('has no id that is none: %j', (messageId) =>
    expect(threadOf(mail({ messageId }))?.messageId).toBeUndefined(),
  );

  it('keeps the first and the last of very many, within what a header holds', () => {
    const ids = Array.from({ length: 500 }, (_, at) => `<${at}@mail.example>`);
    const { references = [] } = threadOf(mail({ headers: { references: ids.join(' ') } })) ?? {};
    expect([references[0], references.at(-1)]).toEqual([ids[0], ids.at(-1)]);
    expect([...references, '<m1@mail.example>'].join(' ').length).toBeLessThanOrEqual(870);
  });

  it('is none where nobody could be answered', () => {
    const { from: _, ...nobody } = mail();
    expect(threadOf(nobody)).toBeUndefined();
  });
});
