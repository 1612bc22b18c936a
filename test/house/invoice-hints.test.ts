import { beforeEach, describe, expect, it, vi } from 'vitest';
import { automation } from '../../automations/invoice/automation.ts';
import { HINTS } from '../../automations/invoice/copied/hints.ts';
import { implementation } from '../../automations/invoice/evaluate.ts';
import { learn } from '../../lambdas/act/learn.ts';
import type { StepRunner } from '../../lambdas/contract/automation.ts';
import type { ReadDocument } from '../../lambdas/contract/document.ts';
import type { Gated } from '../../lambdas/contract/item/envelope.ts';
import { HINTED } from '../../lambdas/gate/doubts/hints.ts';
import { prepare } from '../../lambdas/prepare/prepare.ts';
import { hintsFor } from '../../lambdas/process/hinted.ts';
import { keptOf } from '../../lambdas/tables/idempotency/made-for.ts';
import { thoughtOver } from '../../local/harm.ts';
import { ENV } from '../support/fixtures.ts';
import { taught } from '../support/taught.ts';
import { sandboxModel } from '../support/verdicts.ts';
import { time, world } from '../support/world.ts';

/* What one correction teaches of a vendor's pages, and what it never brings about: something that nobody was asked about. */

vi.mock('../../lambdas/kit/aws.ts', () => import('../support/clients.ts'));
vi.mock('../../lambdas/kit/objects.ts', () => import('../support/content.ts'));
vi.mock('../../lambdas/kit/telemetry.ts', () => import('../support/telemetry.ts'));

const PAGE = `Atelier Fontaine SARL, 12 rue des Tanneurs, 69005 Lyon
Signal & Sons GmbH, Hafenstrasse 3, 20457 Hamburg
INVOICE
Your customer code: K7711
Our bill no: AF-4101
Invoice date: 18 November 2026
Delivered on: 14 November 2026
Due date: 18 December 2026
Purchase order: PO-6002
Reupholstery of dining chairs, linen 4 75.00 300.00
Collection and return 1 60.00 60.00
Net total: EUR 360.00
VAT 20 %: EUR 72.00
Total: EUR 432.00
VAT number: FR40 303 265 045
Please pay to IBAN FR14 2004 1010 0505 0001 3M02 606`;
const NEXT = PAGE.replace('AF-4101', 'AF-5202');
const WRONG = { number: 'K7711' };

const RIGHT = {
  ...{ issueDate: '2026-11-18', dueDate: '2026-12-18', currency: 'EUR', seller: 'Atelier Fontaine SARL' },
  ...{ vatId: 'FR40303265045', iban: 'FR1420041010050500013M02606', order: 'PO-6002' },
  ...{ net: '360.00', vat: '72.00', gross: '432.00', brief: 'Chairs were reupholstered.' },
  lines: [
    ['Reupholstery of dining chairs, linen', '4', '75.00', '300.00'],
    ['Collection and return', '1', '60.00', '60.00'],
  ].map(([description, quantity, unitPrice, net]) => ({
    description,
    article: '',
    quantity,
    unitPrice,
    net,
  })),
};
const DAY_MS = 24 * 60 * 60 * 1000;

const document = (text: string, source: 'text' | 'vision' = 'text'): ReadDocument => ({
  ...{ ref: 'doc-1', name: 'bill.pdf', type: 'pdf', suspicions: [], readingKey: 'items/invoice_x/1.json' },
  pages: [{ text, words: [], source, width: 595, height: 842 }],
});

/** A page through the stages, before a model that copies these values wrongly. */
async function judged(
  text: string,
  copied: object = {},
  { of = automation, documents = [document(text)] } = {},
) {
  const received = { id: 'item-1', automation: 'invoice', generation: 1, feedback: [], body: {}, documents };
  const model: StepRunner = {
    ...sandboxModel,
    model: async (step, request) => {
      if (step === 'route') return sandboxModel.model(step, request);
      const number = /bill no: (\S+)|Reference: (\S+)/.exec(text);
      return { ...RIGHT, number: number?.[1] ?? number?.[2], ...copied } as never;
    },
  };
  const hints = hintsFor(ENV, of as never, { documents, vault: undefined });
  const prepared = prepare(received, { automation: of } as never);
  return thoughtOver({ automation: of, implementation } as never, {}, model, { prepared, hints });
}

