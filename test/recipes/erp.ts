import type { RequestRules } from '../../lambdas/contract/outside/request.ts';

/** The company there, of which an automation is part. */
const COMPANY = '5d115c9c-44e3-ea11-bb43-000d3a2feca1';
const INVOICES = `/api/v2.0/companies(${COMPANY})/purchaseInvoices`;

/** A text in a filter: whatever a vendor wrote, it cannot end it. */
const literal = (value: unknown) => `'${String(value).replaceAll("'", "''")}'`;

/** Enters a vendor's invoice. The ERP takes one twice: before it is entered, also the first time, it is looked for by its number. */
export const enterInvoice: RequestRules = {
  repeats: { by: 'lookup' },
  request: ({ parameters: { vendor, invoice, date } }) => ({
    method: 'POST',
    path: INVOICES,
    body: { json: { vendorNumber: vendor, vendorInvoiceNumber: invoice, invoiceDate: date } },
  }),
  refusals: ['there is no such vendor', 'a value does not fit its field'],
  reads: ({ status, json }) => {
    const { number, error } = (json ?? {}) as { number?: unknown; error?: { code?: unknown } };
    if (status === 201 && typeof number === 'string') return { outcome: 'done', reference: number };
    if (error?.code === 'Internal_RecordNotFound')
      return { outcome: 'not done', reason: 'there is no such vendor' };
    if (status === 400) return { outcome: 'not done', reason: 'a value does not fit its field' };
    return undefined;
  },
  find: {
    atFirst: true,
    request: ({ parameters: { vendor, invoice } }) => ({
      path: INVOICES,
      query: {
        $filter: `vendorInvoiceNumber eq ${literal(invoice)} and vendorNumber eq ${literal(vendor)}`,
      },
    }),
    reads: ({ json }) => {
      const { value } = (json ?? {}) as { value?: { number?: unknown }[] };
      if (!Array.isArray(value)) return undefined;
      const [first] = value;
      return first ? { outcome: 'done', reference: String(first.number) } : { outcome: 'not done' };
    },
  },
};
