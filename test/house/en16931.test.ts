import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faultsIn } from '../../automations/invoice/checks.ts';
import { RULES } from '../../automations/invoice/rules/en16931.ts';
import type { InvoiceFacts } from '../../automations/invoice/shape.ts';
import { ciiOf } from '../support/cii.ts';
import { readingOf } from '../support/documents.ts';
import { FRAGMENTS } from '../support/en16931.ts';
import { ublOf } from '../support/ubl.ts';
import type { Written } from '../support/written.ts';

const rules = RULES.flatMap((rule) => rule.ids.map((id) => ({ id, rule })));

/** As it comes in: as data, and read out of both kinds of XML. */
async function everyWay(invoice: Written): Promise<InvoiceFacts[]> {
  const read = await Promise.all([ublOf(invoice), ciiOf(invoice)].map((xml) => readingOf(xml)));
  return [invoice, ...read.flatMap(({ structured }) => structured ?? [])];
}

describe('a rule of EN 16931', () => {
  it.each(rules)('$id lets its passing fragment through, and stops its failing one', async ({ id, rule }) => {
    const fragments = FRAGMENTS[id];
    if (!fragments) throw new Error(`no fragments of ${id}`);
    expect(faultsIn(fragments.passes)).toEqual([]);
    for (const read of await everyWay(fragments.passes)) expect(faultsIn(read)).toEqual([]);
    for (const read of await everyWay(fragments.fails)) expect(faultsIn(read)).toContain(rule.fault);
  });

  it('has no fragment without a rule, and one fault of its own', () => {
    expect(Object.keys(FRAGMENTS).sort()).toEqual(rules.map(({ id }) => id).sort());
    expect(new Set(RULES.map(({ fault }) => fault)).size).toBe(RULES.length);
  });

  it('stands in the docs with what people are told', () => {
    const table = readFileSync('docs/invoice-rules.md', 'utf8');
    const rows = [...table.matchAll(/^\| (.+?) \| (.+?) \| (.+?) \|$/gm)].slice(1);
    const told = rows.map(([, ids, , fault]) => `${ids?.replaceAll('`', '')}: ${fault}`);
    expect(told).toEqual(RULES.map(({ ids, fault }) => `${shortened(ids)}: ${fault}`));
  });
});

/** `BR-S-08`, `BR-Z-08` … are `BR-*-08` of all nine categories. */
function shortened(ids: readonly string[]): string {
  const all = ids.map((id) => id.replace(/^BR-(?:S|Z|E|AE|IC|G|O|AF|AG)-(0[156789])$/, 'BR-*-$1'));
  return [...new Set(all)].join(', ');
}