/** An approver edits the bill, and it is posted. */
const approved = (
  item: Gated,
  edits: Readonly<Record<string, string>>,
  { id = 'invoice_1', at = time.at, fields = {} }: { id?: string; at?: number; fields?: object } = {},
) => taught(ENV, automation as never, item, { id, at, edits, fields });

const rows = () => world.tables.all('idempotency');
const labels = () => rows().map((row) => (row as { label?: string }).label);
const numberOf = ({ proposal }: Gated) => proposal.parameters.number;

beforeEach(() => {
  world.reset();
  time.freeze();
});

/** An approver has mended the number of one bill. */
const mended = async () => approved(await judged(PAGE, WRONG), { number: 'AF-4101' });

describe('after one correction', () => {
  it('the next bill of the vendor has the right number, with the model’s beside it, and a person is asked', async () => {
    expect(numberOf(await judged(NEXT, WRONG))).toBe('K7711');
    await mended();
    expect(labels()).toEqual(['our bill no']);

    const next = await judged(NEXT, WRONG);

    expect(next).toMatchObject({
      verdict: 'ask',
      hinted: [{ field: 'number', label: 'our bill no', instead: 'K7711' }],
    });
    expect(next.reasons).toContain(HINTED);
    expect(numberOf(next)).toBe('AF-5202');
    expect(next.proposal.further?.[0]?.parameters.number).toBe('AF-5202');
  });

  it('so has its day', async () => {
    const copied = { issueDate: '2026-11-14' };
    await approved(await judged(PAGE, copied), { issueDate: '2026-11-18' });
    const next = await judged(NEXT.replace('18 November', '19 November'), copied);
    expect(next.proposal.parameters.issueDate).toBe('2026-11-19');
    expect(next.verdict).toBe('ask');
  });

  it('a number is read whole, though its year stands in the next line', async () => {
    const of = (number: string) => PAGE.replace('AF-4101', number).replace('Delivered on', 'Of');
    await approved(await judged(of('2026/4101'), WRONG), { number: '2026/4101' });
    expect(numberOf(await judged(of('2026/5202'), WRONG))).toBe('2026/5202');
  });

  it.each([
    ['25/11/2026', '2026-11-25', 1],
    // It has two readings, and teaches neither.
    ['05/11/2026', '2026-11-05', 0],
  ])('a day that is written %s teaches what it can', async (written, day, learnt) => {
    const item = await judged(PAGE.replace('18 November 2026', written), { issueDate: '2026-11-14' });
    await approved(item, { issueDate: day });
    expect(labels().filter(Boolean)).toHaveLength(learnt);
  });

  it('a bill that was copied rightly does without a person, as before', async () => {
    await mended();
    const next = await judged(NEXT);
    expect(next.verdict, next.reasons.join()).toBe('act');
    expect(next.hinted).toBeUndefined();
  });
});

describe('nothing is changed', () => {
  const unchanged = async (text: string) => {
    await mended();
    const next = await judged(text, WRONG);
    expect(next.hinted).toBeUndefined();
    expect(numberOf(next)).toBe('K7711');
    expect(next.verdict).toBe('ask');
  };

  it('where the words stand on the page no more', () => unchanged(NEXT.replace('Our bill no', 'Reference')));

  it('where they lead to several values', () => unchanged(`${NEXT}\nOur bill no: AF-6666`));

  it('where they stand in more lines than a page of bills has', () =>
    unchanged(NEXT + '\nour bill no: AF-5202'.repeat(6)));

  it('for another vendor, whose page looks the same', async () => {
    await mended();
    const other = NEXT.replace('FR40 303 265 045', 'DE811234567').replace(
      'FR14 2004 1010 0505 0001 3M02 606',
      'DE89 3704 0044 0532 0130 00',
    );
    const next = await judged(other, { ...WRONG, vatId: 'DE811234567', iban: 'DE89370400440532013000' });
    const ours = await judged(NEXT, WRONG);
    expect(ours.hinted).toBeDefined();
    expect(next.proposal.parameters.vendor).not.toBe(ours.proposal.parameters.vendor);
    expect(next.hinted).toBeUndefined();
  });

  it('where the page names a vendor, and the vendor master has another for its account', async () => {
    await mended();
    const next = await judged(NEXT.replace('VAT number: FR40 303 265 045', ''), { ...WRONG, vatId: '' });
    expect(next.hinted).toBeUndefined();
  });
});

