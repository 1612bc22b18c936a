import { describe, expect, it } from 'vitest';
import { automation } from '../../../automations/invoice/automation.ts';
import { implementation } from '../../../automations/invoice/evaluate.ts';
import type { StepRunner } from '../../../lambdas/contract/automation.ts';
import type { ReadDocument } from '../../../lambdas/contract/document.ts';
import type { Gated } from '../../../lambdas/contract/item/envelope.ts';
import { prepare } from '../../../lambdas/prepare/prepare.ts';
import { thoughtOver } from '../../../local/harm.ts';
import { sandboxModel } from '../../support/verdicts.ts';

/* What a model copied and an order proves: PO-6002 of the sandbox, chairs of V1003. */

const PAGE = `Atelier Fontaine SARL
Signal & Sons GmbH
Invoice no: AF-4410
Invoice date: 18.11.2026
Delivery date: 16.11.2026
Customer no: K10234
Purchase order: PO-6002
Reupholstery of dining chairs\t4\t75.00\t300.00
Collection and return\t1\t60.00\t60.00
Net total: EUR 360.00
VAT 20 %: EUR 72.00
Total: EUR 432.00
VAT number: FR40303265045
IBAN FR14 2004 1010 0505 0001 3M02 606`;

const RIGHT = {
  ...{ number: 'AF-4410', issueDate: '2026-11-18', dueDate: '', currency: 'EUR', order: 'PO-6002' },
  ...{ seller: 'Atelier Fontaine SARL', vatId: 'FR40303265045', iban: 'FR1420041010050500013M02606' },
  lines: [
    {
      ...{ description: 'Reupholstery of dining chairs', article: '', quantity: '4' },
      ...{ unitPrice: '75.00', net: '300.00' },
    },
    {
      ...{ description: 'Collection and return', article: '', quantity: '1' },
      ...{ unitPrice: '60.00', net: '60.00' },
    },
  ],
  ...{ net: '360.00', vat: '72.00', gross: '432.00', brief: 'A vendor bills chairs.' },
};

async function judged(copied: object, text = PAGE): Promise<Gated> {
  const step: StepRunner = {
    ...sandboxModel,
    model: async (name) => (name === 'route' ? { label: 'invoice' } : { ...RIGHT, ...copied }) as never,
  };
  const document: ReadDocument = {
    ...{ ref: 'doc-1', name: 'invoice.pdf', type: 'pdf', suspicions: [] },
    ...{ pages: [{ text, words: [], source: 'text', width: 595, height: 842 }], readingKey: 'items/r.json' },
  };
  const received = { id: 'item-1', automation: 'invoice', generation: 1, feedback: [], body: {} };
  const prepared = prepare({ ...received, documents: [document] }, { automation } as never);
  return thoughtOver({ automation, implementation } as never, {}, step, { prepared });
}

describe('a bill that a model copied', () => {
  it('acts alone where vendor, order, receipt and page prove all of it', async () => {
    const item = await judged({});
    expect(item).toMatchObject({ verdict: 'act' });
    expect(item.proposal.parameters).toMatchObject({ number: 'AF-4410', proof: 'order lines' });
  });

  it.each([
    ['the number is the customer’s', { number: 'K10234' }],
    ['the number is the order’s', { number: 'PO-6002' }],
  ])('asks where %s', async (_, copied) => {
    const item = await judged(copied);
    expect(item.verdict).toBe('ask');
    expect(item.reasons).toEqual(['its number does not stand behind a word for the number of an invoice']);
  });

  it('asks where the day is that of the delivery', async () => {
    const item = await judged({ issueDate: '2026-11-16' });
    expect(item.reasons).toEqual(['its day does not stand behind a word for the day of an invoice']);
  });

  it('asks where the page is for somebody else, whatever the message says', async () => {
    const item = await judged({}, PAGE.replace('Signal & Sons GmbH', 'Lantern Works GmbH'));
    expect(item.reasons).toEqual(['its pages do not name us']);
  });

  const SLASHES = PAGE.replace('18.11.2026', '05/11/2026\nDue date: 05/12/2026');
  const SOON = { issueDate: '2026-11-05', dueDate: '2026-12-05' };

  it('knows day from month by the days that were agreed', async () => {
    expect((await judged(SOON, SLASHES)).verdict).toBe('act');
    const other = await judged({ issueDate: '2026-05-11', dueDate: '2026-12-05' }, SLASHES);
    expect(other.reasons).toEqual(['a value that was copied has no place of its own on a page']);
    const alone = await judged({ issueDate: '2026-11-05' }, SLASHES);
    expect(alone.reasons).toEqual(['a value that was copied has no place of its own on a page']);
  });

  const CARRIAGE = PAGE.replace('Net total', 'Carriage\t\t\t4.00\nNet total')
    .replace('EUR 360.00', 'EUR 364.00')
    .replace('72.00', '72.80')
    .replace('432.00', '436.80');
  const carriage = {
    ...{ description: 'Carriage', article: '', quantity: '1', unitPrice: '4.00', net: '4.00' },
  };
  const sums = { net: '364.00', vat: '72.80', gross: '436.80' };

  it('asks about carriage that its order does not allow, and about a line that is no surcharge and has no quantity', async () => {
    const item = await judged({ ...sums, lines: [...RIGHT.lines, carriage] }, CARRIAGE);
    expect(item.reasons).toContain('its surcharges are more than its order allows');
    const lines = [...RIGHT.lines, { ...carriage, description: 'A fifth chair' }];
    const other = await judged({ ...sums, lines }, CARRIAGE);
    expect(other.reasons).toContain('a line was not ordered');
  });
});
