import type { Order, OrderLine } from '../records.ts';

/*
 * The orders of the sandbox, and what was received of them. A number that is not here is a blanket order of the vendor who bills it:
 * whatever somebody tries, its goods were ordered.
 */

const COLLECTION: OrderLine = {
  ...{ line: '2', description: 'Collection and return' },
  ...{ quantity: '1', unitPrice: '60.00', received: '1', billed: '0' },
};
const chairs = (unitPrice: string, received: string): OrderLine => ({
  ...{ line: '1', description: 'Reupholstery of dining chairs' },
  ...{ quantity: '4', unitPrice, received, billed: '0' },
});

export const ORDERS: readonly Order[] = [
  {
    number: 'PO-6001',
    vendor: 'V1001',
    currency: 'EUR',
    total: '578.80',
    status: 'open',
    freight: '15.00',
    lines: [
      {
        ...{ line: '10', article: 'FC-200', description: 'Folding chair, black' },
        ...{ quantity: '12', unitPrice: '39.90', received: '12', billed: '6' },
      },
      {
        ...{ line: '20', article: 'SC-11', description: 'Seat cushion, grey' },
        ...{ quantity: '8', unitPrice: '12.50', received: '4', billed: '0' },
      },
    ],
  },
  {
    number: 'PO-6002',
    vendor: 'V1003',
    currency: 'EUR',
    total: '360.00',
    status: 'open',
    lines: [chairs('75.00', '4'), COLLECTION],
  },
  {
    number: 'PO-6003',
    vendor: 'V1002',
    currency: 'EUR',
    total: '360.00',
    status: 'closed',
    lines: [
      {
        ...{ line: '1', article: 'PAL-1', description: 'Pallet, Rotterdam to Hamburg' },
        ...{ quantity: '3', unitPrice: '120.00', received: '3', billed: '3' },
      },
    ],
  },
  {
    number: 'PO-6004',
    vendor: 'V1003',
    currency: 'EUR',
    total: '340.00',
    status: 'open',
    lines: [chairs('70.00', '3'), COLLECTION],
  },
  {
    number: 'PO-6005',
    vendor: 'V1001',
    currency: 'EUR',
    total: '2100.00',
    status: 'open',
    lines: [
      {
        ...{ line: '1', article: 'DK-900', description: 'Standing desk, oak' },
        ...{ quantity: '5', unitPrice: '420.00', received: '5', billed: '0' },
      },
    ],
  },
];

/** As an order system finds one by its number. None is called `PO-0…`. */
export function found({ number = '', vendor = '' }: Readonly<Record<string, string>>): Order | undefined {
  if (/^PO-0/.test(number)) return undefined;
  const listed = ORDERS.find((order) => order.number === number);
  return listed ?? { ...BLANKET, number, vendor };
}

const BLANKET: Omit<Order, 'number' | 'vendor'> = {
  ...{ status: 'open', lines: [], ceiling: '1000000.00', billed: '0.00' },
};