describe('nothing is learnt', () => {
  it.each<[string, object, object]>([
    ['a value that no page has', { number: 'AF-9999' }, {}],
    ['an edit of another vendor’s id', { number: 'AF-4101', vendor: 'V1001' }, {}],
    ['a bill whose values are tokens', { number: 'AF-4101' }, { tokens: { key: 'k', digest: 'd' } }],
    [
      'what was changed since',
      { number: 'AF-4101' },
      { question: { evaluated: { key: 'items/invoice_1/evaluated-g1.json', digest: 'x' } } },
    ],
  ])('from %s', async (_, edits, fields) => {
    await approved(await judged(PAGE, WRONG), edits as Record<string, string>, { fields });
    expect(labels().filter(Boolean)).toEqual([]);
  });

  it('from amounts and accounts', async () => {
    expect(Object.keys(HINTS.fields)).toEqual(['number', 'issueDate']);
    await approved(await judged(PAGE, WRONG), { gross: '400.00', iban: 'GB29NWBK60161331926819' });
    expect(rows()).toEqual([]);
  });

  it('from what a model read off a picture', async () => {
    const item = await judged(PAGE, WRONG, { documents: [document(PAGE, 'vision')] });
    await approved(item, { number: 'AF-4101' });
    expect(labels().filter(Boolean)).toEqual([]);
  });

  it('from a bill that a person approved unedited, or that acted alone', async () => {
    const item = await judged(PAGE);
    await approved(item, {});
    await learn(ENV, undefined, item as never, automation as never);
    expect(rows()).toEqual([]);
  });
});

describe('what is kept', () => {
  it('is a label, and no value, under a key that names no vendor; it goes with its item, and by itself in time', async () => {
    await mended();
    const [row] = rows();
    expect(JSON.stringify(row)).not.toMatch(/AF-|K7711|V10|Fontaine/);
    expect(await keptOf('idempotency', 'invoice_1')).toEqual([row?.id]);
    time.advance((91 * DAY_MS) / 1000);
    expect(numberOf(await judged(NEXT, WRONG))).toBe('K7711');
  });

  it('is of the latest decision, in whichever order two are learnt, and twice it is the same', async () => {
    const both = `${PAGE}\nFile reference: AF-4101`.replace('Our bill no: AF-4101', 'Our bill no: AF-1');
    const item = await judged(both, WRONG);
    await approved(item, { number: 'AF-4101' }, { at: time.at + 2000 });
    await approved(item, { number: 'AF-1' }, { at: time.at + 1000 });
    await approved(item, { number: 'AF-4101' }, { at: time.at + 2000 });
    expect(labels()).toEqual(['file reference']);
  });

  it('ends where a later approver corrects what it led to, and their value stands behind no words', async () => {
    await mended();
    const next = await judged(NEXT, WRONG);
    await approved(next, { number: 'AF-7777' }, { id: 'invoice_2', at: time.at + 1000 });
    expect(labels()).toEqual([undefined]);
    expect(numberOf(await judged(NEXT, WRONG))).toBe('K7711');
  });

  it.each(['PutCommand', 'GetObject'])('is nothing where %s fails, and nobody hears of it', async (call) => {
    const item = await judged(PAGE, WRONG);
    world.fault = (name) => {
      if (name.includes(call)) throw new Error('down');
    };
    await expect(approved(item, { number: 'AF-4101' })).resolves.toBeUndefined();
    world.fault = undefined;
    expect(rows()).toEqual([]);
  });

  it('is left out where it cannot be read: the item goes on as it was copied', async () => {
    await mended();
    world.fault = (name) => {
      if (name.includes('GetCommand')) throw new Error('down');
    };
    expect(numberOf(await judged(NEXT, WRONG))).toBe('K7711');
  });
});

it('gives a policy none of its words', async () => {
  await mended();
  let told = '';
  const of = {
    ...automation,
    gate: (item: never) => {
      told = JSON.stringify(item);
      return { verdict: 'act' as const, reasons: [] };
    },
  };
  const next = await judged(NEXT, WRONG, { of });
  // Whatever the policy says: a person is asked.
  expect(next.verdict).toBe('ask');
  expect(next.reasons).toEqual([HINTED]);
  expect(told).not.toContain('our bill no');
  expect(told).not.toContain('K7711');
});
