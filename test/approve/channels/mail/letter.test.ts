import { describe, expect, it } from 'vitest';
import { newApproval } from '../../../../lambdas/approve/ask/open.ts';
import { type Letter, letterOf } from '../../../../lambdas/approve/channels/mail/mail.ts';
import type { ProposalDocument } from '../../../../lambdas/contract/item/proposal-document.ts';
import { subjectOf } from '../../../../lambdas/gate/subject.ts';
import { ID, proposal, QUESTION, SETTINGS } from '../../../support/fixtures.ts';
import { unescaped } from '../../../support/html.ts';
import { words } from '../../../support/pages.ts';

const URL = 'https://desk.example/approvals/demo-g1?t=x';

function letter(given: ProposalDocument, fields: Partial<Letter> = {}, row: object = {}) {
  const bound = { itemId: ID, generation: 1, digest: 'd', proposalKey: 'k', asked: {} };
  const approval = { ...newApproval(SETTINGS, given, bound), ...row };
  const asked = { group: 'leads', via: '' };
  return letterOf({ row: approval, document: given, url: URL, asked, reminder: false, ...fields });
}

const SECRET = 'My cat is called Mitzi. See https://evil.example/x <b>now</b>';
const whole = proposal({ text: SECRET, brief: 'Charged twice.' });

describe('the mails of one approval', () => {
  it.each<[string, Partial<Letter>, object, string]>([
    ['Approval needed', {}, {}, 'demo asks for a decision.'],
    ['Reminder: approval needed', { reminder: true }, {}, 'demo still waits for a decision.'],
    [
      'Changed, approve again',
      { asked: { group: 'leads', via: '', voided: true } },
      {},
      'You are asked again, because it was changed after you approved it.',
    ],
    [
      'Handed over to you: approval needed',
      { asked: { group: 'leads', via: 'by bob@example.com, who hands it over' } },
      {},
      'You are asked by bob@example.com, who hands it over.',
    ],
    [
      'Escalated: approval needed',
      { asked: { group: 'bosses', via: '' } },
      { escalatedAt: '2026-12-01T10:00:00.000Z' },
      'demo asks for a decision; leads have not decided.',
    ],
    [
      'Approval needed',
      { asked: { group: 'leads', via: 'for bob@example.com, who is away' } },
      {},
      'You are asked for bob@example.com, who is away.',
    ],
  ])('are told apart by their subject and first sentence: %s', async (kind, fields, row, first) => {
    const mail = await letter(whole, fields, row);

    expect(mail.subject).toBe(`${kind}: demo (consequential), approval 1a1a1a1-g1`);
    expect(mail.text.split('\n')[0]).toContain(first);
    expect(words(mail.html)).toContain(first);
  });

  it('say the same in text and in HTML, line by line', async () => {
    const { text, html } = await letter(whole);

    const page = unescaped(words(html));
    for (const line of text.split('\n').filter((it) => it.trim() !== '' && !it.includes(URL)))
      expect(page).toContain(line.replace(/^[-!]? +/, '').trim());
    expect(html).toContain(`href="${URL}"`);
    expect(text).toContain(`Read it and decide: ${URL}`);
  });

  it('show nothing of the item beside the subject, and nothing that leads elsewhere', async () => {
    const { subject, html, text } = await letter(whole);

    const preview = unescaped(words(html.slice(0, html.indexOf('&#847;')))).replaceAll(subject, '');
    expect(preview).toContain('Decide by');
    expect(preview).not.toMatch(/Mitzi|24\.90|Billing/);
    // The filling keeps the words of the mail out of the preview.
    expect(html.match(/&#847;/g)?.length).toBeGreaterThan(80);
    // What came in is on the page alone.
    expect(`${text}${html}`).not.toMatch(/evil\.example|Mitzi/);
  });

  it('warn of what does great harm', async () => {
    const { text, html } = await letter({ ...whole, risk: 'catastrophic' });
    expect(text).toContain('! Catastrophic: this can do great harm.');
    expect(words(html)).toContain('Catastrophic: this can do great harm.');
  });

  it('tell times in the zone of the calendar, and fit a dark mail program', async () => {
    const { text, html } = await letter(whole, { zone: 'Europe/Berlin' });

    expect(text).toMatch(/\d\d:\d\d Europe\/Berlin \(.*UTC\), bosses will be asked as well/);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('@media (prefers-color-scheme:dark)');
  });
});

describe('the subject of a mail', () => {
  const amountFrom = ['100.00', '1000.00'];

  it('holds what the policy allows, and nothing without one', async () => {
    const question = { ...QUESTION, subject: ['Billing', 'below 100.00'] };
    expect((await letter({ ...whole, question })).subject).toBe(
      'Approval needed: demo (consequential), Billing, below 100.00, approval 1a1a1a1-g1',
    );
    expect(subjectOf({}, 'Billing', '240.00')).toEqual([]);
    expect(subjectOf({ subject: { label: false } }, 'Billing', '240.00')).toEqual([]);
    expect(subjectOf({ subject: { label: true } }, 'Billing', '240.00')).toEqual(['Billing']);
  });

  it.each([
    ['0.00', 'below 100.00'],
    ['99.99', 'below 100.00'],
    ['100.00', '100.00 to 1000.00'],
    ['999.99', '100.00 to 1000.00'],
    ['1000.00', '1000.00 or more'],
    ['a lot', 'amount unclear'],
  ])('tells the class of an amount and never the amount: %s', (amount, words) => {
    expect(subjectOf({ subject: { amountFrom } }, 'Billing', amount)).toEqual([words]);
  });

  it('tells none where there is no amount', () => {
    expect(subjectOf({ subject: { amountFrom } }, 'Billing', undefined)).toEqual([]);
  });
});
