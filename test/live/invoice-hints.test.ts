import { expect, it } from 'vitest';
import { approvalLinks, callsFor, openPage, post, reaches, say, story, words } from '../support/app.ts';
import { line, pdfFile } from '../support/pdf.ts';
import { uploaded } from '../support/uploads.ts';

/* A vendor whose bills the model of the sandbox reads wrongly each time: it takes the customer's number for that of the invoice. */

const TEXT = (number: string) => [
  'Atelier Fontaine SARL, 12 rue des Tanneurs, 69005 Lyon',
  'Signal & Sons GmbH, Hafenstrasse 3, 20457 Hamburg',
  'Customer of this invoice: K7711',
  `Our bill no: ${number}`,
  'Date: 18 November 2026',
  'Due date: 18 December 2026',
  'Purchase order: PO-5120',
  'Reupholstery of dining chairs, linen 4 75.00 300.00',
  'Net total: EUR 300.00',
  'VAT 20 %: EUR 60.00',
  'Total: EUR 360.00',
  'VAT number: FR40 303 265 045',
  'IBAN FR14 2004 1010 0505 0001 3M02 606',
];

async function asked(number: string): Promise<{ id: string; link: string; page: string }> {
  const text = TEXT(number);
  const bytes = pdfFile({ pages: [text.map((said, at) => line(said, 50, 780 - at * 24)).join('\n')] });
  const ref = await uploaded({ name: `${number}.pdf`, contentType: 'application/pdf', bytes });
  const { body } = await post('invoice', {
    text: `A bill is attached: ${crypto.randomUUID()}.`,
    documents: [ref],
  });
  await reaches(body.id, 'waiting_approval');
  const [link = ''] = Object.values(await approvalLinks(body.id));
  const { page } = await openPage(link);
  return { id: body.id, link, page: words(page) };
}

it('is corrected once: the next bill of the vendor has the right number, and says how it was read', {
  timeout: 400_000,
}, async () => {
  const [first, second] = [1, 2].map((part) => `AF-${part}${Math.floor(1e6 + Math.random() * 8.9e6)}`);
  const one = await asked(first ?? '');
  expect(one.page).not.toContain('Learnt from');
  await say(one.link, 'approve', { comment: 'The customer’s number.', number: first ?? '' });
  await reaches(one.id, 'done');

  const two = await asked(second ?? '');

  expect(two.page).toContain('Learnt from earlier corrections of this sender');
  expect(two.page).toContain('our bill no');
  expect(two.page).toContain('K7711');
  const { timeline } = (await story(two.id)) as unknown as { timeline: { event: string }[] };
  expect(timeline.find(({ event }) => event === 'hinted')).toMatchObject({ fields: ['number'] });
  await say(two.link, 'approve', { comment: 'As on the page.' });
  await reaches(two.id, 'done');
  const [posting] = await callsFor('accounts-payable', two.id);
  expect(posting?.body).toMatchObject({ number: second });
});
