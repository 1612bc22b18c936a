import { beforeEach, describe, expect, it, vi } from 'vitest';
import { contentPart } from '../../../../../lambdas/console/views/read-only.ts';
import { question, show } from '../../../../support/desk.ts';
import { proposal } from '../../../../support/fixtures.ts';
import { time, world } from '../../../../support/world.ts';

vi.mock('../../../../../lambdas/kit/aws.ts', () => import('../../../../support/clients.ts'));
vi.mock('../../../../../lambdas/kit/objects.ts', () => import('../../../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

const rows = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    cells: [`${at + 1}. Chair <b>`, '4 × 40.00', at === 0 ? 'price: +4.00' : 'agrees'],
    differs: at === 0,
  }));
const evidenceWith = (count: number) => [
  {
    source: 'the invoice beside its order',
    quote: 'Line 1 differs',
    table: { head: ['Line', 'On the invoice', 'Difference'], rows: rows(count) },
  },
];

describe('what code compared', () => {
  it('is a table with the names of its columns in every cell, for a phone too, and rows that differ are marked', async () => {
    question(proposal({ evidence: evidenceWith(2) }));
    const { text } = await show();
    expect(text).toContain('<h2>The invoice beside its order</h2>');
    expect(text).toContain('<th scope="col">On the invoice</th>');
    expect(text).toContain(
      '<tr class="differs"><th scope="row">1. Chair &lt;b&gt;</th><td data-of="On the invoice">4 × 40.00</td><td data-of="Difference">price: +4.00</td></tr>',
    );
    expect(text.match(/class="differs"/g)).toHaveLength(1);
    // It is not said twice.
    expect(text).not.toContain('Line 1 differs');
  });

  it('stands in the console as well', async () => {
    const document = proposal({ evidence: evidenceWith(1) });
    expect(String(await contentPart(document))).toContain('data-of="Difference"');
  });

  it('ends where nobody reads on, and says so', async () => {
    question(proposal({ evidence: evidenceWith(70) }));
    const { text } = await show();
    expect(text.match(/<th scope="row">\d+\. Chair/g)).toHaveLength(60);
    expect(text).toContain('10 further rows are not shown.');
  });
});
