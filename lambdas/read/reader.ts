import type { DocumentPolicy, Reading } from '../contract/document.ts';
import { readDocument } from './read-document.ts';
import type { Refusal } from './refusal.ts';

/* The process that a document may kill: `apart.ts` starts one for each document, and watches it. */

export interface Order {
  bytes: Uint8Array;
  policy: DocumentPolicy;
  pictures: boolean;
}

export type Told =
  /** It has its order: what ends it from here on is the document. */
  | { kind: 'begun' }
  | { kind: 'page'; page: number; all: number }
  | { kind: 'read'; reading: Reading }
  | { kind: 'picture'; page: number; png: Uint8Array }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'done' };

process.once('message', (order: Order) => void read(order));

async function read({ bytes, policy, pictures }: Order): Promise<void> {
  await tell({ kind: 'begun' });
  const result = await readDocument(bytes, {
    policy,
    onPage: (page, all) => void tell({ kind: 'page', page, all }),
  });
  if ('refusal' in result) {
    await tell({ kind: 'refused', refusal: result.refusal });
    process.disconnect();
    return;
  }
  await tell({ kind: 'read', reading: result.reading });
  for (let page = 1; pictures && page <= result.reading.pages.length; page += 1) {
    const png = await result.picture(page);
    if (png) await tell({ kind: 'picture', page, png });
  }
  await tell({ kind: 'done' });
  process.disconnect();
}

/** Done when it is on its way: what is not, is lost when the process ends. */
const tell = (told: Told): Promise<void> => new Promise((resolve) => process.send?.(told, () => resolve()));
